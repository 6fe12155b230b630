package flow_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"pgregory.net/rapid"

	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/stagetest"
)

// ByRow gives every row its own result, in order, for any sizes of batches,
// numbers of workers and windows.
func TestByRow(t *testing.T) {
	schema := stagetest.Schema(stagetest.Int("n"))
	wide := columns.AppendFields(schema, stagetest.Int("square"))
	rapid.Check(t, func(r *rapid.T) {
		mem := stagetest.Memory(t)
		var rows [][]any
		for i := range rapid.IntRange(0, 40).Draw(r, "rows") {
			rows = append(rows, []any{i})
		}
		rec := stagetest.Record(t, mem, schema, rows...)
		in := stagetest.Batches(rec, rapid.IntRange(1, 9).Draw(r, "batch"), rapid.Bool().Draw(r, "with empty batches"))
		out := flow.ByRow(context.Background(), in, rapid.IntRange(1, 8).Draw(r, "workers"), rapid.IntRange(1, 20).Draw(r, "window"),
			func(_ context.Context, rec arrow.Record, row int) (int64, error) {
				n := rec.Column(0).(*array.Int64).Value(row)
				return n * n, nil
			},
			func(rec arrow.Record, squares []int64) (arrow.Record, error) {
				if len(squares) != int(rec.NumRows()) {
					return nil, fmt.Errorf("%d results for %d rows", len(squares), rec.NumRows())
				}
				b := array.NewInt64Builder(mem)
				defer b.Release()
				b.AppendValues(squares, nil)
				col := b.NewArray()
				defer col.Release()
				return columns.Append(rec, wide, col)
			})
		got, err := stagetest.Collect(out)
		if err != nil || len(got) != len(rows) {
			r.Fatalf("%d rows of %d, %v", len(got), len(rows), err)
		}
		for i, row := range got {
			if fmt.Sprint(row...) != fmt.Sprint(i, i*i) {
				r.Fatalf("row %d is %v", i, row)
			}
		}
	})
}

func TestByRowFails(t *testing.T) {
	mem := stagetest.Memory(t)
	rec := stagetest.Record(t, mem, stagetest.Schema(stagetest.Int("n")), []any{1}, []any{2}, []any{3})
	wrong := errors.New("no")
	same := func(rec arrow.Record, _ []int) (arrow.Record, error) { rec.Retain(); return rec, nil }
	_, err := stagetest.Collect(flow.ByRow(t.Context(), stagetest.Batches(rec, 1, false), 2, 4,
		func(_ context.Context, rec arrow.Record, row int) (int, error) {
			if rec.Column(0).(*array.Int64).Value(row) == 2 {
				return 0, wrong
			}
			return 1, nil
		}, same))
	if !errors.Is(err, wrong) {
		t.Errorf("error %v", err)
	}
	for range flow.ByRow(t.Context(), stagetest.Batches(rec, 1, false), 2, 4, func(context.Context, arrow.Record, int) (int, error) { return 1, nil }, same) {
		break // what was not taken is released
	}
}
