package ensemble

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/coding"
	"icono/internal/flow"
	"icono/internal/stage"
)

// Quote implements stage.Quoter. Inputs that earlier stages will only make in the
// run count as empty text, and that is said.
func (a *asked) Quote(ctx context.Context, env stage.Env, in stage.Table) (stage.Quote, error) {
	if err := a.Prepare(ctx, env, nil); err != nil {
		return stage.Quote{}, err
	}
	var notes []string
	m, _ := a.plan(in.Schema) // what it lacks is made in the run
	for _, p := range m.inputs {
		if p.absent {
			notes = append(notes, "the value of `"+p.name+"` is made in the run, and not in this estimate")
		}
	}
	r := &inquiry{asked: a, motion: m, env: env, Round: coding.NewRound(env, a.coder(env))}
	r.Exact = len(notes) == 0
	quote, err := r.QuoteRows(ctx, flow.Map(in.Rows, r.widen), env.Workers, r.row, func(arrow.Record) {})
	quote.Notes = append(notes, quote.Notes...)
	if len(notes) > 0 { // the questions are not those of the run
		quote.Reasons = nil
	}
	return quote, err
}
