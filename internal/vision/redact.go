package vision

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// hidden stands in place of a secret.
const hidden = "[hidden]"

// keyLike matches Google's keys, tokens and private keys where a message quotes
// one.
var keyLike = regexp.MustCompile(`\bAIza[A-Za-z0-9_*-]{6,}|\bya29\.[A-Za-z0-9._~+/=-]{6,}|\bAQ\.[A-Za-z0-9_-]{12,}|(?i)\bBearer\s+[A-Za-z0-9._~+/*=-]{6,}|` +
	`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)`)

var secretHeader = regexp.MustCompile(`(?i)auth|key|token|secret|cookie|password`)

// The shortest secrets that are hidden: in messages almost all, in answers only
// what is long enough for a real key, since a picture may show a short word that
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

// bare is the error of a connection without the address that net/http puts
// before it.
func bare(err error) error {
	for {
		u, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = u.Err
	}
}

// clean returns an error unless its text, or that of an error in it, holds a
// secret.
func clean(err error, secrets []string) error {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if text := e.Error(); redactText(text, secrets) != text {
			return nil
		}
	}
	return err
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
