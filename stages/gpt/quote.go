package gpt

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/coding"
	"icono/internal/flow"
	"icono/internal/price"
	"icono/internal/stage"
)

// quoted is what one row would come to.
type quoted struct {
	stored int64
	sum    price.Estimate
}

// Quote implements stage.Quoter. Texts of columns that earlier stages will only
// make in the run are left out, and said.
func (c *coder) Quote(ctx context.Context, env stage.Env, in stage.Table) (stage.Quote, error) {
	var out stage.Quote
	if err := c.Prepare(ctx, env, nil); err != nil {
		return out, err
	}
	known := *c
	known.config.Inputs = nil
	for _, e := range c.config.Inputs {
		one := *c
		one.config.Inputs = c.config.Inputs[:0:0]
		one.config.Inputs = append(one.config.Inputs, e)
		if _, err := one.compile(in.Schema); err != nil {
			out.Notes = append(out.Notes, "the text of `"+e.Key+"` is made in the run, and not in this estimate")
			continue
		}
		known.config.Inputs = append(known.config.Inputs, e)
	}
	r := &runner{coder: &known, env: env, in: in.Schema, texts: map[arrow.Record]*texts{},
		coding: coding.Coder{Scheme: c.scheme, Asker: c.asker, Request: known.request(), Runs: c.config.Runs, Shuffle: c.config.Shuffle, Seed: env.Seed, Repair: c.config.Repair}}
	defer r.close()
	ask := func(ctx context.Context, rec arrow.Record, row int) (quoted, error) {
		var q quoted
		seen, fault, err := r.row(rec, row)
		if err != nil || fault != nil {
			return q, err
		}
		q.stored, err = r.coding.Quote(ctx, seen, &q.sum)
		return q, err
	}
	var sum price.Estimate
	add := func(rec arrow.Record, rows []quoted) (arrow.Record, error) {
		r.forget(rec)
		for _, q := range rows {
			out.Stored += q.stored
			sum = sum.Plus(q.sum)
		}
		rec.Retain()
		return rec, nil
	}
	for rec, err := range flow.ByRow(ctx, in.Rows, env.Workers, 4*env.Workers, ask, add) {
		if err != nil {
			return out, err
		}
		out.Rows += rec.NumRows()
	}
	out.Requests, out.Unpriced = sum.Requests, sum.Unpriced
	out.Input = [3]int64{sum.Input.Low, sum.Input.Expected, sum.Input.High}
	out.Output = [3]int64{sum.Output.Low, sum.Output.Expected, sum.Output.High}
	out.Cost = [3]int64{int64(sum.Cost.Low), int64(sum.Cost.Expected), int64(sum.Cost.High)}
	out.Notes = append(out.Notes, c.asker.Terms()...)
	return out, nil
}
