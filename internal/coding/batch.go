package coding

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/flow"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// See gives what the model sees of a row of a batch, or an outcome where it is not
// asked.
type See func(rec arrow.Record, row int) (Row, *Outcome, error)

// Together codes rows by batches of questions. The rows wait on disk. All
// questions without an answer are handed in together and waited for, then those
// that follow from the answers, such as the next question of a decision tree. Then
// code codes the rows by what is stored. over is called once a batch of rows is
// done with.
func (r *Round) Together(ctx context.Context, in stage.Table, see See, over func(arrow.Record), code func(stage.Rows) stage.Rows) stage.Rows {
	r.answered = true
	return func(yield func(arrow.Record, error) bool) {
		rows, err := tabular.NewSpool("", in.Schema)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = rows.Close() }() // a file without a name
		for rec, err := range in.Rows {
			if err == nil {
				err = rows.Append(rec)
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		if err := r.turns(ctx, rows, see, over); err != nil {
			yield(nil, err)
			return
		}
		for rec, err := range code(rows.Rows(ctx, r.env.Memory)) {
			if !yield(rec, err) {
				return
			}
		}
	}
}

// turns has all questions about the rows answered that can be.
func (r *Round) turns(ctx context.Context, rows *tabular.Spool, see See, over func(arrow.Record)) error {
	desk, ok := r.Asker.(Batcher)
	if !ok {
		return fmt.Errorf("the server takes no batches; remove `mode: batch`")
	}
	for !r.env.Draining() {
		waited, err := desk.Together(ctx, r.env.Drain, r.open(ctx, rows, desk, see, over), r.env.Ledger.Warn)
		if errors.Is(err, ErrBudget) {
			r.halt.Stop(err)
			return nil
		}
		if err != nil || waited == 0 {
			return err
		}
	}
	return nil
}

// open is the questions that have no answer yet.
func (r *Round) open(ctx context.Context, rows *tabular.Spool, desk Batcher, see See, over func(arrow.Record)) iter.Seq2[Ready, error] {
	next := func(ctx context.Context, rec arrow.Record, row int) ([]Ready, error) {
		q, fault, err := see(rec, row)
		if err != nil || fault != nil {
			return nil, err
		}
		return r.Next(ctx, q, desk)
	}
	return func(yield func(Ready, error) bool) {
		for list, err := range flow.PerRow(ctx, rows.Rows(ctx, r.env.Memory), r.env.Workers, 2*r.env.Workers, next, over) {
			if err != nil {
				yield(Ready{}, err)
				return
			}
			for _, q := range list {
				if !yield(q, nil) {
					return
				}
			}
		}
	}
}
