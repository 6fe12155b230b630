package flow_test

import (
	"context"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/flow"
	"icono/internal/stage"
	"icono/internal/stagetest"
)

const (
	benchStages  = 10
	benchRows    = 256
	benchBatches = 1000
)

// chain calls run with the batches of a table again and again and reports what
// plumbing costs: ns per row and stage, and the ratio to a plain loop that
// calls the same functions.
func chain(b *testing.B, plain func(arrow.Record), through func(stage.Rows) stage.Rows) {
	schema := stagetest.Schema(stagetest.Float("x"))
	rows := make([][]any, benchRows)
	for i := range rows {
		rows[i] = []any{float64(i)}
	}
	rec := stagetest.Record(b, memory.DefaultAllocator, schema, rows...)
	source := func(yield func(arrow.Record, error) bool) {
		for range benchBatches {
			if !yield(rec, nil) {
				return
			}
		}
	}
	var loop, piped time.Duration
	for b.Loop() {
		began := time.Now()
		for range benchBatches {
			plain(rec)
		}
		loop += time.Since(began)
		began = time.Now()
		for _, err := range through(source) {
			if err != nil {
				b.Fatal(err)
			}
		}
		piped += time.Since(began)
	}
	n := float64(b.N) * benchBatches * benchRows * benchStages
	b.ReportMetric(float64(piped)/n, "ns/row/stage")
	b.ReportMetric(float64(piped-loop)/n, "plumbing-ns/row/stage")
	b.ReportMetric(float64(piped)/float64(loop), "ratio")
}

func total(rec arrow.Record) (sum float64) {
	for _, v := range rec.Column(0).(*array.Float64).Float64Values() {
		sum += v
	}
	return sum
}

func BenchmarkObserve(b *testing.B) {
	var sum float64
	observe := func(rec arrow.Record) { sum += total(rec) }
	chain(b, func(rec arrow.Record) {
		for range benchStages {
			observe(rec)
		}
	}, func(in stage.Rows) stage.Rows {
		for range benchStages {
			in = flow.Observe(in, observe)
		}
		return in
	})
}

func BenchmarkMap(b *testing.B) {
	var sum float64
	mapped := func(rec arrow.Record) (arrow.Record, error) {
		sum += total(rec)
		rec.Retain()
		return rec, nil
	}
	chain(b, func(rec arrow.Record) {
		for range benchStages {
			out, _ := mapped(rec)
			out.Release()
		}
	}, func(in stage.Rows) stage.Rows {
		for range benchStages {
			in = flow.Map(in, mapped)
		}
		return in
	})
}

// BenchmarkMapParallel is the cost of handing a batch to a worker and back.
func BenchmarkMapParallel(b *testing.B) {
	chain(b, func(rec arrow.Record) {
		for range benchStages {
			total(rec)
		}
	}, func(in stage.Rows) stage.Rows {
		return flow.MapParallel(context.Background(), in, 2, func(_ context.Context, rec arrow.Record) (arrow.Record, error) {
			for range benchStages {
				total(rec)
			}
			rec.Retain()
			return rec, nil
		})
	})
}
