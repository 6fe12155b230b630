package gpt

import (
	"context"

	"icono/internal/stage"
)

// Quote implements stage.Quoter. Texts of columns that earlier stages will only
// make in the run are left out, and said.
func (c *coder) Quote(ctx context.Context, env stage.Env, in stage.Table) (stage.Quote, error) {
	if err := c.Prepare(ctx, env, nil); err != nil {
		return stage.Quote{}, err
	}
	var notes []string
	known := *c
	known.config.Inputs = nil
	for _, e := range c.config.Inputs {
		one := *c
		one.config.Inputs = c.config.Inputs[:0:0]
		one.config.Inputs = append(one.config.Inputs, e)
		if _, err := one.compile(in.Schema); err != nil {
			notes = append(notes, "the text of `"+e.Key+"` is made in the run, and not in this estimate")
			continue
		}
		known.config.Inputs = append(known.config.Inputs, e)
	}
	r := newRunner(&known, env, in.Schema)
	defer r.release()
	r.Exact = len(notes) == 0
	quote, err := r.QuoteRows(ctx, in.Rows, env.Workers, r.row, r.forget)
	quote.Notes = append(notes, quote.Notes...)
	if len(notes) > 0 { // the questions are not those of the run
		quote.Reasons = nil
	}
	return quote, err
}
