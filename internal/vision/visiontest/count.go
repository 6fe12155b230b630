package visiontest

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

// Most is the most that one request held.
type Most struct {
	Pictures int
	Bytes    int64
}

// enter counts a request.
func (s *Server) enter(body []byte, r *http.Request) *Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.seq == 0 {
		s.started = now
	}
	s.seq++
	if s.options.KeepBodies {
		s.bodies, s.headers, s.targets = append(s.bodies, body), append(s.headers, r.Header.Clone()), append(s.targets, r.URL.RequestURI())
	}
	return &Call{Seq: s.seq, Since: now.Sub(s.started), Body: body, Header: r.Header}
}

// took counts the pictures of a valid request.
func (s *Server) took(pictures []Picture, size int64) []Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range pictures {
		s.turns[pictures[i].Identity]++
		pictures[i].Turn = s.turns[pictures[i].Identity]
	}
	s.pictures += len(pictures)
	s.most = Most{max(s.most.Pictures, len(pictures)), max(s.most.Bytes, size)}
	return pictures
}

func (s *Server) pay(p Picture) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paid[p.Identity]++
}

// Requests returns how many requests came, less those without a key.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq
}

// Pictures returns how many pictures were asked about in valid requests, each
// time they were.
func (s *Server) Pictures() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pictures
}

// Most returns the most pictures and the most bytes of a valid request.
func (s *Server) Most() Most {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.most
}

// Paid returns, by identity of pictures, how many answers without an error were
// made and would be billed, delivered or not.
func (s *Server) Paid() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.paid)
}

// Answers returns the number of answers made; PaidTwice those beyond the first
// for the same picture.
func (s *Server) Answers() (n int) {
	for _, k := range s.Paid() {
		n += k
	}
	return n
}

// PaidTwice returns how many answers were made for a picture that had one.
func (s *Server) PaidTwice() (n int) {
	for _, k := range s.Paid() {
		n += k - 1
	}
	return n
}

// Statuses returns how often each HTTP status was sent; 0 counts connections that
// were dropped.
func (s *Server) Statuses() map[int]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.statuses)
}

// Bodies returns the bodies of the requests so far, with KeepBodies; Headers and
// Addresses their headers and addresses.
func (s *Server) Bodies() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies)
}

// Headers returns the headers of the requests so far, with KeepBodies.
func (s *Server) Headers() []http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.headers)
}

// Addresses returns the addresses of the requests so far, with KeepBodies.
func (s *Server) Addresses() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.targets)
}
