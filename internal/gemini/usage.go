package gemini

import (
	"encoding/json"
	"fmt"
	"math"

	"icono/internal/chat"
)

// absurd is a count that no request can have; chat.Usage.Absurd knows it.
const absurd = 1 << 40

// usageOf reads the counts of tokens. text tells that the answer has a text,
// which cannot come of no tokens. Gemini counts the thoughts beside the answer;
// a chat.Usage has them in its output, where they are billed. The server leaves
// counts of 0 out. What only the total has is taken for output, the dearer.
func usageOf(raw json.RawMessage, text bool) chat.Usage {
	var w struct {
		Prompt     *float64 `json:"promptTokenCount"`
		Cached     float64  `json:"cachedContentTokenCount"`
		Candidates float64  `json:"candidatesTokenCount"`
		Thoughts   float64  `json:"thoughtsTokenCount"`
		Total      float64  `json:"totalTokenCount"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &w) != nil || w.Prompt == nil {
		return chat.Usage{}
	}
	in, cached, answer, thoughts, doubt := *w.Prompt, w.Cached, w.Candidates, w.Thoughts, ""
	for _, x := range []*float64{&in, &cached, &answer, &thoughts} {
		switch {
		case *x < 0 || *x != math.Trunc(*x):
			doubt, *x = fmt.Sprintf("it reports %g tokens", *x), 0
		case *x >= absurd:
			doubt, *x = fmt.Sprintf("it reports %g tokens", *x), absurd
		}
	}
	out := answer + thoughts
	if w.Total > in+out && w.Total == math.Trunc(w.Total) && w.Total < absurd {
		out = w.Total - in
	}
	switch {
	case doubt != "":
		in, cached, thoughts = max(in, cached), 0, 0
	case cached > in:
		doubt = fmt.Sprintf("it reports %g tokens of input, and %g of them cached", in, cached)
		in, cached = in+cached, 0
	case in == 0:
		doubt = "it reports no tokens of input"
	case out == 0 && text:
		doubt = "it reports no tokens of output, and answers with a text"
	}
	return chat.Usage{Input: int64(in), CachedInput: int64(cached), Output: int64(out), Reasoning: int64(thoughts), Reported: doubt == "", Doubt: doubt}
}
