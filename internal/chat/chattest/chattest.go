// Package chattest is a server that speaks the chat-completions protocol over
// real HTTP: completions, models, files and batches. It checks requests as
// strictly as OpenAI does, answers them the same way each time, misbehaves by
// script, and counts what it was paid for.
package chattest

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options configure a server. The zero value takes any key, has no limits, and
// answers every valid request well.
type Options struct {
	// Key is the key that requests must carry; "" takes all.
	Key string
	// EchoKey makes the server quote the whole key in its refusals, as careless
	// servers do.
	EchoKey bool
	// Models are the models by id; nil takes DefaultModels.
	Models map[string]Model
	// Limits are the limits of rate; zeros are none.
	Limits Limits
	// Script says how the server behaves toward a valid call; nil is Good. It may
	// be called at the same time from several requests.
	Script func(*Call) Behaviour
	Batch  BatchOptions
	// KeepBodies keeps the bodies of all completions for Bodies.
	KeepBodies bool
}

// Model is what a model takes.
type Model struct {
	// Reasons: max_completion_tokens only, no temperature, reasoning_effort.
	Reasons bool
	// NoSchema and NoObject refuse these response formats, NoPictures pictures.
	NoSchema, NoObject, NoPictures bool
	// OldTokens knows max_tokens only.
	OldTokens bool
	// Refuses names further parameters that the model does not take.
	Refuses []string
	// Shutdown is listed as shutdown_date.
	Shutdown string
}

// DefaultModels returns one model of each sort.
func DefaultModels() map[string]Model {
	return map[string]Model{
		"gpt-6-luna": {Reasons: true}, "gpt-6-sol": {Reasons: true}, "gpt-5-mini": {Reasons: true, Shutdown: "2026-12-11"},
		"gpt-4o": {Shutdown: "2027-01-14"}, "gpt-4o-mini": {Shutdown: "2027-01-14"}, "gpt-4.1-mini": {Shutdown: "2027-01-14"},
		"local-vision": {OldTokens: true, Refuses: []string{"reasoning_effort"}}, "local-object": {NoSchema: true, OldTokens: true},
		"local-text": {NoSchema: true, NoObject: true, NoPictures: true, OldTokens: true, Refuses: []string{"seed", "reasoning_effort"}},
	}
}

// Server is the server. It is an http.Handler; Start serves it.
type Server struct {
	// URL is the address with /v1, where Start made the server.
	URL     string
	options Options
	models  map[string]Model
	limiter limiter

	mu       sync.Mutex
	started  time.Time
	seq      int
	turns    map[string]int // by identity: calls
	paid     map[string]int // by identity: answers made
	statuses map[int]int
	bodies   [][]byte
	files    map[string]*storedFile
	batches  []*batch
	made     int // ids
}

// New makes a server; mount it with net/http or use Start.
func New(o Options) *Server {
	models := o.Models
	if models == nil {
		models = DefaultModels()
	}
	return &Server{options: o, models: maps.Clone(models), limiter: limiter{limits: o.Limits},
		turns: map[string]int{}, paid: map[string]int{}, statuses: map[int]int{}, files: map[string]*storedFile{}}
}

// ServeHTTP answers under /v1, under no prefix, and under Azure's /openai with
// its deployments.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, deployment := strings.TrimPrefix(r.URL.Path, "/v1"), ""
	if rest, azure := strings.CutPrefix(path, "/openai"); azure {
		path = strings.TrimPrefix(rest, "/v1")
		if r.URL.Query().Get("api-version") == "" && path == rest {
			s.fail(w, fault(404, "404", "", "Resource not found"))
			return
		}
		if rest, ok := strings.CutPrefix(path, "/deployments/"); ok {
			deployment, path, _ = strings.Cut(rest, "/")
			path = "/" + path
		}
	}
	if b := s.unauthorised(r); b != nil {
		s.fail(w, *b)
		return
	}
	switch {
	case path == "/chat/completions" && r.Method == http.MethodPost:
		s.complete(w, r, deployment)
	case path == "/models" && r.Method == http.MethodGet:
		s.list(w)
	case path == "/files" || strings.HasPrefix(path, "/files/"):
		s.serveFiles(w, r, strings.Trim(strings.TrimPrefix(path, "/files"), "/"))
	case path == "/batches" || strings.HasPrefix(path, "/batches/"):
		s.serveBatches(w, r, strings.Trim(strings.TrimPrefix(path, "/batches"), "/"))
	default:
		s.fail(w, fault(404, "unknown_url", "", "Unknown request URL: "+r.Method+" "+r.URL.Path+". Please check the URL for typos."))
	}
}

func (s *Server) unauthorised(r *http.Request) *Behaviour {
	got := r.Header.Get("Api-Key")
	if got == "" {
		got = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	if s.options.Key == "" || got == s.options.Key {
		return nil
	}
	b := fault(401, "invalid_api_key", "", "You didn't provide an API key.")
	if shown := got; got != "" {
		if !s.options.EchoKey {
			shown = got[:min(5, len(got))] + "********" + got[max(len(got)-4, 0):]
		}
		b = fault(401, "invalid_api_key", "", "Incorrect API key provided: "+shown+".")
	}
	return &b
}

func (s *Server) list(w http.ResponseWriter) {
	type entry struct {
		ID       string `json:"id"`
		Object   string `json:"object"`
		Created  int    `json:"created"`
		Owner    string `json:"owned_by"`
		Shutdown string `json:"shutdown_date,omitempty"`
	}
	data := []entry{}
	for id, m := range s.models {
		data = append(data, entry{id, "model", 1700000000, "chattest", m.Shutdown})
	}
	s.json(w, 200, map[string]any{"object": "list", "data": data})
}

// json writes a value and counts the status.
func (s *Server) json(w http.ResponseWriter, status int, v any) {
	s.count(status)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}

func (s *Server) count(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.statuses[status]++
}
