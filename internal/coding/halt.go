package coding

import (
	"sync"

	"icono/internal/stage"
)

// Halt says whether a stage asks about further rows. It is safe for concurrent
// use.
type Halt struct {
	env stage.Env

	mu  sync.Mutex
	why error
}

// NewHalt makes the halt of a run of a stage, which asks until the run drains.
func NewHalt(env stage.Env) *Halt { return &Halt{env: env} }

// Stop ends the run tidily: rows on their way are finished, others are skipped.
func (h *Halt) Stop(why error) {
	h.mu.Lock()
	first := h.why == nil
	h.why = why
	h.mu.Unlock()
	if first {
		h.env.Stop(why.Error())
	}
}

// Over says what becomes of a row once no more are asked about.
func (h *Halt) Over() (Outcome, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.why != nil:
		return Outcome{Status: stage.Skipped, Reason: h.why.Error()}, true
	case h.env.Draining():
		return Outcome{Status: stage.Skipped, Reason: "the run was interrupted"}, true
	}
	return Outcome{}, false
}
