package chat

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// Parse reads a response, new or stored. Its errors are *Error; the reply then
// holds what could be read.
//
// Servers differ in fields that do not matter here, so a field of the wrong type
// is no reason to lose an answer whose text can be read.
func Parse(raw []byte) (Reply, error) {
	r := Reply{Raw: raw}
	if !json.Valid(raw) {
		what := "the answer is no JSON: "
		if len(raw) > 0 && raw[0] == '{' {
			what = "the answer is JSON that breaks off or is broken: "
		}
		return r, &Error{Outcome: Failed, Status: 200, Message: what + clip(describeBody(200, "", raw)), Retryable: true}
	}
	var w openai.ChatCompletionResponse
	wrong := json.Unmarshal(raw, &w)
	r.ID, r.Model, r.Usage = w.ID, w.Model, usageOf(raw)
	if len(w.Choices) == 0 {
		var f faultBody
		if json.Unmarshal(raw, &f) == nil && len(f.Error) > 0 && string(f.Error) != "null" {
			return r, hiddenFault(raw)
		}
		e := &Error{Outcome: Failed, Status: 200, Message: "the answer holds no choices", Retryable: true}
		if wrong != nil {
			e.Message += ": " + clip(wrong.Error())
		}
		return r, e
	}
	choice := w.Choices[0]
	r.Finish, r.Refusal = string(choice.FinishReason), choice.Message.Refusal
	r.Text = choice.Message.Content
	if len(choice.Message.MultiContent) > 0 {
		var b strings.Builder
		for _, p := range choice.Message.MultiContent {
			b.WriteString(p.Text)
		}
		r.Text = b.String()
	}
	if wrong != nil && r.Text == "" && r.Refusal == "" {
		return r, &Error{Outcome: Failed, Status: 200, Message: "the answer cannot be read: " + clip(wrong.Error())}
	}
	if e := judge(r); e != nil {
		return r, e
	}
	return r, nil
}

// hiddenFault reads an error that came with status 200, as some proxies send it:
// the true status is then in the code.
func hiddenFault(raw []byte) *Error {
	var f struct {
		Error struct {
			Code json.Number `json:"code"`
		} `json:"error"`
	}
	status := 200
	if json.Unmarshal(raw, &f) == nil {
		if n, err := f.Error.Code.Int64(); err == nil && n >= 400 && n < 600 {
			status = int(n)
		}
	}
	return serverFault(status, "", raw)
}

// usageOf reads the counts of tokens. Numbers may be written as 12.0.
func usageOf(raw []byte) Usage {
	var w struct {
		Usage *struct {
			Input  *float64 `json:"prompt_tokens"`
			Output *float64 `json:"completion_tokens"`
			In     struct {
				Cached float64 `json:"cached_tokens"`
				Write  float64 `json:"cache_write_tokens"`
			} `json:"prompt_tokens_details"`
			Out struct {
				Reasoning float64 `json:"reasoning_tokens"`
			} `json:"completion_tokens_details"`
		} `json:"usage"`
	}
	if !bytes.Contains(raw, []byte(`"usage"`)) || json.Unmarshal(raw, &w) != nil || w.Usage == nil || w.Usage.Input == nil {
		return Usage{}
	}
	in, out := *w.Usage.Input, 0.0
	if w.Usage.Output != nil {
		out = *w.Usage.Output
	}
	if !possible(in) || !possible(out) {
		return Usage{}
	}
	part := func(x, whole float64) int64 {
		if !possible(x) {
			return 0
		}
		return int64(min(x, whole))
	}
	u := Usage{Input: int64(in), Output: int64(out), CachedInput: part(w.Usage.In.Cached, in), Reasoning: part(w.Usage.Out.Reasoning, out), Reported: true}
	u.CacheWrite = part(w.Usage.In.Write, in-float64(u.CachedInput))
	return u
}

// possible reports whether a count can be one of a single request.
func possible(x float64) bool { return x >= 0 && x == math.Trunc(x) && x < 1<<40 }
