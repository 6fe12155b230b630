package gemini

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"icono/internal/chat"
)

// fault is a call without an answer.
type fault struct {
	*chat.Error
	// unsupported names what the server does not take.
	unsupported string
	cause       error
}

// err returns the *chat.Error, and what it was caused by where that is known.
func (f *fault) err() error {
	if f.cause == nil {
		return f.Error
	}
	return &causedError{f.Error, f.cause}
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
	Code    json.Number `json:"code"`
	Message string      `json:"message"`
	Status  string      `json:"status"`
	Details []detail    `json:"details"`
}

// detail is the union of the details that are read: ErrorInfo, BadRequest,
// QuotaFailure, RetryInfo.
type detail struct {
	Reason   string            `json:"reason"`
	Metadata map[string]string `json:"metadata"`
	Fields   []struct {
		Field       string `json:"field"`
		Description string `json:"description"`
	} `json:"fieldViolations"`
	Quotas []struct {
		Metric string          `json:"quotaMetric"`
		ID     string          `json:"quotaId"`
		Value  json.RawMessage `json:"quotaValue"`
	} `json:"violations"`
	Delay string `json:"retryDelay"`
}

// statusOf reads an error object, also one in a list, as some of Google's servers
// send it. A field of another type is passed over.
func statusOf(body []byte) (s status, found bool) {
	var list []json.RawMessage
	if len(body) > 0 && body[0] == '[' && json.Unmarshal(body, &list) == nil && len(list) > 0 {
		body = list[0]
	}
	var w struct {
		Error json.RawMessage `json:"error"`
	}
	if !json.Valid(body) || json.Unmarshal(body, &w) != nil || len(w.Error) == 0 || string(w.Error) == "null" {
		return s, false
	}
	if json.Unmarshal(w.Error, &s.Message) == nil { // {"error": "..."}, of servers of one's own
		return s, true
	}
	_ = json.Unmarshal(w.Error, &s) // what does not fit is left out
	return s, true
}

// reason is Google's own name for what is wrong, "" if it gives none.
func (s status) reason() (name string, metadata map[string]string) {
	for _, d := range s.Details {
		if d.Reason != "" {
			return d.Reason, d.Metadata
		}
	}
	return "", nil
}

// serverFault reads the body of an error.
func serverFault(code int, contentType string, body []byte) *fault {
	s, _ := statusOf(body)
	f := &fault{Error: &chat.Error{Outcome: chat.Failed, Status: code, Code: s.Status, Message: s.Message}}
	reason, metadata := s.reason()
	if reason != "" {
		f.Code = reason
	}
	for _, d := range s.Details {
		for _, v := range d.Fields {
			if f.Param == "" {
				f.Param = clip(v.Field)
			}
		}
	}
	if strings.TrimSpace(f.Message) == "" {
		f.Message = describe(code, contentType, body)
	}
	f.Message, f.Code = clip(f.Message), clip(f.Code)
	f.classify(s)
	if mend := mend(f.Error, s, metadata); mend != "" {
		f.Message = strings.TrimRight(f.Message, ". ") + "; " + mend
	}
	return f
}

// classify decides what follows from an error.
func (f *fault) classify(s status) {
	switch {
	case f.Status == 429 && s.exhausted():
		f.Stop = true
	case f.Status == 400 && (strings.HasPrefix(f.Code, "API_KEY_") || s.Status == "FAILED_PRECONDITION" || badKey.MatchString(f.Message)):
		f.Stop = true // Google's answer to a wrong key is 400
	case slices.Contains([]int{401, 402, 403, 404}, f.Status):
		f.Stop = true
	case f.Status == 408, f.Status == 409, f.Status == 429, f.Status == 499, f.Status >= 500:
		f.Retryable = true
	}
	if f.Status == 400 && !f.Stop || f.Status == 500 {
		f.unsupported = refusedPart(f.Param, f.Message)
		if f.Status == 500 && f.unsupported != responseFormat {
			f.unsupported = ""
		}
	}
}

var (
	badKey = regexp.MustCompile(`(?i)\bapi key (not (valid|found)|expired|is invalid)`)
	// parts name what a request may hold, in the words of Google's errors; the
	// first that fits counts, since names within a schema may be any words.
	formatWords = regexp.MustCompile(`(?i)response_?(json_?)?schema|response_?mime_?type|response mime type|json mode|json schema|specified schema|structured output`)
	otherWords  = regexp.MustCompile(`(?i)\b(thinking|max_?output_?tokens|media_?resolution|media resolution|developer instruction|system_?instruction|temperature|top_?p|seed)`)
)

// refusedPart names the part of a request that the server does not take, by the
// field that the error names or by its words.
func refusedPart(field, message string) string {
	for _, text := range []string{field, message} {
		if formatWords.MatchString(text) {
			return responseFormat
		}
		switch word := strings.ToLower(strings.NewReplacer("_", "", " ", "").Replace(otherWords.FindString(text))); word {
		case "":
		case "thinking":
			return reasoningEffort
		case "maxoutputtokens":
			return maxTokens
		case "mediaresolution":
			return mediaResolution
		case "developerinstruction", "systeminstruction":
			return systemText
		case "topp":
			return topP
		default:
			return word
		}
	}
	return ""
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

// clip shortens what a server said to what a message can hold.
func clip(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	const most = 600
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + " ..."
}
