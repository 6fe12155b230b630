package flow

import (
	"context"
	"iter"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
)

// place is a row of a batch that is on its way.
type place struct {
	batch *rowBatch
	row   int // -1 for a batch without rows
}

type rowBatch struct {
	rec  arrow.Record
	left int // rows not yet taken
}

// done is a place with what fn made of it.
type done[U any] struct {
	place
	result U
}

// rows applies fn to every row of a stream, in the order of the rows. A batch is
// retained until its last row was taken; one without rows counts as a row of
// number -1, for which fn is not called.
func rows[U any](ctx context.Context, in stage.Rows, workers, window int,
	fn func(ctx context.Context, rec arrow.Record, row int) (U, error)) iter.Seq2[done[U], error] {
	return func(yield func(done[U], error) bool) {
		open := map[*rowBatch]bool{} // retained; only the ranging goroutine touches it
		defer func() {
			for b := range open {
				b.rec.Release()
			}
		}()
		places := func(yield func(place, error) bool) {
			for rec, err := range in {
				if err != nil {
					yield(place{}, err)
					return
				}
				b := &rowBatch{rec: rec, left: max(1, int(rec.NumRows()))}
				rec.Retain()
				open[b] = true
				if rec.NumRows() == 0 && !yield(place{b, -1}, nil) {
					return
				}
				for row := range int(rec.NumRows()) {
					if !yield(place{b, row}, nil) {
						return
					}
				}
			}
		}
		work := func(ctx context.Context, p place) (done[U], error) {
			if p.row < 0 {
				return done[U]{place: p}, nil
			}
			result, err := fn(ctx, p.batch.rec, p.row)
			return done[U]{p, result}, err
		}
		for d, err := range Ordered(ctx, places, workers, window, work, nil) {
			if err != nil {
				yield(done[U]{}, err)
				return
			}
			d.batch.left--
			more := yield(d, nil)
			if d.batch.left == 0 {
				delete(open, d.batch)
				d.batch.rec.Release()
			}
			if !more {
				return
			}
		}
	}
}

// PerRow applies fn to every row with a number of workers and yields the results
// in the order of the rows. Up to window rows are on their way at once, across
// batches. over is called once the last row of a batch was yielded. The rules of
// Ordered hold.
func PerRow[U any](ctx context.Context, in stage.Rows, workers, window int,
	fn func(ctx context.Context, rec arrow.Record, row int) (U, error), over func(arrow.Record)) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) {
		for d, err := range rows(ctx, in, workers, window, fn) {
			if err != nil {
				yield(d.result, err)
				return
			}
			if d.row >= 0 && !yield(d.result, nil) {
				return
			}
			if d.batch.left == 0 {
				over(d.batch.rec)
			}
		}
	}
}

// ByRow applies fn to every row with a number of workers, and yields what finish
// makes of each batch and the results of its rows, in their order. Up to window
// rows are on their way at once, across batches, so that a slow row does not
// hold up the next batch. finish returns a record of its own, which is released
// after it was yielded. The rules of Ordered hold.
func ByRow[U any](ctx context.Context, in stage.Rows, workers, window int,
	fn func(ctx context.Context, rec arrow.Record, row int) (U, error), finish func(rec arrow.Record, results []U) (arrow.Record, error)) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		var results []U
		for d, err := range rows(ctx, in, workers, window, fn) {
			if err != nil {
				yield(nil, err)
				return
			}
			if d.row >= 0 {
				results = append(results, d.result)
			}
			if d.batch.left > 0 {
				continue
			}
			out, err := finish(d.batch.rec, results)
			if err != nil {
				yield(nil, err)
				return
			}
			results = nil
			more := yield(out, nil)
			out.Release()
			if !more {
				return
			}
		}
	}
}
