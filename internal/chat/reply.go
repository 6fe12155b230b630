package chat

import (
	"encoding/json"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// Parse reads a response, new or stored. Its errors are *Error; the reply then
// holds what could be read.
//
// Servers differ in fields that do not matter here, so a field of the wrong type
// is no reason to lose an answer whose text can be read.
func Parse(raw []byte) (Reply, error) {
	raw, ok := asJSON(raw)
	r := Reply{Raw: raw}
	if !ok {
		what := "the answer is no JSON: "
		if len(raw) > 0 && raw[0] == '{' {
			what = "the answer is JSON that breaks off or is broken: "
		}
		return r, &Error{Outcome: Failed, Status: 200, Message: what + clip(describeBody(200, "", raw)), Retryable: true}
	}
	var w openai.ChatCompletionResponse
	wrong := json.Unmarshal(raw, &w)
	r.ID, r.Model = w.ID, w.Model
	r.Usage = usageOf(raw, len(w.Choices) > 0 && w.Choices[0].Message.Content != "")
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
