package vision

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"icono/internal/chat"
)

// fault is a request without an answer.
type fault struct {
	*chat.Error
	cause error
	short bool // an answer about fewer or more pictures than were sent
}

// err returns the *chat.Error, and what it was caused by where that is known.
func (f *fault) err() error {
	if f.cause == nil {
		return f.Error
	}
	return &causedError{f.Error, f.cause}
}

// divides reports a refusal that may be about one of several pictures, so that
// the others can be asked about without it.
func (f *fault) divides() bool {
	return f.short || !f.Stop && (f.Status == http.StatusBadRequest || f.Status == http.StatusRequestEntityTooLarge)
}

// causedError is a *chat.Error that also unwraps to its cause, an error of the
// connection or the context.
type causedError struct {
	fault *chat.Error
	cause error
}

func (e *causedError) Error() string   { return e.fault.Error() }
func (e *causedError) Unwrap() []error { return []error{e.fault, e.cause} }

// status is the error object of Google's APIs.
type status struct {
	Message string   `json:"message"`
	Status  string   `json:"status"`
	Details []detail `json:"details"`
}

// detail is the union of the details that are read: ErrorInfo, BadRequest and
// QuotaFailure.
type detail struct {
	Reason   string            `json:"reason"`
	Metadata map[string]string `json:"metadata"`
	Fields   []struct {
		Field string `json:"field"`
	} `json:"fieldViolations"`
}

// statusOf reads an error object. A field of another type is passed over.
func statusOf(body []byte) (s status) {
	var list []json.RawMessage
	if len(body) > 0 && body[0] == '[' && json.Unmarshal(body, &list) == nil && len(list) > 0 {
		body = list[0]
	}
	var w struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &w) != nil || len(w.Error) == 0 || json.Unmarshal(w.Error, &s.Message) == nil {
		return s
	}
	_ = json.Unmarshal(w.Error, &s) // what does not fit is left out
	return s
}

// serverFault reads the body of an error.
func serverFault(code int, contentType string, body []byte) *fault {
	s := statusOf(body)
	f := &fault{Error: &chat.Error{Outcome: chat.Failed, Status: code, Code: clip(s.Status), Message: clip(s.Message)}}
	var about map[string]string
	for _, d := range s.Details {
		if d.Reason != "" && about == nil {
			f.Code, about = clip(d.Reason), d.Metadata
		}
		for _, v := range d.Fields {
			f.Param = cmp.Or(f.Param, clip(v.Field))
		}
	}
	if strings.TrimSpace(f.Message) == "" {
		f.Message = clip(describe(code, contentType, body))
	}
	f.classify(s)
	if advice := mend(f.Error, about); advice != "" {
		f.Message = strings.TrimRight(f.Message, ". ") + "; " + advice
	}
	return f
}

var (
	badKey        = regexp.MustCompile(`(?i)\bapi key (not (valid|found)|expired|is invalid)`)
	noBilling     = regexp.MustCompile(`(?i)requires? billing to be enabled|billing (is|has been) (not enabled|disabled)|enable billing|billing account .*(closed|disabled|not found)`)
	noProject     = regexp.MustCompile(`(?i)requires a quota project|local application default credentials`)
	languageWords = regexp.MustCompile(`(?i)language[ _]?hints?|language_?hints|(unsupported|invalid|unknown|bad) language|language code`)
	sizeWords     = regexp.MustCompile(`(?i)payload size exceeds|request (is )?too large|exceeds the (maximum|limit)`)
)

// classify decides what follows from an error.
func (f *fault) classify(s status) {
	switch {
	case f.Status == http.StatusBadRequest && languageFault(f.Message+" "+f.Param):
		hintFault(f.Error)
	case f.Status == http.StatusBadRequest && (strings.HasPrefix(f.Code, "API_KEY_") || f.Code == "BILLING_DISABLED" || badKey.MatchString(f.Message) || noBilling.MatchString(f.Message)):
		f.Stop = true // Google's answer to a wrong key is 400
	case slices.Contains([]int{401, 402, 403, 404}, f.Status):
		f.Stop = true
	case f.Status == 408, f.Status == 409, f.Status == 429, f.Status == 499, f.Status >= 500:
		f.Retryable = true
	}
}

// languageFault reports words about the codes of languages.
func languageFault(text string) bool { return languageWords.MatchString(text) }

// hintFault makes an error one of the hints, which are the same for every picture.
func hintFault(e *chat.Error) {
	e.Stop, e.Retryable, e.Param = true, false, "language_hints"
	e.Message = strings.TrimRight(e.Message, ". ") + "; `language_hints` takes codes of languages such as de, en or zh-Hant, and none lets the service tell the language"
}

var htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// describe words a body that is no error object.
func describe(code int, contentType string, body []byte) string {
	switch {
	case len(body) == 0:
		return http.StatusText(code) + ", without a word"
	case strings.Contains(contentType, "html") || bytes.HasPrefix(body, []byte("<")):
		if m := htmlTitle.FindSubmatch(body); m != nil {
			return "an HTML page with the title " + fmt.Sprintf("%q", strings.TrimSpace(string(m[1])))
		}
		return "an HTML page"
	}
	return string(body)
}
