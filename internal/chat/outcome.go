package chat

import (
	"errors"
	"fmt"
	"strings"
)

// Outcome sorts what became of a request.
type Outcome string

// The outcomes. An answer that is none of the others is OK: a text that ended
// by itself, which may still be no JSON.
const (
	OK        Outcome = "ok"
	Refused   Outcome = "refused"   // by the model or by a content filter
	Truncated Outcome = "truncated" // cut off at the bound on tokens
	Empty     Outcome = "empty"     // no text, though it ended by itself
	Failed    Outcome = "failed"    // no answer at all
)

// Error is a request without a good answer. The Reply beside it holds what came,
// with its usage, which is paid, where Outcome is not Failed.
type Error struct {
	Outcome Outcome
	// Status is the HTTP status, 0 where there was none. Code and Param are the
	// server's, where it names them.
	Status      int
	Code, Param string
	// Message says why, mostly in the server's words. It holds no header, no
	// key and no query of an address.
	Message string
	// Retryable is true where the same request may succeed later.
	Retryable bool
	// Stop is true where every other request would fail the same way: the key,
	// the quota, the model's name or a parameter is wrong.
	Stop bool
	// unsupported names the parameter that the server does not take.
	unsupported string
	cause       error
}

// Error gives the outcome with its reason.
func (e *Error) Error() string {
	switch e.Outcome {
	case Refused:
		return "refused: " + e.Message
	case Truncated, Empty:
		return e.Message
	}
	if e.Status == 0 || e.Status == 200 {
		return e.Message
	}
	where := fmt.Sprintf("the server answered %d", e.Status)
	if e.Code != "" {
		where += " (" + e.Code + ")"
	}
	return where + ": " + e.Message
}

// Unwrap returns the error of the connection or the context, if any.
func (e *Error) Unwrap() error { return e.cause }

// OutcomeOf sorts the error of a request: OK for nil, Failed for errors that
// are no *Error.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return OK
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Outcome
	}
	return Failed
}

// judge returns what keeps a reply from being a good answer, or nil.
func judge(r Reply) *Error {
	text := strings.TrimSpace(r.Text)
	switch {
	case r.Refusal != "":
		return &Error{Outcome: Refused, Status: 200, Code: "refusal", Message: clip(r.Refusal)}
	case r.Finish == "content_filter":
		return &Error{Outcome: Refused, Status: 200, Code: "content_filter", Message: "a content filter of the server stopped the answer"}
	case r.Finish == "length" || r.Finish == "max_tokens":
		why := fmt.Sprintf("cut off at the bound on tokens after %d", r.Usage.Output)
		if r.Usage.Reasoning > 0 {
			why += fmt.Sprintf(", %d of them spent on reasoning", r.Usage.Reasoning)
		}
		return &Error{Outcome: Truncated, Status: 200, Code: "length", Message: why + "; a higher max_tokens gives it room"}
	case text == "":
		why := "the model ended without a text"
		if r.Finish != "" {
			why += " (" + clip(r.Finish) + ")"
		}
		return &Error{Outcome: Empty, Status: 200, Code: "empty", Message: why}
	}
	return nil
}

// clip shortens what a server said to what a message can hold.
func clip(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	const most = 600
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + " ..."
}
