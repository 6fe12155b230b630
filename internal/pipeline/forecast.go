package pipeline

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/stage"
)

// Forecast returns the rows that each stage of a plan would yield, -1 where
// that cannot be known. Stages above any stage that is costly or writes are
// run for it; for the others their estimate is asked.
func Forecast(ctx context.Context, p *Plan, s Settings) ([]int64, error) {
	rows := make([]int64, len(p.Stages))
	free := make([]bool, len(p.Stages))
	r := &runner{plan: p, set: RunSettings{Settings: s, Memory: memory.DefaultAllocator}, needed: make([]bool, len(p.Stages)), spools: make([]*spooled, len(p.Stages))}
	for range p.Stages {
		r.ledgers = append(r.ledgers, newLedger(nil))
	}
	for _, i := range p.Order {
		st := p.Stages[i]
		free[i] = len(st.Writes) == 0
		if _, costly := st.Stage.(stage.Coster); costly {
			free[i] = false
		}
		for _, from := range st.Inputs {
			free[i] = free[i] && free[from]
		}
		rows[i] = -1
	}
	return rows, r.countFree(ctx, free, rows)
}

// countFree runs the free stages whose rows are not known, each once.
func (r *runner) countFree(ctx context.Context, free []bool, rows []int64) error {
	for i := range free {
		if !free[i] {
			continue
		}
		for k, need := range r.plan.Upstream(i) {
			r.needed[k] = r.needed[k] || need
		}
	}
	defer func() {
		for _, s := range r.spools {
			_ = s.close() // the files are gone already
		}
	}()
	for i := range free {
		if free[i] && r.last(i) {
			if err := r.drain(ctx, i); err != nil {
				return r.named(r.plan.Stages[i], err)
			}
		}
	}
	for _, i := range r.plan.Order {
		st := r.plan.Stages[i]
		if free[i] {
			rows[i] = r.ledgers[i].out.Load()
			continue
		}
		in := make([]int64, len(st.Inputs))
		for k, from := range st.Inputs {
			in[k] = rows[from]
		}
		if e, ok := st.Stage.(stage.Estimator); ok && !st.OnFault.Drop {
			rows[i] = e.EstimateRows(in)
		}
	}
	return nil
}
