package pipeline

import (
	"context"
	"sync"
)

// StoppedError is a run that a stage ended early and tidily: what was done is
// kept beside the outputs.
type StoppedError struct{ Reason string }

// Error gives the reason.
func (e *StoppedError) Error() string { return e.Reason }

// halt ends a run early, because the caller or a stage wants it.
type halt struct {
	drain  chan struct{} // closed once the run is to end
	once   sync.Once
	watch  sync.WaitGroup
	mu     sync.Mutex
	reason string // of a stage
}

// newHalt makes a halt that follows the caller's wish until ctx ends.
func newHalt(ctx context.Context, wish <-chan struct{}) *halt {
	h := &halt{drain: make(chan struct{})}
	if drained(wish) {
		h.end()
		return h
	}
	h.watch.Go(func() {
		select {
		case <-wish:
			h.end()
		case <-ctx.Done():
		}
	})
	return h
}

func (h *halt) end() { h.once.Do(func() { close(h.drain) }) }

// stop ends the run for a reason of a stage; the first one counts.
func (h *halt) stop(reason string) {
	h.mu.Lock()
	if h.reason == "" {
		h.reason = reason
	}
	h.mu.Unlock()
	h.end()
}

func (h *halt) why() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.reason
}

// wait waits for the watching goroutine, which ends with its context.
func (h *halt) wait() { h.watch.Wait() }

// stop is stage.Env's Stop.
func (r *runner) stop(reason string) {
	if r.halt != nil {
		r.halt.stop(reason)
	}
}
