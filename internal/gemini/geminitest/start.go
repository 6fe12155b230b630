package geminitest

import (
	"net/http/httptest"
	"testing"
)

// Start serves a new server on a loopback port until the test ends. Its URL ends
// in /v1beta.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := New(o)
	h := httptest.NewServer(s)
	tb.Cleanup(h.Close)
	s.URL = h.URL + "/v1beta"
	return s
}
