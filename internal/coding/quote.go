package coding

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/flow"
	"icono/internal/price"
	"icono/internal/stage"
)

// QuoteRows tells what coding some rows would come to, by a number of workers.
// row gives what the model sees of a row, or an outcome where it is not asked.
// over is called once a batch is done with.
func (c *Coder) QuoteRows(ctx context.Context, rows stage.Rows, workers int,
	row func(rec arrow.Record, at int) (Row, *Outcome, error), over func(arrow.Record)) (stage.Quote, error) {
	type quoted struct {
		stored int64
		sum    price.Estimate
	}
	ask := func(ctx context.Context, rec arrow.Record, at int) (q quoted, err error) {
		seen, fault, err := row(rec, at)
		if err != nil || fault != nil {
			return q, err
		}
		q.stored, err = c.Quote(ctx, seen, &q.sum)
		return q, err
	}
	var out stage.Quote
	var sum price.Estimate
	for q, err := range flow.PerRow(ctx, rows, workers, 4*workers, ask, over) {
		if err != nil {
			return out, err
		}
		out.Rows++
		out.Stored += q.stored
		sum = sum.Plus(q.sum)
	}
	out.Requests, out.Unpriced = sum.Requests, sum.Unpriced
	out.Input = [3]int64{sum.Input.Low, sum.Input.Expected, sum.Input.High}
	out.Output = [3]int64{sum.Output.Low, sum.Output.Expected, sum.Output.High}
	out.Cost = [3]int64{int64(sum.Cost.Low), int64(sum.Cost.Expected), int64(sum.Cost.High)}
	out.Notes, out.Reasons = c.Asker.Terms(), c.Asker.Reasons()
	return out, nil
}
