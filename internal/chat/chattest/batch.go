package chattest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// BatchOptions say how batches go.
type BatchOptions struct {
	// Polls is the number of polls that a batch is not done; 0 is 2.
	Polls int
	// ExpireAfter, if above 0, lets batches expire when so many lines are done;
	// the others are in the error file as batch_expired.
	ExpireAfter int
	// Lost names custom ids that are in no file; Status0 those in the error file
	// with status 0.
	Lost, Status0 []string
	// Foreign adds a result of a custom id that nobody asked for, and the first
	// result once more.
	Foreign bool
	// LoseCreation answers the first creations with 500 though the batch is made.
	LoseCreation int
	// MaxRequests and MaxBytes bound a file; zeros are 50,000 and 200 MB.
	MaxRequests int
	MaxBytes    int64
	// Download scripts the download of a file: Half, Drop, Status.
	Download func(id string) Behaviour
}

type batch struct {
	id, status, input, endpoint string
	output, errors              string
	polls, total, done, failed  int
	problems                    []map[string]any
	metadata                    any
}

func (b *batch) view() map[string]any {
	null := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	v := map[string]any{"id": b.id, "object": "batch", "endpoint": b.endpoint, "errors": nil, "input_file_id": b.input, "completion_window": "24h",
		"status": b.status, "output_file_id": null(b.output), "error_file_id": null(b.errors), "created_at": 1700000000, "expires_at": 1700086400,
		"request_counts": map[string]int{"total": b.total, "completed": b.done, "failed": b.failed}, "metadata": b.metadata}
	if b.problems != nil {
		v["errors"] = map[string]any{"object": "list", "data": b.problems}
	}
	return v
}

// Batches returns the number of batches made.
func (s *Server) Batches() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.batches)
}

func (s *Server) serveBatches(w http.ResponseWriter, r *http.Request, path string) {
	id, action, _ := strings.Cut(path, "/")
	switch {
	case id == "" && r.Method == http.MethodPost:
		s.createBatch(w, r)
		return
	case id == "":
		s.listBatches(w, r)
		return
	}
	s.mu.Lock()
	i := slices.IndexFunc(s.batches, func(b *batch) bool { return b.id == id })
	if i < 0 {
		s.mu.Unlock()
		s.fail(w, fault(404, "", "id", "No batch found with id '"+id+"'."))
		return
	}
	b := s.batches[i]
	open := slices.Contains([]string{"validating", "in_progress", "finalizing"}, b.status)
	if action == "cancel" && open {
		b.status = "cancelling"
	}
	s.mu.Unlock()
	if r.Method == http.MethodGet {
		s.advance(b)
	}
	s.mu.Lock()
	view := b.view()
	s.mu.Unlock()
	s.json(w, 200, view)
}

func (s *Server) createBatch(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Input    string `json:"input_file_id"`
		Endpoint string `json:"endpoint"`
		Window   string `json:"completion_window"`
		Metadata any    `json:"metadata"`
	}
	if json.NewDecoder(r.Body).Decode(&ask) != nil || ask.Window != "24h" || !strings.HasSuffix(ask.Endpoint, "/chat/completions") {
		s.fail(w, fault(400, "", "endpoint", "A batch needs input_file_id, the endpoint /v1/chat/completions and the completion_window 24h."))
		return
	}
	s.mu.Lock()
	if s.files[ask.Input] == nil {
		s.mu.Unlock()
		s.fail(w, fault(400, "", "input_file_id", "No such File object: "+ask.Input))
		return
	}
	b := &batch{id: s.id("batch"), status: "validating", input: ask.Input, endpoint: ask.Endpoint, metadata: ask.Metadata}
	s.batches = append(s.batches, b)
	view, lose := b.view(), len(s.batches) <= s.options.Batch.LoseCreation
	s.mu.Unlock()
	if lose {
		s.fail(w, Trouble(500))
		return
	}
	s.json(w, 200, view)
}

func (s *Server) listBatches(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > 100 {
		limit = 20
	}
	after, data, more := r.URL.Query().Get("after"), []any{}, false
	s.mu.Lock()
	from := len(s.batches) - 1
	if after != "" {
		from = slices.IndexFunc(s.batches, func(b *batch) bool { return b.id == after }) - 1
	}
	for i := from; i >= 0; i-- {
		if len(data) == limit {
			more = true
			break
		}
		data = append(data, s.batches[i].view())
	}
	s.mu.Unlock()
	s.json(w, 200, map[string]any{"object": "list", "data": data, "has_more": more})
}

// line is a request of a batch file.
type line struct {
	ID     string          `json:"custom_id"`
	Method string          `json:"method"`
	URL    string          `json:"url"`
	Body   json.RawMessage `json:"body"`
}

// readLines reads a batch file and says what is wrong with it.
func (s *Server) readLines(data []byte, endpoint string) (lines []line, problems []map[string]any) {
	problem := func(n int, code, format string, args ...any) {
		problems = append(problems, map[string]any{"code": code, "message": fmt.Sprintf(format, args...), "param": nil, "line": n})
	}
	seen, model := map[string]bool{}, ""
	for i, raw := range bytes.Split(bytes.TrimRight(data, "\n"), []byte("\n")) {
		var l line
		var body struct {
			Model string `json:"model"`
		}
		if json.Unmarshal(raw, &l) != nil || json.Unmarshal(l.Body, &body) != nil {
			problem(i+1, "invalid_json_line", "This line is not parseable as valid JSON.")
			continue
		}
		switch {
		case l.ID == "" || seen[l.ID]:
			problem(i+1, "duplicate_custom_id", "The custom_id '%s' is missing or a duplicate.", l.ID)
		case l.URL != endpoint || l.Method != "POST":
			problem(i+1, "mismatched_endpoint", "The url '%s' does not match the batch's endpoint.", l.URL)
		case model != "" && body.Model != model:
			problem(i+1, "mismatched_model", "All requests of a batch must be for one model.")
		}
		seen[l.ID], model = true, body.Model
		lines = append(lines, l)
	}
	most := s.options.Batch.MaxRequests
	if most == 0 {
		most = 50_000
	}
	if len(lines) > most {
		problem(most+1, "too_many_requests", "The file holds more than %d requests.", most)
	}
	return lines, problems
}
