package bench

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/diag"
	"icono/internal/flow"
	"icono/internal/pipeline"
	"icono/internal/source"
	"icono/internal/stage"
)

const (
	plumbingStages = 10
	plumbingBatch  = 256
	plumbingRows   = 256 * 2000
)

// work is what each stage does with a batch: it adds up a column, so that the
// batch is really read.
func work(rec arrow.Record) float64 {
	var sum float64
	for _, v := range rec.Column(0).(*array.Float64).Float64Values() {
		sum += v
	}
	return sum
}

type none struct{}

// supply yields the same batch again and again.
type supply struct{ rec arrow.Record }

func (s supply) Schema([]*arrow.Schema) (*arrow.Schema, error) { return s.rec.Schema(), nil }
func (s supply) Run(context.Context, stage.Env, []stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		for range plumbingRows / plumbingBatch {
			if !yield(s.rec, nil) {
				return
			}
		}
	}
}

// pass does the work and passes the batch on.
type pass struct{ total *float64 }

func (p pass) Schema(in []*arrow.Schema) (*arrow.Schema, error) { return in[0], nil }
func (p pass) Run(_ context.Context, _ stage.Env, in []stage.Table) stage.Rows {
	return flow.Observe(in[0].Rows, func(rec arrow.Record) { *p.total += work(rec) })
}

func batchOfNumbers() arrow.Record {
	b := array.NewFloat64Builder(memory.DefaultAllocator)
	for i := range plumbingBatch {
		b.Append(float64(i))
	}
	a := b.NewArray()
	return array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Float64}}, nil), []arrow.Array{a}, plumbingBatch)
}

// BenchmarkPlumbing measures what the engine adds: ns per row and stage
// through the runner (bound 100), and the ratio to a plain loop that calls the
// same functions (bound 1.5 where the functions do real work; here they do as
// little as a sum over one column).
func BenchmarkPlumbing(b *testing.B) {
	rec := batchOfNumbers()
	var total float64
	kinds := []stage.Kind{
		stage.Define("supply", stage.Source(), func() none { return none{} }, func(string, none) stage.Stage { return supply{rec} }),
		stage.Define("pass", stage.One(), func() none { return none{} }, func(string, none) stage.Stage { return pass{&total} }),
	}
	text := "version: 1\nstages:\n  - {id: s0, kind: supply}\n"
	for i := range plumbingStages {
		text += "  - {id: p" + string(rune('a'+i)) + ", kind: pass}\n"
	}
	var list diag.List
	set := pipeline.Settings{Kinds: kinds}
	ctx := context.Background()
	set.Study = nowhere{}
	plan := pipeline.Check(ctx, pipeline.Parse(source.NewFile("p.yaml", text), nil, &list), set, &list)
	if list.HasErrors() {
		b.Fatal(list.Sorted()[0].Message)
	}
	var engine, plain time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := pipeline.Run(ctx, plan, pipeline.RunSettings{Settings: set}); err != nil {
			b.Fatal(err)
		}
		engine += time.Since(start)
		start = time.Now()
		for range plumbingRows / plumbingBatch {
			for range plumbingStages {
				total += work(rec)
			}
		}
		plain += time.Since(start)
	}
	rows := float64(b.N) * plumbingRows * plumbingStages
	b.ReportMetric(float64(engine.Nanoseconds())/rows, "ns/row/stage")
	b.ReportMetric(float64((engine-plain).Nanoseconds())/rows, "ns-added/row/stage")
	b.ReportMetric(engine.Seconds()/plain.Seconds(), "x-plain-loop")
}

// nowhere is a study without files.
type nowhere struct{ stage.Study }

func (nowhere) Resolve(path string) string        { return path }
func (nowhere) Pictures(string) ([]string, error) { return nil, errors.New("no pictures") }
