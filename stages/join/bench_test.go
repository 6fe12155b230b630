package join_test

import (
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/join"
)

const benchRows = 200_000

// BenchmarkJoin joins two tables of equal size by a key of text.
func BenchmarkJoin(b *testing.B) {
	make := func(name string, step int) arrow.Record {
		rb := array.NewRecordBuilder(memory.DefaultAllocator, stagetest.Schema(stagetest.Text("ID"), stagetest.Int(name)))
		for i := range benchRows {
			rb.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("post-%012d", i*step%benchRows))
			rb.Field(1).(*array.Int64Builder).Append(int64(i))
		}
		return rb.NewRecord()
	}
	l, r := make("l", 1), make("r", 7)
	env, _ := stagetest.Env(b, memory.DefaultAllocator)
	for b.Loop() {
		out := join.Kind().Build("j", config(nil, same("ID"))).Run(b.Context(), env, []stage.Table{
			{Schema: l.Schema(), Rows: stagetest.Batches(l, 256, false)}, {Schema: r.Schema(), Rows: stagetest.Batches(r, 256, false)}})
		n := int64(0)
		for rec, err := range out {
			if err != nil {
				b.Fatal(err)
			}
			n += rec.NumRows()
		}
		if n != benchRows {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}
