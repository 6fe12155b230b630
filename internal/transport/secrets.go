package transport

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// secrets are the keys: where they are set, and what texts must not hold.
type secrets struct {
	header http.Header
	query  url.Values
	origin *url.URL
	words  []string
}

const redacted = "[key]"

// shortest is the length from which a value is looked for in texts. A shorter
// one is no key, and would be found everywhere.
const shortest = 6

func newSecrets(o Options) *secrets {
	s := &secrets{header: o.Header.Clone(), query: url.Values{}}
	if u, err := url.Parse(o.Origin); err == nil && u.Host != "" {
		s.origin = u
	}
	for name, values := range o.Header {
		if strings.EqualFold(name, "User-Agent") {
			continue
		}
		for _, v := range values {
			if scheme, rest, ok := strings.Cut(v, " "); ok && (strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "Basic")) {
				v = rest
			}
			s.hide(strings.TrimSpace(v))
		}
	}
	for name, values := range o.Query {
		s.query[name] = values
		for _, v := range values {
			s.hide(v)
			s.hide(url.QueryEscape(v))
		}
	}
	return s
}

func (s *secrets) hide(v string) {
	if len(v) < shortest {
		return
	}
	for _, w := range s.words {
		if w == v {
			return
		}
	}
	s.words = append(s.words, v)
}

// belongs reports whether a request may carry the keys: to the origin that the
// options name, else to the server where the chain of redirects began.
func (s *secrets) belongs(req *http.Request) bool {
	to := s.origin
	if to == nil {
		first := req
		for first.Response != nil && first.Response.Request != nil {
			first = first.Response.Request
		}
		to = first.URL
	}
	return sameServer(to, req.URL)
}

// sameServer also allows the step from http to https on one host.
func sameServer(from, to *url.URL) bool {
	if !strings.EqualFold(from.Hostname(), to.Hostname()) {
		return false
	}
	if from.Scheme == to.Scheme {
		return port(from) == port(to)
	}
	return from.Scheme == "http" && to.Scheme == "https" && from.Port() == "" && to.Port() == ""
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// set adds the keys to a request that is not the caller's.
func (s *secrets) set(req *http.Request) {
	for name, values := range s.header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	if len(s.query) == 0 {
		return
	}
	u := *req.URL
	q := u.Query()
	for name, values := range s.query {
		q[name] = values
	}
	u.RawQuery = q.Encode()
	req.URL = &u
}

// text returns a text without keys.
func (s *secrets) text(t string) string {
	for _, w := range s.words {
		t = strings.ReplaceAll(t, w, redacted)
	}
	return t
}

// body returns a body without keys; it is the same slice where there are none.
func (s *secrets) body(b []byte) []byte {
	for _, w := range s.words {
		if word := []byte(w); bytes.Contains(b, word) {
			b = bytes.ReplaceAll(b, word, []byte(redacted))
		}
	}
	return b
}

// clean takes the keys out of an answer's header.
func (s *secrets) clean(h http.Header) {
	for _, values := range h {
		for i, v := range values {
			if text := s.text(v); text != v {
				values[i] = text
			}
		}
	}
}

// err returns an error whose text has no keys; the second result is what may
// be unwrapped.
func (s *secrets) err(err error) (string, error) {
	text := err.Error()
	if clean := s.text(text); clean != text {
		return clean, nil
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if s.text(e.Error()) != e.Error() {
			return text, nil
		}
	}
	return text, err
}
