package pipeline_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
	"icono/internal/stage"
)

// catalogue holds small kinds that show what the engine does with any kind.
func catalogue() []stage.Kind {
	return []stage.Kind{
		stage.Define("numbers", stage.Source(), func() numbers { return numbers{N: 10} }, func(_ string, c numbers) stage.Stage { return c }),
		stage.Define("multiples", stage.One(), func() multiples { return multiples{Of: 2} }, func(_ string, c multiples) stage.Stage { return c }),
		stage.Define("coder", stage.One(), func() coder { return coder{Status: "failed"} }, func(id string, c coder) stage.Stage { c.id = id; return c }),
		stage.Define("beside", stage.Exactly(2), func() beside { return beside{} }, func(_ string, c beside) stage.Stage { return c }),
		stage.Define("sink", stage.One(), func() sink { return sink{} }, func(_ string, c sink) stage.Stage { return c }),
		stage.Define("careless", stage.One(), func() careless { return careless{} }, func(_ string, c careless) stage.Stage { return c }),
	}
}

// numbers yields rows with the keys k0, k1, ...
type numbers struct {
	// N is the number of rows.
	N int `yaml:"n" min:"0"`
	// Image makes of the key a picture's path too.
	Image bool `yaml:"image"`
}

func (c numbers) Schema([]*arrow.Schema) (*arrow.Schema, error) {
	role := stage.Key
	if c.Image {
		role = stage.Image
	}
	return arrow.NewSchema([]arrow.Field{
		stage.Mark(arrow.Field{Name: "key", Type: arrow.BinaryTypes.String}, role, ""),
		{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil), nil
}

func (c numbers) Run(ctx context.Context, env stage.Env, _ []stage.Table) stage.Rows {
	schema, _ := c.Schema(nil)
	return func(yield func(arrow.Record, error) bool) {
		for from := 0; from < c.N; from += env.BatchRows {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			b := array.NewRecordBuilder(env.Memory, schema)
			for i := from; i < min(from+env.BatchRows, c.N); i++ {
				b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("k%d", i))
				b.Field(1).(*array.Int64Builder).Append(int64(i))
			}
			rec := b.NewRecord()
			b.Release()
			more := yield(rec, nil)
			rec.Release()
			if !more {
				return
			}
		}
	}
}

// multiples keeps the rows whose n is a multiple.
type multiples struct {
	// Of is the divisor.
	Of int64 `yaml:"of" min:"1"`
}

func (c multiples) Schema(in []*arrow.Schema) (*arrow.Schema, error) { return in[0], nil }

func (c multiples) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		for rec, err := range in[0].Rows {
			if err != nil {
				yield(nil, err)
				return
			}
			keep := make([]bool, rec.NumRows())
			for i := range keep {
				keep[i] = rec.Column(1).(*array.Int64).Value(i)%c.Of == 0
				if !keep[i] {
					env.Ledger.Dropped("no multiple", 1)
				}
			}
			out, err := columns.Filter(env.Memory, rec, keep)
			more := yield(out, err)
			out.Release()
			if err != nil || !more {
				return
			}
		}
	}
}

// coder costs, and cannot do some rows.
type coder struct {
	// Every row whose n is a multiple of it has a fault; 0 is none.
	Every int64 `yaml:"every"`
	// Status is that of rows with a fault.
	Status string `yaml:"status"`
	// Name is that of the columns; without it they are named after the stage.
	Name string `yaml:"name"`
	id   string
}

func (c coder) Costly() {}

func (c coder) EstimateRows(in []int64) int64 { return in[0] }

func (c coder) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	name := c.id
	if c.Name != "" {
		name = c.Name
	}
	return columns.AppendFields(in[0],
		stage.Mark(arrow.Field{Name: name + "_status", Type: arrow.BinaryTypes.String}, stage.StatusRole, c.id),
		stage.Mark(arrow.Field{Name: name + "_error", Type: arrow.BinaryTypes.String, Nullable: true}, stage.ErrorText, c.id)), nil
}

func (c coder) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	schema, _ := c.Schema([]*arrow.Schema{in[0].Schema})
	return func(yield func(arrow.Record, error) bool) {
		for rec, err := range in[0].Rows {
			if err != nil {
				yield(nil, err)
				return
			}
			status, text := array.NewStringBuilder(env.Memory), array.NewStringBuilder(env.Memory)
			for i := range int(rec.NumRows()) {
				if n := rec.Column(1).(*array.Int64).Value(i); c.Every > 0 && n%c.Every == 0 {
					status.Append(c.Status)
					text.Append("the reason")
				} else {
					status.Append(string(stage.OK))
					text.AppendNull()
				}
			}
			s, e := status.NewArray(), text.NewArray()
			out, err := columns.Append(rec, schema, s, e)
			s.Release()
			e.Release()
			status.Release()
			text.Release()
			if err != nil {
				yield(nil, err)
				return
			}
			more := yield(out, nil)
			out.Release()
			if !more {
				return
			}
		}
	}
}

// beside reads its second table to the end, then passes the first one on.
type beside struct{}

func (beside) Schema(in []*arrow.Schema) (*arrow.Schema, error) { return in[0], nil }

func (beside) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		var rows int64
		for rec, err := range in[1].Rows {
			if err != nil {
				yield(nil, err)
				return
			}
			rows += rec.NumRows()
		}
		env.Ledger.Counted("rows of the second table", rows)
		for rec, err := range in[0].Rows {
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// sink tells when its input has come to its end.
type sink struct{}

func (sink) Schema(in []*arrow.Schema) (*arrow.Schema, error) { return in[0], nil }

func (sink) Files() (reads, writes []string) { return nil, []string{"out.csv"} }

func (sink) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		for rec, err := range in[0].Rows {
			if !yield(rec, err) || err != nil {
				return
			}
		}
		env.Ledger.Fact("file", "out.csv")
	}
}

// careless breaks the contract in one way.
type careless struct {
	// How is lose, lie, fail, failtwice or hang.
	How string `yaml:"how"`
}

func (c careless) Schema(in []*arrow.Schema) (*arrow.Schema, error) { return in[0], nil }

func (c careless) Run(ctx context.Context, env stage.Env, in []stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		for rec, err := range in[0].Rows {
			switch {
			case err != nil:
				yield(nil, err)
				return
			case c.How == "fail":
				yield(nil, errors.New("the cable is cut"))
				return
			case c.How == "hang":
				<-ctx.Done()
				yield(nil, ctx.Err())
				return
			case c.How == "lose":
				rec = rec.NewSlice(0, rec.NumRows()-1)
			case c.How == "lie":
				schema := arrow.NewSchema([]arrow.Field{rec.Schema().Field(0), {Name: "other", Type: arrow.PrimitiveTypes.Int64}}, nil)
				rec = array.NewRecord(schema, rec.Columns(), rec.NumRows())
			default:
				rec.Retain()
			}
			more := yield(rec, nil)
			rec.Release()
			if !more {
				return
			}
		}
	}
}
