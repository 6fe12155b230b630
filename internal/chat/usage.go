package chat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
)

// Usage counts tokens as the server reports them. CachedInput and CacheWrite
// are parts of Input, Reasoning is a part of Output: never add them up.
type Usage struct {
	Input, CachedInput, CacheWrite, Output, Reasoning int64
	// Reported is false where the server gave no counts, or such as cannot be.
	Reported bool
	// Doubt says why counts that came cannot be. The counts are then the dearest
	// that they may mean, and 0 where they mean nothing; they are no report.
	Doubt string
}

// absurd is a count that no request can have, and that is not counted on with.
const absurd = 1 << 40

// Absurd reports counts that are too large to be those of one request.
func (u Usage) Absurd() bool { return u.Input >= absurd || u.Output >= absurd }

// usageOf reads the counts of tokens. Numbers may be written as 12.0. text tells
// that the answer has a text, which cannot come of no tokens.
//
// Some servers leave reasoning out of the tokens of the answer and put it into
// the total only; they bill it all the same.
func usageOf(raw []byte, text bool) Usage {
	var w struct {
		Usage *struct {
			Input  *float64 `json:"prompt_tokens"`
			Output float64  `json:"completion_tokens"`
			Total  float64  `json:"total_tokens"`
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
	in, out, total := *w.Usage.Input, w.Usage.Output, w.Usage.Total
	cached, write, reasoning := w.Usage.In.Cached, w.Usage.In.Write, w.Usage.Out.Reasoning
	doubt := ""
	for _, x := range []*float64{&in, &out, &cached, &write, &reasoning} {
		switch {
		case *x < 0 || *x != math.Trunc(*x):
			doubt, *x = fmt.Sprintf("it reports %g tokens", *x), 0
		case *x >= absurd:
			doubt, *x = fmt.Sprintf("it reports %g tokens", *x), absurd
		}
	}
	if total > in+out && total == math.Trunc(total) && total < absurd {
		out = total - in
	}
	switch {
	case doubt != "":
		in, out = max(in, cached, write), max(out, reasoning)
		cached, write, reasoning = 0, 0, 0
	case cached+write > in:
		doubt = fmt.Sprintf("it reports %g tokens of input, and %g of them cached", in, cached+write)
		in, cached, write = in+cached+write, 0, 0
	case reasoning > out:
		doubt = fmt.Sprintf("it reports %g tokens of output, and %g of them reasoning", out, reasoning)
		out += reasoning
	case in == 0:
		doubt = "it reports no tokens of input"
	case out == 0 && text:
		doubt = "it reports no tokens of output, and answers with a text"
	}
	return Usage{Input: int64(in), CachedInput: int64(cached), CacheWrite: int64(write), Output: int64(out), Reasoning: int64(reasoning), Reported: doubt == "", Doubt: doubt}
}
