package ensemble

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/ensemble"
	"icono/internal/flow"
	"icono/internal/stage"
)

// averaged is a stage that takes the mean of numbers.
type averaged struct{ merger }

// Schema implements stage.Stage.
func (a *averaged) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	_, out, err := a.plan(in[0])
	return out, err
}

func (a *averaged) plan(in *arrow.Schema) ([]input, *arrow.Schema, error) {
	inputs, err := a.config.resolve(in)
	errs := []error{err}
	for _, p := range inputs {
		if t := p.field.Type; !p.absent && t.ID() != arrow.BOOL && t.ID() != arrow.NULL && !arrow.IsInteger(t.ID()) && !arrow.IsFloating(t.ID()) {
			errs = append(errs, wrong(fmt.Sprintf("the input `%s` is %s, not a number", p.name, t), "`method: vote` merges codes", "inputs", p.name))
		}
	}
	number := arrow.PrimitiveTypes.Float64
	fields := append([]arrow.Field{
		a.config.merged(a.field(a.config.Column, number, stage.Score), inputs),
		a.field(a.id+"_n", arrow.PrimitiveTypes.Int64, ""),
		a.field(a.id+"_min", number, ""),
		a.field(a.id+"_max", number, ""),
	}, a.ending()...)
	errs = append(errs, a.exists(in, fields, "column"))
	return inputs, columns.AppendFields(in, fields...), errors.Join(errs...)
}

// Run implements stage.Stage.
func (a *averaged) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	inputs, schema, err := a.plan(in[0].Schema)
	if err != nil {
		return flow.Fail(err)
	}
	weights := a.config.weights()
	return flow.Map(in[0].Rows, func(rec arrow.Record) (arrow.Record, error) {
		cols, err := arrays(env.Memory, inputs, rec)
		if err != nil {
			return nil, err
		}
		defer columns.Release(cols)
		rows, values := make([]result, rec.NumRows()), make([]float64, len(cols))
		for row := range rows {
			for i, c := range cols {
				values[i] = number(columns.Value(c, row))
			}
			rows[row] = a.mean(values, weights)
		}
		return appendTo(env.Memory, rec, schema, rows)
	})
}

func (a *averaged) mean(values, weights []float64) result {
	m := ensemble.Mean(values, weights, ensemble.Missing(a.config.Missing), a.config.MinVotes)
	if !m.Counted {
		out := failed(4, stage.Missing, a.config.lack(func(i int) bool { return !math.IsNaN(values[i]) && !math.IsInf(values[i], 0) }))
		out.values[1] = int64(m.N)
		return out
	}
	return result{values: []any{m.Mean, int64(m.N), m.Low, m.High}, status: stage.OK}
}

// number is the number of a value, 1 for true, NaN where it has none.
func number(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	case bool:
		if v {
			return 1
		}
		return 0
	}
	return math.NaN()
}
