package pipeline

import (
	"context"
	"sync"
	"time"

	"icono/internal/stage"
)

// Progress is the state of one stage of a run.
type Progress struct {
	ID, Kind      string
	Rows          int64 // yielded so far
	Expect        int64 // -1 if not known
	Faults        int64
	Running, Done bool
}

// tick is the time between two calls of Progress.
const tick = 200 * time.Millisecond

// progress calls Progress now and then, until stop is called, and a last time.
func (r *runner) progress(ctx context.Context) (stop func()) {
	if r.set.Progress == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	wait.Go(func() {
		ticks := time.NewTicker(tick)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
				r.set.Progress(r.state())
			}
		}
	})
	return func() {
		cancel()
		wait.Wait()
		r.set.Progress(r.state())
	}
}

// state tells how far each stage is. Where a stage does not know how many rows
// it will yield, the number follows from its inputs, if they know.
func (r *runner) state() []Progress {
	expect := make([]int64, len(r.plan.Stages))
	for _, i := range r.plan.Order {
		expect[i] = r.expected(i, expect)
	}
	var out []Progress
	for i, s := range r.plan.Stages {
		if l := r.ledgers[i]; r.needed[i] {
			out = append(out, Progress{s.ID, s.Kind, l.out.Load(), expect[i], l.faultCount.Load(), l.running.Load(), l.done.Load()})
		}
	}
	return out
}

func (r *runner) expected(i int, known []int64) int64 {
	s := r.plan.Stages[i]
	n := r.ledgers[i].expect.Load()
	if e, ok := s.Stage.(stage.Estimator); ok && n < 0 && len(s.Inputs) > 0 {
		in := make([]int64, len(s.Inputs))
		for k, from := range s.Inputs {
			in[k] = known[from]
		}
		n = e.EstimateRows(in)
	}
	if n >= 0 && r.set.Limit > 0 && i == r.limited() {
		n = min(n, r.set.Limit)
	}
	return n
}
