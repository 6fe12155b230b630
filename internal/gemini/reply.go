package gemini

import (
	"encoding/json"
	"strings"

	"icono/internal/chat"
)

// answer is a response of generateContent.
type answer struct {
	Candidates []candidate `json:"candidates"`
	Prompt     struct {
		Reason  string   `json:"blockReason"`
		Message string   `json:"blockReasonMessage"`
		Ratings []rating `json:"safetyRatings"`
	} `json:"promptFeedback"`
	Usage   json.RawMessage `json:"usageMetadata"`
	Version string          `json:"modelVersion"`
	ID      string          `json:"responseId"`
}

type candidate struct {
	Content struct {
		Parts []struct {
			Text    string `json:"text"`
			Thought bool   `json:"thought"`
		} `json:"parts"`
	} `json:"content"`
	Finish  string   `json:"finishReason"`
	Message string   `json:"finishMessage"`
	Ratings []rating `json:"safetyRatings"`
}

type rating struct {
	Category    string `json:"category"`
	Probability string `json:"probability"`
	Blocked     bool   `json:"blocked"`
}

// Parse reads a response, new or stored, as chat.Parse does for the other
// dialects. Its errors are *chat.Error; the reply then holds what could be read.
func Parse(raw []byte) (chat.Reply, error) {
	r := chat.Reply{Raw: raw}
	if !json.Valid(raw) {
		what := "the answer is no JSON: "
		if len(raw) > 0 && raw[0] == '{' {
			what = "the answer is JSON that breaks off or is broken: "
		}
		return r, &chat.Error{Outcome: chat.Failed, Status: 200, Message: what + clip(describe(200, "", raw)), Retryable: true}
	}
	var a answer
	unreadable := json.Unmarshal(raw, &a) // what fits is taken all the same
	r.ID, r.Model = a.ID, a.Version
	if len(a.Candidates) == 0 {
		r.Usage = usageOf(a.Usage, false)
		return r, a.without(&r, raw, unreadable)
	}
	c := a.Candidates[0]
	var text strings.Builder
	for _, p := range c.Content.Parts {
		if !p.Thought {
			text.WriteString(p.Text)
		}
	}
	r.Text, r.Finish = text.String(), c.Finish
	r.Usage = usageOf(a.Usage, r.Text != "")
	if unreadable != nil && r.Text == "" && c.Finish == "" {
		return r, &chat.Error{Outcome: chat.Failed, Status: 200, Message: "the answer cannot be read: " + clip(unreadable.Error())}
	}
	if e := c.judge(&r); e != nil {
		return r, e
	}
	return r, nil
}

// without returns the error of an answer without a candidate.
func (a answer) without(r *chat.Reply, raw []byte, unreadable error) error {
	if a.Prompt.Reason != "" {
		return refused(r, "the service blocked the request", a.Prompt.Reason, a.Prompt.Message, a.Prompt.Ratings)
	}
	if s, ok := statusOf(raw); ok { // an error that came with status 200
		code := 200
		if n, err := s.Code.Int64(); err == nil && n >= 400 && n < 600 {
			code = int(n)
		}
		return serverFault(code, "", raw).Error
	}
	if r.Usage.Reported || r.Model != "" {
		return &chat.Error{Outcome: chat.Empty, Status: 200, Code: "empty", Message: "the service gave no answer and no reason"}
	}
	e := &chat.Error{Outcome: chat.Failed, Status: 200, Message: "the answer holds no candidates", Retryable: true}
	if unreadable != nil {
		e.Message += ": " + clip(unreadable.Error())
	}
	return e
}
