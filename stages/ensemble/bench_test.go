package ensemble_test

import (
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/ensemble"
)

// BenchmarkMethods measures votes and rules: ns/row.
func BenchmarkMethods(b *testing.B) {
	const n = 20_000
	var in [][]any
	for i := range n {
		row := append([]any{}, rows()[i%6]...)
		row[0] = fmt.Sprint(i)
		in = append(in, row)
	}
	rec := stagetest.Record(b, memory.DefaultAllocator, schema(), in...)
	for name, c := range map[string]*ensemble.Config{"vote": config("vote", three), "rules": ruled(nil)} {
		b.Run(name, func(b *testing.B) {
			env, _ := stagetest.Env(b, memory.DefaultAllocator)
			for b.Loop() {
				for _, err := range ensemble.Kind(nil).Build("merged", c).Run(b.Context(), env, []stage.Table{{Schema: schema(), Rows: stagetest.Batches(rec, 256, false)}}) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		})
	}
}
