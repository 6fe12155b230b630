package gpt

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/coding"
	"icono/internal/flow"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// batched codes rows by batches. The rows wait on disk. In each round all
// questions without an answer are handed in together and waited for: the second
// has those that follow from answers of the first, such as the next question of
// a decision tree. Then the rows are coded by what is stored.
func (r *runner) batched(ctx context.Context, in stage.Table, code func(stage.Rows) stage.Rows) stage.Rows {
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
		if err := r.rounds(ctx, rows); err != nil {
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

// rounds has all questions about the rows answered that can be.
func (r *runner) rounds(ctx context.Context, rows *tabular.Spool) error {
	desk, ok := r.asker.(coding.Batcher)
	if !ok {
		return fmt.Errorf("the server takes no batches; remove `mode: batch`")
	}
	for !r.env.Draining() {
		waited, err := desk.Together(ctx, r.env.Drain, r.open(ctx, rows, desk), r.env.Ledger.Warn)
		if errors.Is(err, coding.ErrBudget) {
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
func (r *runner) open(ctx context.Context, rows *tabular.Spool, desk coding.Batcher) iter.Seq2[coding.Ready, error] {
	next := func(ctx context.Context, rec arrow.Record, row int) ([]coding.Ready, error) {
		q, fault, err := r.row(rec, row)
		if err != nil || fault != nil {
			return nil, err
		}
		return r.coding.Next(ctx, q, desk)
	}
	return func(yield func(coding.Ready, error) bool) {
		defer r.release()
		for list, err := range flow.PerRow(ctx, rows.Rows(ctx, r.env.Memory), r.env.Workers, 2*r.env.Workers, next, r.forget) {
			if err != nil {
				yield(coding.Ready{}, err)
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
