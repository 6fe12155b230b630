package chattest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Behaviour is what the server does with a call. The zero value answers well.
type Behaviour struct {
	// Status other than 0 and 200 sends Body and no answer.
	Status int
	// Text is the answer's text; nil is one that satisfies the request's schema.
	Text *string
	// Before and After stand around the text.
	Before, After string
	// Refusal is the model's refusal, in place of a text.
	Refusal string
	// Finish is the finish_reason; "" is stop.
	Finish string
	// Usage replaces the counts of tokens; NoUsage leaves them out.
	Usage   *Usage
	NoUsage bool
	// Body replaces the whole response.
	Body []byte
	// ContentType and Header replace the usual.
	ContentType string
	Header      http.Header
	// Delay waits before the response, Pause in the middle of its body.
	Delay, Pause time.Duration
	// Drop closes the connection without a byte, Half in the middle of the body.
	Drop, Half bool
}

// Usage counts tokens. Cached and CacheWrite are parts of Input, Reasoning of
// Output.
type Usage struct{ Input, Cached, CacheWrite, Output, Reasoning int64 }

// Call is a valid request for a completion.
type Call struct {
	// Seq counts all calls from 1, Turn those of the same identity.
	Seq, Turn int
	Identity  string
	// Since is the time since the server's first call.
	Since   time.Duration
	Request *Request
	// Body is the body as it came.
	Body   []byte
	Header http.Header
	// Batch marks a line of a batch.
	Batch bool
}

// Good answers well.
func Good() Behaviour { return Behaviour{} }

// Says answers with a text.
func Says(text string) Behaviour { return Behaviour{Text: &text} }

// InFence answers well, within a Markdown code fence.
func InFence() Behaviour { return Behaviour{Before: "```json\n", After: "\n```"} }

// InProse answers well, with words around it.
func InProse() Behaviour {
	return Behaviour{Before: "Sure, here is the coding:\n\n", After: "\n\nLet me know if you need more."}
}

// NoJSON answers with JSON that is cut in the middle, as if whole.
func NoJSON() Behaviour { return Says(`{"Performance": "CampaignEvent", "Environ`) }

// Refuses refuses in the model's words.
func Refuses() Behaviour { return Behaviour{Refusal: "I'm sorry, I can't assist with that request."} }

// Filtered stops at a content filter.
func Filtered() Behaviour { return Behaviour{Finish: "content_filter", Text: new(string)} }

// CutOff stops at the bound on tokens.
func CutOff() Behaviour {
	text := `{"Performance": "Camp`
	return Behaviour{Finish: "length", Text: &text}
}

// Silent ends by itself without a text.
func Silent() Behaviour { return Says("") }

// Dropped closes the connection without an answer.
func Dropped() Behaviour { return Behaviour{Drop: true} }

// HalfAnAnswer closes the connection in the middle of the answer.
func HalfAnAnswer() Behaviour { return Behaviour{Half: true} }

// Slow answers well after a while.
func Slow(d time.Duration) Behaviour { return Behaviour{Delay: d} }

// WrongType answers well but calls it something else.
func WrongType() Behaviour { return Behaviour{ContentType: "text/html; charset=utf-8"} }

// Page fails with an HTML page, as proxies do.
func Page(status int) Behaviour {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return Behaviour{Status: status, ContentType: "text/html", Body: []byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body><center><h1>" + title + "</h1></center><hr></body>\r\n</html>\r\n")}
}

// Trouble fails with a server's error as JSON.
func Trouble(status int) Behaviour {
	return fault(status, "server_error", "", "The server had an error while processing your request. Sorry about that!")
}

// TooMany refuses for the rate; wait is said in Retry-After, less than zero says
// nothing.
func TooMany(wait time.Duration) Behaviour {
	b := fault(429, "rate_limit_exceeded", "", "Rate limit reached for requests. Please try again later.")
	if wait >= 0 {
		b.Header = http.Header{"Retry-After": {strconv.Itoa(int((wait + time.Second - 1) / time.Second))},
			"Retry-After-Ms": {strconv.FormatInt(wait.Milliseconds(), 10)}}
	}
	return b
}

// NoQuota refuses for want of money.
func NoQuota() Behaviour {
	return fault(429, "insufficient_quota", "", "You exceeded your current quota, please check your plan and billing details.")
}

// Unsupported refuses a parameter.
func Unsupported(param string) Behaviour {
	return fault(400, "unsupported_parameter", param, "Unsupported parameter: '"+param+"' is not supported with this model.")
}

// Storm refuses all calls for the rate between two times after the first call,
// and leaves the others to next.
func Storm(from, to time.Duration, next func(*Call) Behaviour) func(*Call) Behaviour {
	return func(c *Call) Behaviour {
		switch {
		case c.Since >= from && c.Since < to:
			return TooMany(-1)
		case next != nil:
			return next(c)
		}
		return Good()
	}
}

// fault is an error in OpenAI's form.
func fault(status int, code, param, message string) Behaviour {
	kind := "invalid_request_error"
	switch {
	case status == 429:
		kind = code
	case status >= 500:
		kind = "server_error"
	}
	e := map[string]any{"message": message, "type": kind, "code": code, "param": nil}
	if param != "" {
		e["param"] = param
	}
	if code == "" {
		e["code"] = nil
	}
	body, _ := json.Marshal(map[string]any{"error": e}) // texts and nils cannot fail
	return Behaviour{Status: status, Body: body}
}
