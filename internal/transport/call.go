package transport

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
)

// Call goes with one request, through its context: what the transport should
// know of it, and what it has to tell afterwards.
type Call struct {
	// Tokens is what the request is expected to cost of the tokens per minute.
	Tokens int64
	// Extra are fields of the JSON body that the client cannot express, such
	// as a temperature of 0. They replace fields of the same name; new ones
	// stand at the end, sorted by name.
	Extra map[string]json.RawMessage
	// MaxBody, if above 0, takes the place of Options.MaxBody.
	MaxBody int64
	// Again, if not nil, is asked before a request is sent once more after an
	// attempt that the server may have answered, and billed, although nothing or
	// half of it came. An error ends the request.
	Again func() error

	// The fields below are set when the round trip has ended.

	Attempts  int         // how often the request was sent
	Lost      int         // attempts, of all round trips, that may have been answered without a whole answer
	Status    int         // of the last answer, 0 without one
	Header    http.Header // of the last answer
	RequestID string      // as the server names the last attempt
	// Fault is what the server said, when the last answer was none of success.
	Fault *StatusError

	mu      sync.Mutex
	gate    *gate
	settled int64 // what the last attempt stands for in the bucket
}

type callKey struct{}

// WithCall returns a context that carries the call.
func WithCall(ctx context.Context, c *Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callOf(ctx context.Context) *Call {
	if c, ok := ctx.Value(callKey{}).(*Call); ok && c != nil {
		return c
	}
	return &Call{}
}

// Settle replaces the estimate of the last attempt by what it used, so that
// the rate of tokens is kept by what the server counts. Settling again
// corrects what was settled before.
func (c *Call) Settle(actual int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gate == nil || actual < 0 {
		return
	}
	c.gate.settle(float64(actual - c.settled))
	c.settled = actual
}

// sent notes that an attempt has taken its place in the buckets.
func (c *Call) sent(g *gate) {
	c.mu.Lock()
	c.gate, c.settled = g, c.Tokens
	c.mu.Unlock()
}
