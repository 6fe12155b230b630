package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/flow"
	"icono/internal/stagetest"
)

// Rebatch keeps every row of every type, slices and differing dictionaries
// included, and makes batches of the size asked for.
func TestRebatch(t *testing.T) {
	schema := stagetest.Schema(
		stagetest.Text("text"), stagetest.Int("int"), stagetest.Bool("bool"), stagetest.Dictionary("dictionary"),
		arrow.Field{Name: "large", Type: arrow.BinaryTypes.LargeString, Nullable: true},
		arrow.Field{Name: "list", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
		arrow.Field{Name: "fixed", Type: arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Float32), Nullable: true},
		arrow.Field{Name: "time", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, Nullable: true})
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(fataler{t}, 0)
		var want [][]any
		var recs []arrow.Record
		for range rapid.IntRange(0, 6).Draw(t, "batches") {
			var rows [][]any
			for range rapid.IntRange(0, 9).Draw(t, "rows") {
				rows = append(rows, drawRow(t))
			}
			rec := build(t, mem, schema, rows)
			from := rapid.IntRange(0, len(rows)).Draw(t, "from")
			to := rapid.IntRange(from, len(rows)).Draw(t, "to")
			part := rec.NewSlice(int64(from), int64(to))
			rec.Release()
			want = append(want, stagetest.Values(part)...)
			recs = append(recs, part)
		}
		size := rapid.IntRange(1, 11).Draw(t, "size")
		in := func(yield func(arrow.Record, error) bool) {
			for _, r := range recs {
				if !yield(r, nil) {
					return
				}
			}
		}
		var got [][]any
		for rec, err := range flow.Rebatch(mem, schema, in, size) {
			if err != nil {
				t.Fatal(err)
			}
			if len(got)%size != 0 || rec.NumRows() == 0 || rec.NumRows() > int64(size) {
				t.Fatalf("a batch of %d rows after %d", rec.NumRows(), len(got))
			}
			got = append(got, stagetest.Values(rec)...)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		for _, r := range recs {
			r.Release()
		}
	})
}

type fataler struct{ *rapid.T }

func (f fataler) Helper() {}

func drawRow(t *rapid.T) []any {
	text := func() any {
		if n := rapid.IntRange(-1, 4).Draw(t, "text"); n >= 0 {
			return fmt.Sprint("word ", n)
		}
		return nil
	}
	n := rapid.IntRange(-1, 99).Draw(t, "number")
	row := []any{text(), n, n%2 == 0, text(), text(), []any{text(), "x"}, []float32{float32(n), 2}, time.UnixMicro(int64(n) * 1e9)}
	if n < 0 {
		for i := range row {
			row[i] = nil
		}
	}
	return row
}

func build(t *rapid.T, mem memory.Allocator, schema *arrow.Schema, rows [][]any) arrow.Record {
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for _, row := range rows {
		for c, v := range row {
			if err := stagetest.Append(b.Field(c), v); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.NewRecord()
}
