package chattest

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxBody bounds the body of a completion, as OpenAI does with about 50 MB.
const maxBody = 50 << 20

func (s *Server) complete(w http.ResponseWriter, r *http.Request, deployment string) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return // the client broke off
	case len(body) > maxBody:
		s.fail(w, fault(413, "request_too_large", "", "The request is too large."))
		return
	}
	call := s.enter(body, r.Header, false)
	req, bad := s.read(body, deployment)
	call.Request = req
	headers, limited := s.limiter.take(time.Now(), req.tokens())
	for name, v := range headers {
		w.Header()[name] = v
	}
	w.Header().Set("X-Request-Id", "req_"+strconv.Itoa(call.Seq))
	switch {
	case limited != nil:
		s.fail(w, *limited)
		return
	case bad != nil:
		s.fail(w, *bad)
		return
	}
	b := s.behave(call)
	if b.Delay > 0 {
		timer := time.NewTimer(b.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			s.count(0)
			return
		}
	}
	s.write(w, r, b, s.response(call, b))
}

// enter counts a call.
func (s *Server) enter(body []byte, h http.Header, batch bool) *Call {
	id := Identity(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seq == 0 {
		s.started = time.Now()
	}
	s.seq++
	s.turns[id]++
	if s.options.KeepBodies {
		s.bodies = append(s.bodies, body)
	}
	return &Call{Seq: s.seq, Turn: s.turns[id], Identity: id, Since: time.Since(s.started), Body: body, Header: h, Batch: batch}
}

// behave asks the script and books an answer as paid, before it is delivered.
func (s *Server) behave(c *Call) Behaviour {
	b := Good()
	if s.options.Script != nil {
		b = s.options.Script(c)
	}
	if (b.Status == 0 || b.Status == 200) && !b.Drop {
		s.mu.Lock()
		s.paid[c.Identity]++
		s.mu.Unlock()
	}
	return b
}

// response is the body of an answer or an error.
func (s *Server) response(c *Call, b Behaviour) []byte {
	if b.Body != nil {
		return b.Body
	}
	if b.Status != 0 && b.Status != 200 {
		return fault(b.Status, "", "", http.StatusText(b.Status)).Body
	}
	message := map[string]any{"role": "assistant", "content": nil, "refusal": nil}
	size := len(b.Refusal)
	if b.Refusal != "" {
		message["refusal"] = b.Refusal
	} else {
		text := ""
		if b.Text != nil {
			text = *b.Text
		} else {
			text = c.Request.answer(c.Identity)
		}
		text = b.Before + text + b.After
		message["content"], size = text, len(text)
	}
	finish := b.Finish
	if finish == "" {
		finish = "stop"
	}
	out := map[string]any{"id": "chatcmpl-" + c.Identity[:24], "object": "chat.completion", "created": 1700000000,
		"model": c.Request.Model, "choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": finish, "logprobs": nil}}}
	u := Usage{Input: c.Request.tokens(), Output: int64(size+3) / 4}
	if b.Usage != nil {
		u = *b.Usage
	}
	if !b.NoUsage {
		out["usage"] = map[string]any{"prompt_tokens": u.Input, "completion_tokens": u.Output, "total_tokens": u.Input + u.Output,
			"prompt_tokens_details":     map[string]any{"cached_tokens": u.Cached, "cache_write_tokens": u.CacheWrite},
			"completion_tokens_details": map[string]any{"reasoning_tokens": u.Reasoning}}
	}
	body, _ := json.Marshal(out) // texts and numbers cannot fail
	return body
}

// write sends a response as the behaviour says.
func (s *Server) write(w http.ResponseWriter, r *http.Request, b Behaviour, body []byte) {
	if b.Drop {
		s.count(0)
		hangUp(w, nil)
		return
	}
	status := b.Status
	if status == 0 {
		status = 200
	}
	w.Header().Set("Content-Type", "application/json")
	if b.ContentType != "" {
		w.Header().Set("Content-Type", b.ContentType)
	}
	for name, v := range b.Header {
		w.Header()[name] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	s.count(status)
	if b.Half {
		hangUp(w, body[:len(body)/2])
		return
	}
	w.WriteHeader(status)
	if b.Pause > 0 {
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		body = body[len(body)/2:]
		timer := time.NewTimer(b.Pause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return
		}
	}
	_, _ = w.Write(body) // the client may be gone
}

// hangUp closes the connection after a part of the body, or before all.
func hangUp(w http.ResponseWriter, part []byte) {
	if part != nil {
		w.WriteHeader(200)
		_, _ = w.Write(part)
		_ = http.NewResponseController(w).Flush()
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // not HTTP/1.1: the missing rest breaks the stream as well
	}
	_ = conn.Close()
}

// fail sends an error.
func (s *Server) fail(w http.ResponseWriter, b Behaviour) {
	s.write(w, nil, Behaviour{Status: b.Status, Header: b.Header}, b.Body)
}
