package geminitest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// Identity names a request by what it asks: the SHA-256 of its model and its
// body with sorted members.
func Identity(model string, body []byte) string {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&v) == nil {
		body = marshal(v)
	}
	sum := sha256.Sum256(append([]byte(model+"\x00"), body...))
	return hex.EncodeToString(sum[:])
}

// Paid returns, by identity, how many answers were made and would be billed,
// delivered or not.
func (s *Server) Paid() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.paid)
}

// Answers returns the number of answers made.
func (s *Server) Answers() (n int) {
	for _, k := range s.Paid() {
		n += k
	}
	return n
}

// PaidTwice returns how many answers were made for a request that had one.
func (s *Server) PaidTwice() (n int) {
	for _, k := range s.Paid() {
		n += k - 1
	}
	return n
}

// Asked returns how many answers were asked for, given or not, less those
// without a key.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq
}

// Statuses returns how often each HTTP status was sent; 0 counts connections
// that were dropped.
func (s *Server) Statuses() map[int]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.statuses)
}

// Bodies returns the bodies of the calls so far, with KeepBodies.
func (s *Server) Bodies() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies)
}
