package chat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// faultBody is the union of the errors of servers: OpenAI's and Azure's
// {"error": {...}}, older vLLM's flat object, Ollama's {"error": "..."}, and
// FastAPI's {"detail": ...}.
type faultBody struct {
	Error   json.RawMessage `json:"error"`
	Detail  json.RawMessage `json:"detail"`
	Message json.RawMessage `json:"message"`
	Code    json.RawMessage `json:"code"`
	Param   json.RawMessage `json:"param"`
	Type    json.RawMessage `json:"type"`
}

// serverFault reads the body of an error.
func serverFault(status int, contentType string, body []byte) *Error {
	e := &Error{Outcome: Failed, Status: status}
	var kind string
	var f faultBody
	if json.Unmarshal(body, &f) == nil {
		kind = e.read(f)
	}
	if strings.TrimSpace(e.Message) == "" {
		e.Message = describeBody(status, contentType, body)
	}
	e.Message = clip(e.Message)
	e.classify(kind)
	return e
}

// read takes what an error object says and returns its type.
func (e *Error) read(f faultBody) string {
	if s := plainText(f.Error); s != "" {
		e.Message = s
		return ""
	}
	var inner faultBody
	if json.Unmarshal(f.Error, &inner) == nil && (inner.Message != nil || inner.Code != nil) {
		f = inner
	}
	e.Message, e.Code, e.Param = plainText(f.Message), plainText(f.Code), plainText(f.Param)
	if e.Message == "" && f.Detail != nil {
		e.Message = string(f.Detail)
		if s := plainText(f.Detail); s != "" {
			e.Message = s
		}
	}
	kind := plainText(f.Type)
	if e.Code == "" {
		e.Code = kind
	}
	return kind
}

// plainText is a JSON text, number or list of texts as text, else "".
func plainText(raw json.RawMessage) string {
	var s string
	var n json.Number
	var list []string
	switch {
	case json.Unmarshal(raw, &s) == nil:
		return s
	case json.Unmarshal(raw, &n) == nil:
		return n.String()
	case json.Unmarshal(raw, &list) == nil:
		return strings.Join(list, ", ")
	}
	return ""
}

var htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// describeBody words a body that is no error object.
func describeBody(status int, contentType string, body []byte) string {
	switch {
	case len(body) == 0:
		return http.StatusText(status) + ", without a word"
	case strings.Contains(contentType, "html") || bytes.HasPrefix(body, []byte("<")):
		if m := htmlTitle.FindSubmatch(body); m != nil {
			return "an HTML page with the title " + fmt.Sprintf("%q", strings.TrimSpace(string(m[1])))
		}
		return "an HTML page"
	}
	return string(body)
}

// classify decides what follows from an error.
func (e *Error) classify(kind string) {
	says := func(words ...string) bool { return slices.Contains(words, e.Code) || slices.Contains(words, kind) }
	if e.Status == 400 && (says("content_filter", "content_policy_violation", "moderation_blocked", "image_content_policy_violation", "ResponsibleAIPolicyViolation")) {
		e.Outcome = Refused
		return
	}
	if says("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "access_terminated") {
		e.Stop = true
		return
	}
	switch {
	case e.Status == 401, e.Status == 402, e.Status == 403, e.Status == 404:
		e.Stop = true
	case e.Status == 408, e.Status == 409, e.Status == 429, e.Status >= 500:
		e.Retryable = true
	}
	e.unsupported = e.refusedParameter()
}

var (
	parameterName = regexp.MustCompile(`\b(temperature|top_p|seed|max_completion_tokens|max_tokens|reasoning_effort|response_format|json_schema|json_object|` +
		`response format)\b`)
	refusalWords = regexp.MustCompile(`(?i)unsupported|not (be )?support|n't support|unrecogni[sz]ed|unknown|unexpected|not permitted|extra_forbidden|extra inputs|` +
		`unavailable|not available|not allowed|only the default|must be one of|not implemented`)
)

// refusedParameter names the parameter that the server does not take, by the
// error's fields or, since many servers fill none, by its words.
func (e *Error) refusedParameter() string {
	if e.Status < 400 || slices.Contains([]int{401, 402, 403, 404, 408, 409, 413, 429, 502, 503, 504}, e.Status) {
		return ""
	}
	byCode := slices.Contains([]string{"unsupported_parameter", "unsupported_value", "unknown_parameter"}, e.Code)
	if !byCode && !refusalWords.MatchString(e.Message) || strings.Contains(e.Message, "Invalid schema") {
		return ""
	}
	name := parameterName.FindString(e.Param)
	if name == "" {
		name = parameterName.FindString(e.Message)
	}
	switch name {
	case "json_schema", "json_object", "response format":
		name = responseFormat
	}
	if e.Status >= 500 && name != responseFormat {
		return "" // llama.cpp answers 500 to a format it does not know
	}
	return name
}
