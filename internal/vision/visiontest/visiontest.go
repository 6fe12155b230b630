// Package visiontest is a server that speaks the REST protocol of Google Cloud
// Vision over real HTTP: images:annotate with and without a project and region,
// and the exchange of a service account's signature for a token. It checks
// requests as Google does, answers about a picture the same way each time in the
// shape of real answers, misbehaves by script, and counts what it was paid for.
package visiontest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Options configure a server. The zero value takes any key or token, has Google's
// limits of size and no limits of rate, and answers every valid request well.
type Options struct {
	// Key is the API key that requests must carry in X-Goog-Api-Key, and Token the
	// access token that they may carry instead; with both "" all are taken.
	Key, Token string
	// EchoKey makes the server quote the whole key or token in its refusals, as
	// careless servers do.
	EchoKey bool
	// Limits are the limits of rate; zeros are none.
	Limits Limits
	// MaxBytes is the most bytes of a request's JSON; 0 is 10,485,760.
	MaxBytes int64
	// Script says how the server behaves toward a valid call; nil is Good. It may
	// be called at the same time from several requests.
	Script func(*Call) Behaviour
	// Each says what is answered about a picture; nil is Derived. A Behaviour's own
	// comes before it.
	Each func(Picture) Answer
	// KeepBodies keeps the bodies, headers and addresses of all requests.
	KeepBodies bool
	// Plain writes answers without the spaces of Google's.
	Plain bool
}

// Server is the server. It is an http.Handler; Start serves it.
type Server struct {
	// URL is the address, where Start made the server.
	URL     string
	options Options
	limiter limiter
	tokens  tokens

	mu       sync.Mutex
	started  time.Time
	seq      int
	turns    map[string]int // by identity of a picture: times asked about
	paid     map[string]int // by identity: answers made
	statuses map[int]int
	most     Most
	pictures int
	bodies   [][]byte
	headers  []http.Header
	targets  []string
}

// New makes a server; mount it with net/http or use Start.
func New(o Options) *Server {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 10 << 20
	}
	return &Server{options: o, limiter: limiter{limits: o.Limits}, turns: map[string]int{}, paid: map[string]int{}, statuses: map[int]int{}}
}

var regional = regexp.MustCompile(`^/v1/(projects/[^/]+/locations/(us|eu|asia))/images:annotate$`)

// ServeHTTP answers under /v1, and under /token as Google's server of tokens.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parent := ""
	switch m := regional.FindStringSubmatch(r.URL.Path); {
	case r.URL.Path == "/token" && r.Method == http.MethodPost:
		s.grant(w, r)
		return
	case r.Method != http.MethodPost:
		s.fail(w, fault(404, "NOT_FOUND", "", "Requested entity was not found."))
		return
	case m != nil:
		parent = m[1]
	case r.URL.Path != "/v1/images:annotate":
		s.fail(w, Page(404))
		return
	}
	if b := s.unauthorised(r); b != nil {
		s.fail(w, *b)
		return
	}
	s.annotate(w, r, parent)
}

// unauthorised checks the key or token. Like Google's, the server takes a key in
// the address too; Addresses tells of it.
func (s *Server) unauthorised(r *http.Request) *Behaviour {
	refuse := func(b Behaviour) *Behaviour { return &b }
	key, token := cmp.Or(r.Header.Get("X-Goog-Api-Key"), r.URL.Query().Get("key")), bearer(r)
	if s.options.Key == "" && s.options.Token == "" && !s.tokens.issued() {
		return nil
	}
	quoted := ""
	if s.options.EchoKey {
		quoted = " " + key + token
	}
	switch {
	case key != "" && key == s.options.Key, token != "" && (token == s.options.Token || s.tokens.holds(token)):
		return nil
	case key != "":
		return refuse(fault(400, "INVALID_ARGUMENT", "API_KEY_INVALID", "API key not valid. Please pass a valid API key."+quoted))
	case token != "":
		return refuse(fault(401, "UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential."+quoted))
	}
	return refuse(fault(403, "PERMISSION_DENIED", "", "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API."))
}

// fail sends a behaviour that is no answer.
func (s *Server) fail(w http.ResponseWriter, b Behaviour) {
	s.count(b.Status)
	for name, values := range b.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	kind := b.ContentType
	if kind == "" {
		kind = "application/json; charset=UTF-8"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(b.Status)
	_, _ = w.Write(b.Body) // the client may be gone
}

func (s *Server) count(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.statuses[status]++
}

// fault is an error in Google's form; reason is that of its ErrorInfo.
func fault(status int, name, reason, message string, metadata ...string) Behaviour {
	e := map[string]any{"code": status, "message": message, "status": name}
	if reason != "" {
		about := map[string]string{"service": "vision.googleapis.com"}
		for i := 0; i+1 < len(metadata); i += 2 {
			about[metadata[i]] = metadata[i+1]
		}
		e["details"] = []any{map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": about}}
	}
	body, _ := json.MarshalIndent(map[string]any{"error": e}, "", "  ") // texts and numbers cannot fail
	return Behaviour{Status: status, Body: append(body, '\n')}
}
