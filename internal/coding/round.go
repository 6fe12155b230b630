package coding

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
)

// Round is one run of a stage that has rows coded. It is safe for concurrent use.
type Round struct {
	Coder
	env stage.Env
	// answered says that answers are there before rows are coded, so that what
	// ends the asking does not end the coding.
	answered bool
	halt     *Halt

	mu     sync.Mutex
	models map[string]bool
	said   *repeats // nil where each row is coded once
}

// NewRound begins a run of a stage.
func NewRound(env stage.Env, c Coder) *Round {
	r := &Round{Coder: c, env: env, halt: NewHalt(env), models: map[string]bool{}}
	if c.Runs > 1 {
		r.said = newRepeats(c.Scheme.Fields())
	}
	return r
}

// Do has a row of a batch coded. The error is what stops the run.
func (r *Round) Do(ctx context.Context, rec arrow.Record, row int, see See) (Outcome, error) {
	return r.Attempt(func() (Outcome, error) {
		seen, fault, err := see(rec, row)
		if err != nil || fault != nil {
			return value(fault), err
		}
		out, err := r.Code(ctx, seen)
		if len(out.runs) > 0 && out.Model != HandCoded { // of which each run has a copy
			r.mu.Lock()
			r.said.add(out.runs)
			r.mu.Unlock()
		}
		return out, err
	})
}

// Attempt has work done on a row, unless the asking has ended.
func (r *Round) Attempt(work func() (Outcome, error)) (Outcome, error) {
	if out, over := r.halt.Over(); over && !r.answered {
		return out, nil
	}
	out, err := work()
	var fault *Fault
	switch {
	case errors.As(err, &fault):
		return Outcome{Status: fault.Status, Reason: fault.Reason}, nil
	case errors.Is(err, ErrPending):
		out, _ := r.halt.Over()
		out.Status = stage.Skipped
		if out.Reason == "" {
			out.Reason = err.Error()
		}
		return out, nil
	case errors.Is(err, ErrBudget):
		r.halt.Stop(err)
		out, _ = r.halt.Over()
		return out, nil
	case err == nil && out.Model != "":
		r.mu.Lock()
		r.models[out.Model] = true
		r.mu.Unlock()
	}
	return out, err
}

func value(o *Outcome) Outcome {
	if o == nil {
		return Outcome{}
	}
	return *o
}

// Tell states who has answered, which is not always who was asked, and how far several
// runs agree with each other.
func (r *Round) Tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.said != nil {
		r.said.tell(r.env.Ledger, r.Runs)
	}
	if len(r.models) > 0 {
		r.env.Ledger.Fact("model", strings.Join(slices.Sorted(maps.Keys(r.models)), ", "))
	}
}
