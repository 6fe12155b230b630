// Package redact hides keys in what a server sent back and in errors.
package redact

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

// keyLike matches the keys, tokens and private keys of common providers where a
// message quotes one, also half masked by the server.
var keyLike = regexp.MustCompile(`\b(sk|pk|rk|sess|gsk|xai|hf)[-_][A-Za-z0-9_*.-]{6,}|(?i:\bBearer\s+[A-Za-z0-9._~+/*=-]{6,})|` +
	`\bAIza[A-Za-z0-9_*-]{6,}|\bya29\.[A-Za-z0-9._~+/=-]{6,}|\bAQ\.[A-Za-z0-9_-]{12,}|` +
	`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)`)

var secretHeader = regexp.MustCompile(`(?i)auth|key|token|secret|cookie|password`)

// The shortest secrets that are hidden: in messages almost all, in answers only
// what is long enough for a real key, since a picture may show a short word that
// a server of one's own takes for one.
const (
	InMessages = 6
	InAnswers  = 16
)

// Secrets adds the values of a request's headers that are secrets to those
// that are known.
func Secrets(req *http.Request, known []string) []string {
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

// Bytes hides secrets of at least some bytes, as they are and as JSON and
// addresses write them.
func Bytes(b []byte, secrets []string, least int) []byte {
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

// Text hides secrets and what looks like a key in a message.
func Text(s string, secrets []string) string {
	return keyLike.ReplaceAllString(string(Bytes([]byte(s), secrets, InMessages)), hidden)
}

// Bare is the error of a connection without the address that net/http puts
// before it.
func Bare(err error) error {
	for {
		u, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = u.Err
	}
}

// Clean returns an error unless its text, or that of an error in it, holds a
// secret.
func Clean(err error, secrets []string) error {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if text := e.Error(); Text(text, secrets) != text {
			return nil
		}
	}
	return err
}
