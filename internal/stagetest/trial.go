package stagetest

import (
	"context"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"go.uber.org/goleak"

	"icono/internal/stage"
)

// trial is one run of the stage.
type trial struct {
	t      *testing.T
	ctx    context.Context
	cancel context.CancelFunc
	env    stage.Env
	ledger *Ledger
	in     []stage.Table
	pulled []int64 // rows taken from each input
	recs   []arrow.Record
}

// start prepares a run with inputs in batches of a size. wrap may change the
// streams.
func (f fixture) start(t *testing.T, size int, wrap func(r *trial, i int, rows stage.Rows) stage.Rows) (*trial, stage.Table) {
	old := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, old) })
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	r := &trial{t: t, pulled: make([]int64, len(f.In))}
	r.ctx, r.cancel = context.WithCancel(t.Context())
	t.Cleanup(r.cancel)
	r.env, r.ledger = Env(t, mem)
	r.env.BatchRows, r.env.Workers = size, 1+size%3
	if f.Study != nil {
		r.env.Study = f.Study
	}
	for i, in := range f.In {
		rec := Record(t, mem, in.Schema, in.Rows...)
		r.recs = append(r.recs, rec)
		rows := r.count(i, Batches(rec, size, size > 1))
		if wrap != nil {
			rows = wrap(r, i, rows)
		}
		r.in = append(r.in, stage.Table{Schema: in.Schema, Rows: rows})
	}
	if v, ok := f.Config.(stage.Validator); ok {
		if err := v.Validate(); err != nil {
			t.Fatalf("Validate: %v", err)
		}
	}
	return r, Run(t, r.ctx, f.kind.Build(r.env.Stage, f.Config), r.env, r.in...)
}

func (r *trial) count(i int, rows stage.Rows) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		for rec, err := range rows {
			if err == nil {
				r.pulled[i] += rec.NumRows()
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

// all pulls the whole output and checks schema and conservation.
func (r *trial) all(out stage.Table) [][]any {
	r.t.Helper()
	rows := [][]any{}
	for rec, err := range out.Rows {
		if err != nil {
			r.t.Fatalf("error: %v", err)
		}
		if !rec.Schema().Equal(out.Schema) {
			r.t.Fatalf("delivers the schema\n%s\nand promised\n%s", rec.Schema(), out.Schema)
		}
		for i, c := range rec.Columns() {
			if !out.Schema.Field(i).Nullable && c.NullN() > 0 {
				r.t.Errorf("nulls in column %q, which is not nullable", rec.ColumnName(i))
			}
		}
		rows = append(rows, Values(rec)...)
	}
	if len(r.in) > 0 {
		for i, rec := range r.recs {
			if r.pulled[i] != rec.NumRows() {
				r.t.Errorf("took %d of the %d rows of input %d", r.pulled[i], rec.NumRows(), i)
			}
		}
		if n := r.ledger.missing(r.pulled[0], int64(len(rows))); n != 0 {
			r.t.Errorf("%d rows went in, %d came out, %d are not accounted for", r.pulled[0], len(rows), n)
		}
	}
	return rows
}
