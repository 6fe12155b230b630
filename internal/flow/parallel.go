package flow

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
)

// MapParallel applies fn to the batches of in with a number of workers and
// yields the results in order. What fn returns belongs to flow, which releases
// it after the loop body; a nil record yields nothing. At most twice as many
// batches as workers are in flight.
func MapParallel(ctx context.Context, in stage.Rows, workers int, fn func(context.Context, arrow.Record) (arrow.Record, error)) stage.Rows {
	workers = max(1, workers)
	lent := func(yield func(arrow.Record, error) bool) {
		for rec, err := range in {
			if err == nil {
				rec.Retain()
			}
			if !yield(rec, err) {
				return
			}
		}
	}
	work := func(ctx context.Context, rec arrow.Record) (arrow.Record, error) {
		defer rec.Release()
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		return fn(ctx, rec)
	}
	drop := func(rec arrow.Record) {
		if rec != nil {
			rec.Release()
		}
	}
	out := Ordered(ctx, lent, workers, 2*workers, work, drop)
	return func(yield func(arrow.Record, error) bool) {
		var check batches
		for rec, err := range out {
			switch {
			case err != nil:
				yield(nil, err)
				return
			case rec == nil:
				continue
			}
			if err := check.same(rec); err != nil {
				rec.Release()
				yield(nil, err)
				return
			}
			more := yield(rec, nil)
			rec.Release()
			if !more {
				return
			}
		}
	}
}
