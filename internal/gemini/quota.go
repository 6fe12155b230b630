package gemini

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"time"
)

// mostOfRefusal bounds what is read of a refusal to see which quota it is about.
const mostOfRefusal = 1 << 20

// longest is the longest delay that a refusal for the rate asks for.
const longest = 10 * time.Minute

// exhausted reports a quota that asking again a little later does not mend: one
// per day, or one of nothing.
func (s status) exhausted() bool {
	for _, d := range s.Details {
		if wait, err := time.ParseDuration(d.Delay); err == nil && wait > longest {
			return true
		}
		for _, q := range d.Quotas {
			if strings.Contains(q.ID, "PerDay") || strings.Contains(q.Metric, "per_day") || strings.Trim(string(q.Value), `"`) == "0" {
				return true
			}
		}
	}
	return strings.Contains(s.Message, "limit: 0,") || strings.HasSuffix(s.Message, "limit: 0")
}

// Network lays over a network what a transport that retries must know of
// Google's refusals: one for a quota that is used up for the day is marked as
// final, since it looks like one for the rate otherwise. It belongs below the
// transport: transport.New(gemini.Network(transport.NewBase(n)), options).
func Network(base http.RoundTripper) http.RoundTripper { return network{base} }

type network struct{ base http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (n network) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := n.base.RoundTrip(req)
	if err != nil || res.StatusCode != http.StatusTooManyRequests {
		return res, err
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, mostOfRefusal))
	rest := io.Reader(res.Body)
	if err != nil {
		rest = broken{err}
	}
	res.Body = body{io.MultiReader(bytes.NewReader(text), rest), res.Body}
	if s, ok := statusOf(bytes.TrimSpace(text)); ok && s.exhausted() {
		if res.Header == nil {
			res.Header = http.Header{}
		}
		res.Header.Set("X-Should-Retry", "false")
	}
	return res, nil
}

// CloseIdleConnections closes the connections that wait for a request.
func (n network) CloseIdleConnections() {
	if c, ok := n.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// body is a body of which a part has been read.
type body struct {
	io.Reader
	io.Closer
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
