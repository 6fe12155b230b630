package chat

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// hidden stands in place of a secret.
const hidden = "[hidden]"

// keyLike matches the keys of common providers where a message quotes one, also
// half masked by the server.
var keyLike = regexp.MustCompile(`\b(sk|pk|rk|sess|gsk|xai|hf)[-_][A-Za-z0-9_*.-]{6,}|(?i)\bBearer\s+[A-Za-z0-9._~+/*=-]{6,}`)

var secretHeader = regexp.MustCompile(`(?i)auth|key|token|secret|cookie|password`)

// secretsOf collects the values of a request's headers that are secrets. The
// request must be the one that went out: a round tripper adds keys to a copy.
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
			out = append(out, v)
			if _, bare, ok := strings.Cut(v, " "); ok {
				out = append(out, bare)
			}
		}
	}
	return out
}

// The shortest secrets that are hidden: in messages almost all, in answers only
// what is long enough for a real key, since servers of one's own take words such
// as "ollama" for one, which an answer may hold.
const (
	inMessages = 6
	inAnswers  = 16
)

// redact hides secrets of at least some bytes.
func redact(b []byte, secrets []string, least int) []byte {
	for _, s := range secrets {
		if len(s) >= least && bytes.Contains(b, []byte(s)) {
			b = bytes.ReplaceAll(b, []byte(s), []byte(hidden))
		}
	}
	return b
}

// redactText hides secrets and what looks like a key in a message.
func redactText(s string, secrets []string) string {
	return keyLike.ReplaceAllString(string(redact([]byte(s), secrets, inMessages)), hidden)
}

// plainer words the error of a connection without the address that net/http
// puts before it, which may hold a key.
func plainer(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return err.Error()
}
