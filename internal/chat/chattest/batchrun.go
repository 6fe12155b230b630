package chattest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
)

// advance moves a batch on by one poll.
func (s *Server) advance(b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b.polls++
	polls := s.options.Batch.Polls
	if polls == 0 {
		polls = 2
	}
	switch b.status {
	case "validating":
		f := s.files[b.input]
		if f == nil {
			b.status = "failed"
			return
		}
		lines, problems := s.readLines(f.data, b.endpoint)
		b.total, b.problems, b.status = len(lines), problems, "in_progress"
		if problems != nil {
			b.status = "failed"
		}
	case "in_progress":
		if b.polls > polls {
			b.status = "finalizing" // so that another poll does not run it as well
			s.mu.Unlock()
			s.run(b, "completed")
			s.mu.Lock()
		}
	case "cancelling":
		b.status = "finalizing"
		s.mu.Unlock()
		s.run(b, "cancelled")
		s.mu.Lock()
	}
}

// run works a batch off: the lines in the order of their identities, since the
// order of results is nobody's business.
func (s *Server) run(b *batch, end string) {
	o := s.options.Batch
	s.mu.Lock()
	lines, _ := s.readLines(s.files[b.input].data, b.endpoint)
	s.mu.Unlock()
	slices.SortFunc(lines, func(x, y line) int { return cmp.Compare(Identity([]byte(x.ID)), Identity([]byte(y.ID))) })
	most := len(lines)
	if o.ExpireAfter > 0 && o.ExpireAfter < most {
		most, end = o.ExpireAfter, "expired"
	}
	if end == "cancelled" {
		most /= 2
	}
	var good, bad bytes.Buffer
	done, failed := 0, 0
	put := func(out *bytes.Buffer, id string, response, problem any) {
		text, _ := json.Marshal(map[string]any{"id": "batch_req_" + Identity([]byte(id))[:12], "custom_id": id, "response": response, "error": problem})
		out.Write(append(text, '\n'))
	}
	for i, l := range lines {
		switch {
		case slices.Contains(o.Lost, l.ID):
		case slices.Contains(o.Status0, l.ID):
			failed++
			put(&bad, l.ID, map[string]any{"status_code": 0, "request_id": "", "body": nil}, nil)
		case i >= most && end == "expired":
			put(&bad, l.ID, nil, map[string]any{"code": "batch_expired", "message": "This request could not be executed before the completion window expired."})
		case i >= most:
		default:
			status, body := s.runLine(l)
			response := map[string]any{"status_code": status, "request_id": "req", "body": json.RawMessage(body)}
			if status == 200 {
				done++
				put(&good, l.ID, response, nil)
			} else {
				failed++
				put(&bad, l.ID, response, nil)
			}
		}
	}
	if o.Foreign {
		first, _, _ := bytes.Cut(good.Bytes(), []byte("\n"))
		good.Write(append(bytes.Clone(first), '\n'))
		put(&good, "nobody-asked", map[string]any{"status_code": 200, "body": map[string]any{}}, nil)
		good.WriteString("{\"custom_id\": \"brok\n")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	store := func(data []byte) string {
		if len(data) == 0 {
			return ""
		}
		f := &storedFile{id: s.id("file"), name: b.id + "_output.jsonl", purpose: "batch_output", data: data}
		s.files[f.id] = f
		return f.id
	}
	b.output, b.errors, b.done, b.failed, b.status = store(good.Bytes()), store(bad.Bytes()), done, failed, end
}

// runLine answers one request of a batch.
func (s *Server) runLine(l line) (int, []byte) {
	call := s.enter(l.Body, nil, true)
	req, fault := s.read(l.Body, "")
	call.Request = req
	if fault != nil {
		return fault.Status, fault.Body
	}
	b := s.behave(call)
	if b.Drop {
		b = Trouble(500)
	}
	status := b.Status
	if status == 0 {
		status = 200
	}
	body := s.response(call, b)
	if !json.Valid(body) {
		body, _ = json.Marshal(string(body)) // a text
	}
	return status, body
}
