package expression_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/expression"
)

// BenchmarkBools reports ns per row and the ratio to the same condition written
// in Go, without and with nulls.
func BenchmarkBools(b *testing.B) {
	for _, nulls := range []bool{false, true} {
		b.Run(fmt.Sprint("nulls=", nulls), func(b *testing.B) {
			rec := numbers(nulls)
			p, err := expression.Compile(`Score > 0.5 && Kind == "protest" && n % 2 == 0`, rec.Schema(), expression.Boolean)
			if err != nil {
				b.Fatal(err)
			}
			score, kind, n := rec.Column(0).(*array.Float64), rec.Column(1).(*array.String), rec.Column(2).(*array.Int64)
			keep := make([]bool, rec.NumRows())
			var ours, plain time.Duration
			b.ReportAllocs()
			for b.Loop() {
				began := time.Now()
				if _, _, err := p.Bools(rec); err != nil {
					b.Fatal(err)
				}
				ours += time.Since(began)
				began = time.Now()
				for i := range keep {
					keep[i] = score.IsValid(i) && kind.IsValid(i) && n.IsValid(i) && score.Value(i) > 0.5 && kind.Value(i) == "protest" && n.Value(i)%2 == 0
				}
				plain += time.Since(began)
			}
			b.ReportMetric(float64(ours)/float64(b.N)/float64(rec.NumRows()), "ns/row")
			b.ReportMetric(float64(plain)/float64(b.N)/float64(rec.NumRows()), "plain-ns/row")
			b.ReportMetric(float64(ours)/float64(plain), "ratio")
		})
	}
}

func numbers(nulls bool) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "Score", Type: arrow.PrimitiveTypes.Float64, Nullable: true}, {Name: "Kind", Type: arrow.BinaryTypes.String}, {Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil))
	for i := range 4096 {
		if nulls && i%10 == 0 {
			b.Field(0).AppendNull()
		} else {
			b.Field(0).(*array.Float64Builder).Append(float64(i%100) / 100)
		}
		b.Field(1).(*array.StringBuilder).Append([]string{"protest", "portrait"}[i%2])
		b.Field(2).(*array.Int64Builder).Append(int64(i))
	}
	return b.NewRecord()
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := expression.Compile(`Score > 0.5 && Username == "protest" && Likes % 2 == 0`, schema(), expression.Boolean); err != nil {
			b.Fatal(err)
		}
	}
}
