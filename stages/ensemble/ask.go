package ensemble

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/coding"
	"icono/internal/columns"
	"icono/internal/ensemble"
	"icono/internal/flow"
	"icono/internal/picture"
	"icono/internal/stage"
)

// Run implements stage.Stage. Rows are asked about beside each other and keep
// their order.
func (a *asked) Run(ctx context.Context, env stage.Env, in []stage.Table) stage.Rows {
	m, err := a.plan(in[0].Schema)
	if err != nil {
		return flow.Fail(err)
	}
	return func(yield func(arrow.Record, error) bool) {
		if a.asker == nil {
			yield(nil, errors.New("the model has not been opened"))
			return
		}
		for _, f := range slices.Concat(a.asker.Facts(), a.facts()) {
			env.Ledger.Fact(f.Name, f.Value)
		}
		r := &inquiry{asked: a, motion: m, env: env, Round: coding.NewRound(env, a.coder(env))}
		if m.merged >= 0 {
			r.accord = newAccord(m.inputs, m.categories, false)
		}
		defer r.tell()
		code := func(rows stage.Rows) stage.Rows {
			return flow.ByRow(ctx, rows, a.config.Concurrency, 2*a.config.Concurrency, func(ctx context.Context, rec arrow.Record, row int) (coding.Outcome, error) {
				return r.Do(ctx, rec, row, r.row)
			}, r.finish)
		}
		wide := stage.Table{Schema: widened(in[0].Schema, m.inputs), Rows: flow.Map(in[0].Rows, r.widen)}
		if a.config.Together() {
			r.Together(ctx, wide, r.row, func(arrow.Record) {}, code)(yield)
			return
		}
		code(wide.Rows)(yield)
	}
}

// facts say how rows are coded, for the report.
func (a *asked) facts() []stage.Fact {
	facts := []stage.Fact{{Name: "prompt", Value: "sha256:" + picture.Hash([]byte(a.scheme.Prompt(nil)))}, {Name: "runs", Value: fmt.Sprint(a.config.Runs)}}
	if a.config.Codebook != "" {
		facts = append(facts, stage.Fact{Name: "codebook", Value: string(a.config.Codebook)})
	}
	return facts
}

// inquiry is one run of the stage.
type inquiry struct {
	*asked
	*motion
	*coding.Round
	env    stage.Env
	accord *accord // nil where no input can agree
}

// widened is the schema of rows with what is asked about them: the inputs, the
// object, and why there is none.
func widened(in *arrow.Schema, inputs []input) *arrow.Schema {
	fields := slices.Clone(in.Fields())
	for _, p := range inputs {
		fields = append(fields, p.field)
	}
	text := arrow.Field{Type: arrow.BinaryTypes.String, Nullable: true}
	return arrow.NewSchema(append(fields, text, text), nil)
}

// widen puts the inputs behind the columns of a batch, then the object that is
// asked about, null where there is none, and why there is none. Expressions are
// computed here, one batch at a time: they are not for concurrent use.
func (r *inquiry) widen(rec arrow.Record) (arrow.Record, error) {
	cols, err := arrays(r.env.Memory, r.inputs, rec)
	if err != nil {
		return nil, err
	}
	defer func() { columns.Release(cols) }()
	objects, reasons := array.NewStringBuilder(r.env.Memory), array.NewStringBuilder(r.env.Memory)
	defer objects.Release()
	defer reasons.Release()
	for row := range int(rec.NumRows()) {
		has, n := present(r.inputs, cols, row), 0
		for i := range r.inputs {
			if has(i) {
				n++
			}
		}
		if n < r.config.MinVotes || n < len(r.inputs) && r.config.Missing == string(ensemble.None) {
			objects.AppendNull()
			reasons.Append(r.config.lack(has))
		} else {
			objects.Append(object(r.inputs, cols, row))
			reasons.AppendNull()
		}
	}
	cols = append(cols, objects.NewArray(), reasons.NewArray())
	return columns.Append(rec, widened(rec.Schema(), r.inputs), cols...)
}

// row is what the model sees of a row of a widened batch, or why it sees nothing.
func (r *inquiry) row(rec arrow.Record, at int) (coding.Row, *coding.Outcome, error) {
	last := int(rec.NumCols()) - 1
	if why := rec.Column(last); why.IsValid(at) {
		return coding.Row{}, &coding.Outcome{Status: stage.Missing, Reason: columns.Format(why, at)}, nil
	}
	return coding.Row{Key: columns.Format(rec.Column(r.key), at), Texts: []coding.Named{{Text: columns.Format(rec.Column(last-1), at)}}}, nil, nil
}

// finish makes the output of a widened batch.
func (r *inquiry) finish(rec arrow.Record, results []coding.Outcome) (arrow.Record, error) {
	cols, err := r.columns.Arrays(r.env.Memory, results)
	if err != nil {
		return nil, err
	}
	defer func() { columns.Release(cols) }()
	first := r.schema.NumFields() - len(r.columns.Fields())
	if r.accord != nil {
		first--
		read := make([]func(int) (string, bool), len(r.inputs))
		for _, i := range r.accord.at {
			read[i] = codes(rec.Column(first + i))
		}
		agreed, err := columns.Build(r.env.Memory, r.agreed(), len(results), func(row int) any {
			if o := results[row]; o.Status == stage.OK && o.Values[r.merged] != nil {
				return r.accord.meet(o.Values[r.merged].(string), func(i int) (string, bool) { return read[i](row) })
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		cols = append(cols, agreed)
	}
	all := append(slices.Clone(rec.Columns()[:first]), cols...)
	return array.NewRecord(r.schema, all, rec.NumRows()), nil
}

// tell states who answered, and how often inputs agreed.
func (r *inquiry) tell() {
	r.Tell()
	if r.accord != nil {
		r.accord.tell(r.env.Ledger)
	}
}
