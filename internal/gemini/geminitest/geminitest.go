// Package geminitest is a server that speaks Gemini's generateContent over real
// HTTP, as Google AI and Vertex AI do. It checks requests strictly, answers them
// the same way each time, misbehaves by script, and counts what it was paid for.
package geminitest

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Options configure a server. The zero value takes any key, has no limits, and
// answers every valid request well.
type Options struct {
	// Key is the API key that requests must carry, Token the bearer token; ""
	// takes all. With both either will do.
	Key, Token string
	// EchoKey makes the server quote the whole key in its refusals, as it does
	// for keys that are suspended.
	EchoKey bool
	// Models are the models by name; nil takes DefaultModels.
	Models map[string]Model
	// Limits are the limits of rate; zeros are none.
	Limits Limits
	// Script says how the server behaves toward a valid call; nil is Good. It may
	// be called at the same time from several requests.
	Script func(*Call) Behaviour
	// KeepBodies keeps the bodies of all calls for Bodies.
	KeepBodies bool
}

// Model is what a model takes.
type Model struct {
	// Levels takes thinkingLevel, Budgets thinkingBudget; a model with neither
	// does not think. MustThink refuses a budget of 0.
	Levels, Budgets, MustThink bool
	// NoJSONSchema does not know responseJsonSchema, NoSchema refuses either
	// schema, NoJSON every type of answer but text.
	NoJSONSchema, NoSchema, NoJSON bool
	// NoSystem refuses a systemInstruction.
	NoSystem bool
	// Refuses names fields of generationConfig, in snake_case, that the model does
	// not take.
	Refuses []string
}

// DefaultModels returns one model of each sort.
func DefaultModels() map[string]Model {
	return map[string]Model{
		"gemini-2.5-flash-lite": {Budgets: true}, "gemini-2.5-flash": {Budgets: true}, "gemini-2.5-pro": {Budgets: true, MustThink: true},
		"gemini-3.5-flash-lite": {Levels: true, Budgets: true}, "gemini-3.5-flash": {Levels: true, Budgets: true},
		"gemini-2.0-flash": {}, "old-server": {NoJSONSchema: true}, "no-schema": {NoJSONSchema: true, NoSchema: true},
		"gemma-3-27b-it": {NoSystem: true, NoSchema: true, NoJSON: true, Refuses: []string{"media_resolution", "seed"}},
	}
}

// Server is the server. It is an http.Handler; Start serves it.
type Server struct {
	// URL is the address with /v1beta, where Start made the server.
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
}

// New makes a server; mount it with net/http or use Start.
func New(o Options) *Server {
	models := o.Models
	if models == nil {
		models = DefaultModels()
	}
	return &Server{options: o, models: maps.Clone(models), limiter: limiter{limits: o.Limits}, turns: map[string]int{}, paid: map[string]int{}, statuses: map[int]int{}}
}

var methodPath = regexp.MustCompile(`^/v1(?:beta1?)?(?:/projects/([^/]+)/locations/([^/]+)/publishers/google)?/models/([^/:]+):generateContent$`)

// ServeHTTP answers at the paths of Google AI and of Vertex AI.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := methodPath.FindStringSubmatch(r.URL.Path)
	if m == nil || r.Method != http.MethodPost {
		s.write(w, r, Behaviour{Status: 404, ContentType: "text/html; charset=UTF-8"}, []byte("<!DOCTYPE html>\n<html lang=en>\n  <title>Error 404 (Not Found)!!1</title>\n</html>\n"))
		return
	}
	if b := s.unauthorised(r); b != nil {
		s.fail(w, r, *b)
		return
	}
	s.generate(w, r, m[3], m[1] != "")
}

func (s *Server) unauthorised(r *http.Request) *Behaviour {
	key := r.Header.Get("X-Goog-Api-Key")
	if key == "" {
		key = r.URL.Query().Get("key")
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	o := s.options
	if o.Key == "" && o.Token == "" || o.Key != "" && key == o.Key || o.Token != "" && token == o.Token {
		return nil
	}
	info := func(reason string) any {
		return map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": map[string]string{"service": "generativelanguage.googleapis.com"}}
	}
	var b Behaviour
	switch {
	case o.EchoKey && key+token != "":
		b = Fails(403, "PERMISSION_DENIED", "Permission denied: Consumer 'api_key:"+key+token+"' has been suspended.", info("CONSUMER_SUSPENDED"))
	case key != "":
		b = Fails(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", info("API_KEY_INVALID"))
	case token != "":
		b = Fails(401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.", info("ACCESS_TOKEN_EXPIRED"))
	default:
		b = Fails(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.")
	}
	return &b
}

// fail sends an error.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, b Behaviour) { s.write(w, r, b, b.Body) }

func (s *Server) count(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.statuses[status]++
}

// marshal writes a value that cannot fail: texts, numbers, lists and maps.
func marshal(v any) []byte {
	text, _ := json.Marshal(v)
	return text
}
