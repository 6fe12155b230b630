package gemini

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// hidden stands in place of a secret.
const hidden = "[hidden]"

// keyLike matches Google's keys and tokens where a message quotes one.
var keyLike = regexp.MustCompile(`\bAIza[A-Za-z0-9_*-]{6,}|\bya29\.[A-Za-z0-9._~+/=-]{6,}|\bAQ\.[A-Za-z0-9_-]{12,}|(?i)\bBearer\s+[A-Za-z0-9._~+/*=-]{6,}`)

var secretHeader = regexp.MustCompile(`(?i)auth|key|token|secret|cookie|password`)

// The shortest secrets that are hidden: in messages almost all, in answers only
// what is long enough for a real key, since an answer may hold a short word that
// a server of one's own takes for one.
const (
	inMessages = 6
	inAnswers  = 16
)

// secretsOf adds the values of a request's headers that are secrets to those
// that are known.
func secretsOf(req *http.Request, known []string) []string {
	out := known[:len(known):len(known)]
	if req == nil {
		return out
	}
	for name, values := range req.Header {
		if !secretHeader.MatchString(name) {
			continue
		}
		for _, v := range values {
			if _, bare, ok := strings.Cut(v, " "); ok {
				out = append(out, bare)
			}
			out = append(out, v)
		}
	}
	return out
}

// redact hides secrets of at least some bytes, as they are and as JSON and
// addresses write them.
func redact(b []byte, secrets []string, least int) []byte {
	for _, s := range secrets {
		if len(s) < least {
			continue
		}
		forms := []string{s, url.QueryEscape(s)}
		if text, err := json.Marshal(s); err == nil {
			forms = append(forms, string(text[1:len(text)-1]))
		}
		for _, f := range forms {
			if bytes.Contains(b, []byte(f)) {
				b = bytes.ReplaceAll(b, []byte(f), []byte(hidden))
			}
		}
	}
	return b
}

// redactText hides secrets and what looks like a key in a message.
func redactText(s string, secrets []string) string {
	return keyLike.ReplaceAllString(string(redact([]byte(s), secrets, inMessages)), hidden)
}
