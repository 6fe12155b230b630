package visiontest

import (
	"net/http/httptest"
	"testing"
)

// Start serves a new server on a loopback port until the test ends.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := New(o)
	h := httptest.NewServer(s)
	tb.Cleanup(h.Close)
	s.URL = h.URL
	return s
}
