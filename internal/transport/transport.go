// Package transport is the one http.RoundTripper of the program: it sets the
// key, keeps to the rate and the concurrency that the server allows, asks again
// where that may help, and reads every answer whole before it hands it on.
//
// Who waits for what:
//
//   - A refusal (429) delays the refused request only, by what Retry-After says
//     or by a backoff with full jitter. The others go on at their pace. What
//     stops all of them for a moment is the server's own account of its limit:
//     where a rate-limit header says that nothing remains, the next request
//     waits until as much as it needs has been refilled.
//   - A refusal lowers the number of requests in flight, at most once for the
//     requests that were in flight together; answers raise it again. Failures
//     of the server (5xx) and broken connections do not lower it.
//   - Requests and tokens are spread evenly over time, at 0.993 of the allowed
//     rate, so that neither a bucket nor a sliding window at the server
//     overflows.
//   - When everything failed for a second or more and an answer arrives, the
//     requests in backoff are let go at once, apart from those that the server
//     told how long to wait.
//
// An error that comes with status 200 in the form {"error": {"code": 502}}, as
// some gateways send it, is taken for what it is. An attempt that may have been
// answered although no whole answer came is made again only if Call.Again allows
// it, since it may be paid twice.
//
// An answer that is final by itself comes back as a response, whatever its
// status, so that a client of the protocol can read it. A failure that became
// final because asking again was given up is a *StatusError or a
// *ConnectionError. A transport belongs to one key and one set of limits.
package transport

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Options says how a server may be asked. Zero fields take the defaults.
type Options struct {
	// Concurrency is the most requests in flight; 0 is 16.
	Concurrency int
	// RequestsPerMinute and TokensPerMinute are the allowed rates; 0 learns
	// them from the rate-limit headers of the answers.
	RequestsPerMinute, TokensPerMinute float64
	// MaxAttempts is the most attempts of one request, the first included; 0 is 10.
	MaxAttempts int
	// Timeout is the time of one attempt, from sending to the last byte of the
	// answer; 0 is two minutes.
	Timeout time.Duration
	// Total is the time after the first attempt began in which further
	// attempts may begin; 0 is no limit.
	Total time.Duration
	// Backoff is the longest wait before the second attempt, doubled for each
	// further one up to MaxBackoff; 0 is half a second and 30 seconds.
	Backoff, MaxBackoff time.Duration
	// MaxWait is the longest Retry-After that is waited for; a longer one ends
	// the request. 0 is two minutes.
	MaxWait time.Duration
	// MaxBody is the most bytes of an answer; 0 is 64 MiB.
	MaxBody int64
	// Header and Query are added to every request to the server that was asked
	// first: the place of keys. They replace what the request has.
	Header http.Header `json:"-"`
	Query  url.Values  `json:"-"`
	// Origin binds Header and Query to one server, as https://host[:port]; ""
	// takes the server that a chain of redirects began with.
	Origin string
}

// Bearer is the header of a key as OpenAI and most others want it.
func Bearer(key string) http.Header { return http.Header{"Authorization": {"Bearer " + key}} }

// String leaves the keys out.
func (o Options) String() string {
	return fmt.Sprintf("transport.Options{Concurrency: %d, RequestsPerMinute: %g, TokensPerMinute: %g, MaxAttempts: %d, Timeout: %s, keys: %d}",
		o.Concurrency, o.RequestsPerMinute, o.TokensPerMinute, o.MaxAttempts, o.Timeout, len(o.Header)+len(o.Query))
}

// GoString leaves the keys out.
func (o Options) GoString() string { return o.String() }

// withDefaults fills the zero fields.
func (o Options) withDefaults() Options {
	o.Concurrency = or(o.Concurrency, 16)
	o.MaxAttempts = or(o.MaxAttempts, 10)
	o.Timeout = or(o.Timeout, 2*time.Minute)
	o.Backoff = or(o.Backoff, 500*time.Millisecond)
	o.MaxBackoff = or(o.MaxBackoff, 30*time.Second)
	o.MaxWait = or(o.MaxWait, 2*time.Minute)
	o.MaxBody = or(o.MaxBody, 64<<20)
	return o
}

func or[T int | int64 | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// Transport sends requests. It may be used by many goroutines at once.
type Transport struct {
	base    http.RoundTripper
	o       Options
	secrets *secrets
	gate    *gate
	tally   tally
}

// New makes a transport over base; nil is NewBase of the same concurrency.
func New(base http.RoundTripper, o Options) *Transport {
	o = o.withDefaults()
	if base == nil {
		base = NewBase(o.Concurrency)
	}
	return &Transport{base: base, o: o, secrets: newSecrets(o), gate: newGate(o)}
}

// NewBase is the network: proxies from the environment, the roots of the
// system, HTTP/2 where the server has it, and connections kept for as many
// requests as are in flight.
func NewBase(concurrency int) *http.Transport {
	var base *http.Transport
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		base = t.Clone()
	} else {
		base = &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second}
	}
	base.ForceAttemptHTTP2 = true
	base.MaxIdleConns = max(100, concurrency)
	base.MaxIdleConnsPerHost = max(16, concurrency)
	return base
}

// Client is an http.Client over the transport.
func (t *Transport) Client() *http.Client { return &http.Client{Transport: t, CheckRedirect: follow} }

// CloseIdleConnections closes the connections that wait for a request.
func (t *Transport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// String leaves the keys out.
func (t *Transport) String() string { return "transport.Transport{" + t.o.String() + "}" }

// GoString leaves the keys out.
func (t *Transport) GoString() string { return t.String() }

var errTooLarge = errors.New("the answer is longer than the limit")
