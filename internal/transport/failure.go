package transport

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// longest is how many bytes of a server's message are kept.
const longest = 400

// isBilling reports a code or type of a refusal that no waiting mends.
func isBilling(words ...string) bool {
	for _, w := range words {
		switch strings.ToLower(w) {
		case "insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_credits",
			"insufficient_balance", "credits_exhausted", "account_deactivated", "access_terminated":
			return true
		}
	}
	return false
}

// failureBody is what servers say about a failure: OpenAI and most others an
// object in `error`, Google one with a status and details, vLLM the fields
// themselves, Ollama a text in `error`, FastAPI `detail`.
type failureBody struct {
	Error   json.RawMessage `json:"error"`
	Detail  json.RawMessage `json:"detail"`
	Message json.RawMessage `json:"message"`
	Type    string          `json:"type"`
	Code    json.RawMessage `json:"code"`
	Status  string          `json:"status"`
	Details []struct {
		RetryDelay string `json:"retryDelay"`
	} `json:"details"`
}

// readFailure reads an answer that is a failure. body has no keys any more.
func readFailure(resp *http.Response, body []byte, now time.Time) *StatusError {
	e := &StatusError{Status: resp.StatusCode, RequestID: requestID(resp.Header)}
	e.RetryAfter, _ = retryAfter(resp.Header, now)
	text := bytes.TrimSpace(body)
	if len(text) > 1<<20 {
		text = nil
	}
	if len(text) > 0 && text[0] == '[' { // Google wraps the error of a stream
		var list []json.RawMessage
		if json.Unmarshal(text, &list) == nil && len(list) > 0 {
			text = list[0]
		}
	}
	var f failureBody
	if !decode(text, &f) {
		if !strings.Contains(resp.Header.Get("Content-Type"), "html") {
			e.Message = short(string(text))
		}
		return e
	}
	if len(f.Error) > 0 && f.Error[0] == '{' {
		var inner failureBody
		decode(f.Error, &inner)
		f = inner
	} else if len(f.Error) > 0 && len(f.Message) == 0 {
		f.Message = f.Error
	}
	if len(f.Message) == 0 {
		f.Message = f.Detail
	}
	e.Message, e.Type, e.Code = short(plain(f.Message)), short(f.Type), short(plain(f.Code))
	if f.Status != "" {
		e.Code = short(f.Status)
	}
	if n, err := strconv.Atoi(e.Code); err == nil && n == e.Status {
		e.Code = ""
	}
	for _, d := range f.Details {
		if delay, err := time.ParseDuration(d.RetryDelay); err == nil && delay > e.RetryAfter {
			e.RetryAfter = delay
		}
	}
	return e
}

// hiddenStatus is the status that an answer of success tells of in its body: some
// gateways send the failure of who stands behind them as {"error": {"code":
// 502, ...}} with status 200. It is 0 for anything else.
func hiddenStatus(body []byte) int {
	if len(body) > 1<<16 || !bytes.Contains(body, []byte(`"error"`)) {
		return 0
	}
	var f struct {
		Error struct {
			Code json.Number `json:"code"`
		} `json:"error"`
		Choices json.RawMessage `json:"choices"`
	}
	if json.Unmarshal(body, &f) != nil || len(f.Choices) > 0 {
		return 0
	}
	if n, err := f.Error.Code.Int64(); err == nil && n >= 400 && n < 600 {
		return int(n)
	}
	return 0
}

// decode takes what fits and leaves the rest: one field of an unexpected type
// must not hide the others.
func decode(text []byte, f *failureBody) bool {
	if len(text) == 0 || text[0] != '{' {
		return false
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil {
		return false
	}
	f.Error, f.Detail, f.Message, f.Code = members["error"], members["detail"], members["message"], members["code"]
	f.Type, f.Status = plain(members["type"]), plain(members["status"])
	// Details of another form hold no delay.
	_ = json.Unmarshal(members["details"], &f.Details)
	return true
}

// plain gives a JSON string's text, nothing for null, other JSON as it is.
func plain(raw json.RawMessage) string {
	var s string
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// short makes one line of a text and cuts it.
func short(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(s) <= longest {
		return strings.ToValidUTF8(s, "?")
	}
	n := longest
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.ToValidUTF8(s[:n], "?") + " ..."
}

func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "Apim-Request-Id", "X-Goog-Request-Id"} {
		if v := h.Get(name); v != "" {
			return short(v)
		}
	}
	return ""
}
