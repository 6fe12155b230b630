package visiontest

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func (s *Server) annotate(w http.ResponseWriter, r *http.Request, inPath string) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4*s.options.MaxBytes))
	if err != nil {
		return // the client broke off
	}
	call := s.enter(body, r)
	if limited := s.limiter.take(time.Now()); limited != nil {
		s.fail(w, *limited)
		return
	}
	if int64(len(body)) > s.options.MaxBytes {
		s.fail(w, TooLarge(s.options.MaxBytes))
		return
	}
	pictures, where, bad := s.read(body, inPath)
	if bad != nil {
		s.fail(w, *bad)
		return
	}
	call.Pictures, call.Parent = s.took(pictures, int64(len(body))), where
	b := Good()
	if s.options.Script != nil {
		b = s.options.Script(call)
	}
	if b.Delay > 0 && !wait(r, b.Delay) {
		s.count(0)
		return
	}
	switch {
	case b.Drop:
		s.count(0)
		hangUp(w)
		return
	case b.Status != 0 && b.Status != http.StatusOK:
		s.fail(w, b)
		return
	}
	text := b.Body
	if text == nil {
		text = s.answer(call, b, strings.Contains(r.URL.Query().Get("$alt"), "enum-encoding=int"))
	}
	s.deliver(w, r, b, text)
}

func wait(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// answer makes the answer to a call, which is paid for.
func (s *Server) answer(c *Call, b Behaviour, numbers bool) []byte {
	each := b.Each
	if each == nil {
		each = s.options.Each
	}
	pictures := c.Pictures
	if b.Only > 0 && b.Only < len(pictures) {
		pictures = pictures[:b.Only]
	}
	all := make([]Answer, len(pictures))
	for i, p := range pictures {
		if each != nil {
			all[i] = each(p)
		}
		if all[i] == nil {
			all[i] = Derived(p)
		}
		if _, failed := all[i]["error"]; !failed {
			s.pay(p)
		}
		if numbers {
			number(all[i])
		}
	}
	whole := map[string]any{"responses": all}
	var text []byte
	var err error
	if s.options.Plain {
		text, err = json.Marshal(whole)
	} else {
		text, err = json.MarshalIndent(whole, "", "  ")
	}
	if err != nil {
		return []byte(`{"error": {"code": 500, "message": "the script's answer is no JSON", "status": "INTERNAL"}}`)
	}
	return append(text, '\n')
}

// deliver sends an answer as the behaviour says.
func (s *Server) deliver(w http.ResponseWriter, r *http.Request, b Behaviour, text []byte) {
	kind := b.ContentType
	if kind == "" {
		kind = "application/json; charset=UTF-8"
	}
	w.Header().Set("Content-Type", kind)
	for name, values := range b.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	s.count(http.StatusOK)
	if b.Half || b.Pause > 0 {
		_, _ = w.Write(text[:len(text)/2])
		_ = http.NewResponseController(w).Flush()
		text = text[len(text)/2:]
	}
	switch {
	case b.Half:
		hangUp(w)
		return
	case b.Pause > 0 && !wait(r, b.Pause):
		return
	}
	_, _ = w.Write(text) // the client may be gone
}

// hangUp closes the connection.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // not HTTP/1.1: the missing rest breaks the stream as well
	}
	_ = conn.Close()
}

// bearer is the token of a request.
func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

// number turns the names of likelihoods into numbers, as the service does when it
// is asked to.
func number(v any) any {
	names := []string{"UNKNOWN", "VERY_UNLIKELY", "UNLIKELY", "POSSIBLE", "LIKELY", "VERY_LIKELY"}
	switch v := v.(type) {
	case Answer:
		return number(map[string]any(v))
	case map[string]any:
		for k, x := range v {
			v[k] = number(x)
		}
		return v
	case []any:
		for i, x := range v {
			v[i] = number(x)
		}
		return v
	case string:
		for i, name := range names {
			if v == name {
				return i
			}
		}
	}
	return v
}
