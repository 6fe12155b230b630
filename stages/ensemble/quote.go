package ensemble

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/flow"
	"icono/internal/price"
	"icono/internal/stage"
)

// quoted is what one row would come to.
type quoted struct {
	stored int64
	sum    price.Estimate
}

// Quote implements stage.Quoter. Inputs that earlier stages will only make in the
// run count as empty text, and that is said.
func (a *asked) Quote(ctx context.Context, env stage.Env, in stage.Table) (stage.Quote, error) {
	var out stage.Quote
	if err := a.Prepare(ctx, env, nil); err != nil {
		return out, err
	}
	m, _ := a.plan(in.Schema) // what it lacks is made in the run
	for _, p := range m.inputs {
		if p.absent {
			out.Notes = append(out.Notes, "the value of `"+p.name+"` is made in the run, and not in this estimate")
		}
	}
	r := &inquiry{asked: a, motion: m, env: env, coding: a.coder(env)}
	ask := func(ctx context.Context, rec arrow.Record, at int) (quoted, error) {
		var q quoted
		row, fault := r.row(rec, at)
		if fault != nil {
			return q, nil
		}
		var err error
		q.stored, err = r.coding.Quote(ctx, row, &q.sum)
		return q, err
	}
	var sum price.Estimate
	add := func(rec arrow.Record, rows []quoted) (arrow.Record, error) {
		for _, q := range rows {
			out.Stored += q.stored
			sum = sum.Plus(q.sum)
		}
		rec.Retain()
		return rec, nil
	}
	for rec, err := range flow.ByRow(ctx, flow.Map(in.Rows, r.widen), env.Workers, 4*env.Workers, ask, add) {
		if err != nil {
			return out, err
		}
		out.Rows += rec.NumRows()
	}
	out.Requests, out.Unpriced = sum.Requests, sum.Unpriced
	out.Input = [3]int64{sum.Input.Low, sum.Input.Expected, sum.Input.High}
	out.Output = [3]int64{sum.Output.Low, sum.Output.Expected, sum.Output.High}
	out.Cost = [3]int64{int64(sum.Cost.Low), int64(sum.Cost.Expected), int64(sum.Cost.High)}
	out.Notes = append(out.Notes, a.asker.Terms()...)
	return out, nil
}
