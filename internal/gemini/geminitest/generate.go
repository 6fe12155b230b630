package geminitest

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxBody bounds the body of a request, as Google does with 20 MB.
const maxBody = 20 << 20

func (s *Server) generate(w http.ResponseWriter, r *http.Request, model string, vertex bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return // the client broke off
	case len(body) > maxBody:
		s.fail(w, r, Fails(400, "INVALID_ARGUMENT", fmt.Sprintf("Request payload size exceeds the limit: %d bytes.", maxBody)))
		return
	}
	call := s.enter(body, r.Header, model)
	if limited := s.limiter.take(time.Now()); limited != nil {
		s.fail(w, r, *limited)
		return
	}
	req, bad := s.read(body, model, vertex)
	if bad != nil {
		s.fail(w, r, *bad)
		return
	}
	call.Request = req
	b := s.behave(call)
	if b.Delay > 0 && !sleep(r, b.Delay) {
		s.count(0)
		return
	}
	s.write(w, r, b, s.response(call, b))
}

// sleep waits, and reports whether the client is still there.
func sleep(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// enter counts a call.
func (s *Server) enter(body []byte, h http.Header, model string) *Call {
	id := Identity(model, body)
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
	return &Call{Seq: s.seq, Turn: s.turns[id], Identity: id, Since: time.Since(s.started), Body: body, Header: h}
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
	switch {
	case b.Body != nil:
		return b.Body
	case b.Status != 0 && b.Status != 200:
		return Fails(b.Status, "UNKNOWN", http.StatusText(b.Status)).Body
	}
	out := map[string]any{"modelVersion": c.Request.Model, "responseId": c.Identity[:22]}
	u := Usage{Prompt: c.Request.tokens()}
	switch {
	case b.NoCandidate:
	case b.Block != "":
		feedback := map[string]any{"blockReason": b.Block}
		if b.Blocked != "" {
			feedback["safetyRatings"] = ratings(b.Blocked)
		}
		out["promptFeedback"] = feedback
	default:
		one, size := c.candidate(b)
		out["candidates"], u.Candidates = []any{one}, int64(size+3)/4
		u.Thoughts = int64(len(b.Thought)+3) / 4
	}
	if b.Usage != nil {
		u = *b.Usage
	}
	if !b.NoUsage {
		out["usageMetadata"] = u.json()
	}
	return marshal(out)
}

// candidate is an answer's only candidate, with the size of its text.
func (c *Call) candidate(b Behaviour) (one map[string]any, size int) {
	finish := b.Finish
	if finish == "" {
		finish = "STOP"
	}
	one = map[string]any{"index": 0, "finishReason": finish}
	if b.Message != "" {
		one["finishMessage"] = b.Message
	}
	if b.Blocked != "" {
		one["safetyRatings"] = ratings(b.Blocked)
	}
	texts := b.Parts
	switch {
	case texts != nil:
	case b.Text != nil && *b.Text != "":
		texts = []string{*b.Text}
	case b.Text == nil && finish == "STOP":
		texts = []string{c.Request.answer(c.Identity)}
	}
	var parts []any
	if b.Thought != "" {
		parts = append(parts, map[string]any{"text": b.Thought, "thought": true})
	}
	for _, t := range texts {
		parts, size = append(parts, map[string]any{"text": t}), size+len(t)
	}
	content := map[string]any{"role": "model"}
	if parts != nil {
		content["parts"] = parts
	}
	if parts != nil || finish != "SAFETY" {
		one["content"] = content
	}
	return one, size
}

func ratings(blocked string) []any {
	return []any{map[string]any{"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"},
		map[string]any{"category": blocked, "probability": "HIGH", "blocked": true}}
}

// json leaves zeros out, as the service does.
func (u Usage) json() map[string]any {
	out := map[string]any{}
	for name, n := range map[string]int64{"promptTokenCount": u.Prompt, "cachedContentTokenCount": u.Cached, "candidatesTokenCount": u.Candidates,
		"thoughtsTokenCount": u.Thoughts, "totalTokenCount": u.Prompt + u.Candidates + u.Thoughts} {
		if n != 0 {
			out[name] = n
		}
	}
	return out
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
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if b.ContentType != "" {
		w.Header().Set("Content-Type", b.ContentType)
	}
	for name, v := range b.Header {
		w.Header()[name] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	s.count(status)
	if b.Cut {
		hangUp(w, body[:len(body)/2])
		return
	}
	w.WriteHeader(status)
	if b.Pause > 0 {
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		body = body[len(body)/2:]
		if !sleep(r, b.Pause) {
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
