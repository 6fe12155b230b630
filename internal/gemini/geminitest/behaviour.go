package geminitest

import (
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
	// Parts, if set, are the texts of the answer's parts instead; Thought, if not
	// "", is a part with a thought before them.
	Parts   []string
	Thought string
	// Finish is the finishReason, "" for STOP; Message its finishMessage. Blocked
	// names the category that blocked the answer or the request.
	Finish, Message, Blocked string
	// Block is the blockReason of a request that is blocked: no candidate.
	Block string
	// NoCandidate answers without a candidate and without a reason.
	NoCandidate bool
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
	// Drop closes the connection without a byte, Cut in the middle of the body.
	Drop, Cut bool
}

// Usage counts tokens. Cached is a part of Prompt; Thoughts are beside
// Candidates, as Gemini counts.
type Usage struct{ Prompt, Cached, Candidates, Thoughts int64 }

// Call is a valid request for an answer.
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
}

// Good answers well.
func Good() Behaviour { return Behaviour{} }

// Says answers with a text.
func Says(text string) Behaviour { return Behaviour{Text: &text} }

// Thinks answers well after a thought that stands in the answer.
func Thinks(thought string) Behaviour { return Behaviour{Thought: thought} }

// Refuses stops the answer for a reason: SAFETY, RECITATION, PROHIBITED_CONTENT, ...
func Refuses(reason string) Behaviour { return Behaviour{Finish: reason} }

// Blocks refuses the request itself for a reason: SAFETY, OTHER, BLOCKLIST, ...
func Blocks(reason string) Behaviour { return Behaviour{Block: reason} }

// CutOff stops at the bound on tokens.
func CutOff() Behaviour {
	text := `{"Performance": "Camp`
	return Behaviour{Finish: "MAX_TOKENS", Text: &text}
}

// Silent ends by itself without a text.
func Silent() Behaviour { return Says("") }

// Empty answers without a candidate and without a reason.
func Empty() Behaviour { return Behaviour{NoCandidate: true} }

// Breaks closes the connection without an answer, Half in the middle of it.
func Breaks() Behaviour { return Behaviour{Drop: true} }

// Half closes the connection in the middle of the answer.
func Half() Behaviour { return Behaviour{Cut: true} }

// Slow answers well after a while.
func Slow(d time.Duration) Behaviour { return Behaviour{Delay: d} }

// WrongType answers well but calls it something else.
func WrongType() Behaviour { return Behaviour{ContentType: "text/html; charset=utf-8"} }

// Page fails with an HTML page, as proxies do.
func Page(status int) Behaviour {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return Behaviour{Status: status, ContentType: "text/html", Body: []byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body><center><h1>" + title + "</h1></center></body>\r\n</html>\r\n")}
}

// Trouble fails with a server's error: 500, 503 (the model is overloaded), 504.
func Trouble(status int) Behaviour {
	switch status {
	case 503:
		return Fails(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
	case 504:
		return Fails(504, "DEADLINE_EXCEEDED", "The request timed out. Please try again.")
	}
	return Fails(status, "INTERNAL", "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting")
}

// Limited refuses for the rate; wait is said in a RetryInfo, less than zero says
// nothing, as Vertex AI does.
func Limited(wait time.Duration) Behaviour {
	if wait < 0 {
		return Fails(429, "RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.")
	}
	return quota("GenerateRequestsPerMinutePerProjectPerModel", "1000", wait)
}

// DayIsOver refuses for a quota per day, with the short delay that the real
// service says even then.
func DayIsOver() Behaviour {
	return quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "250", 20*time.Second)
}

// NoneAtAll refuses for a quota of 0, as for models that an account may not use.
func NoneAtAll() Behaviour {
	return quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "0", 20*time.Second)
}

func quota(id, value string, wait time.Duration) Behaviour {
	delay := strconv.FormatFloat(wait.Seconds(), 'f', -1, 64) + "s"
	return Fails(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\nPlease retry in "+delay+".",
		map[string]any{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": []any{map[string]any{"quotaMetric": "generativelanguage.googleapis.com/generate_content_requests",
			"quotaId": id, "quotaDimensions": map[string]string{"location": "global", "model": "gemini"}, "quotaValue": value}}},
		map[string]any{"@type": "type.googleapis.com/google.rpc.Help", "links": []any{map[string]string{"description": "Learn more about Gemini API quotas", "url": "https://ai.google.dev/gemini-api/docs/rate-limits"}}},
		map[string]any{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay})
}

// Disabled refuses because the API or the billing is off: SERVICE_DISABLED or
// BILLING_DISABLED.
func Disabled(reason string) Behaviour {
	return Fails(403, "PERMISSION_DENIED", "Generative Language API has not been used in project 4711 before or it is disabled.",
		map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com",
			"metadata": map[string]string{"consumer": "projects/4711", "activationUrl": "https://console.developers.google.com/apis/api/generativelanguage.googleapis.com/overview?project=4711"}})
}

// Fails is an error in Google's form.
func Fails(status int, code, message string, details ...any) Behaviour {
	e := map[string]any{"code": status, "message": message, "status": code}
	if len(details) > 0 {
		e["details"] = details
	}
	return Behaviour{Status: status, Body: marshal(map[string]any{"error": e})}
}
