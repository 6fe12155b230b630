package selection

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/stage"
)

type selection struct {
	id     string
	config Config
}

// Schema implements stage.Stage.
func (s selection) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	l, err := s.plan(in[0])
	if err != nil && !onlyPicks(err) {
		return nil, err // columns would lack that later stages may name
	}
	return l.schema, err
}

// onlyPicks reports whether all that is wrong are names under keep and drop.
func onlyPicks(err error) bool {
	many, ok := err.(interface{ Unwrap() []error })
	return ok && !slices.ContainsFunc(many.Unwrap(), func(err error) bool {
		var o *stage.OptionError
		return !errors.As(err, &o) || len(o.Path) == 0 || o.Path[0] != "keep" && o.Path[0] != "drop"
	})
}

// EstimateRows implements stage.Estimator.
func (s selection) EstimateRows(in []int64) int64 { return in[0] }

// Run implements stage.Stage.
func (s selection) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	l, err := s.plan(in[0].Schema)
	if err != nil {
		return flow.Fail(err)
	}
	return flow.Map(in[0].Rows, func(rec arrow.Record) (arrow.Record, error) {
		rec.Retain()
		defer func() { rec.Release() }()
		for _, d := range l.derive {
			col, nulls, err := d.program.Array(env.Memory, rec)
			if err != nil {
				return nil, fmt.Errorf("`%s`: %w", d.name, err)
			}
			env.Ledger.Counted(fmt.Sprintf("`%s` is null", d.name), nulls)
			wider, err := columns.Append(rec, d.schema, col)
			col.Release()
			if err != nil {
				return nil, err
			}
			rec.Release()
			rec = wider
		}
		return columns.Pick(rec, l.schema, l.pick), nil
	})
}
