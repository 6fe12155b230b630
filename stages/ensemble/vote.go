package ensemble

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/agreement"
	"icono/internal/columns"
	"icono/internal/ensemble"
	"icono/internal/flow"
	"icono/internal/stage"
)

// What is counted.
const (
	tieSettled = "ties decided by `ties`"
	tieOpen    = "ties without a code"
)

// voted is a stage that merges by votes.
type voted struct{ merger }

// ballot is a stage of votes over one input table.
type ballot struct {
	inputs     []input
	categories []string // nil where they are not known
	poll       ensemble.Poll
	schema     *arrow.Schema
}

// Schema implements stage.Stage.
func (v *voted) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	b, err := v.plan(in[0])
	return b.schema, err
}

func (v *voted) plan(in *arrow.Schema) (*ballot, error) {
	inputs, err := v.config.resolve(in)
	b, errs := &ballot{inputs: inputs}, []error{err}
	for _, p := range inputs {
		if !p.absent && !codable(p.field.Type) {
			hint := "`method: mean` averages numbers"
			if arrow.IsNested(p.field.Type.ID()) {
				hint = "compute one code of them: `'\"Person\" in Tags ? \"Person\" : \"Other\"'`"
			}
			errs = append(errs, wrong(fmt.Sprintf("the input `%s` is %s, which is no code", p.name, p.field.Type), hint, "inputs", p.name))
		}
	}
	b.categories, err = v.config.candidates(inputs)
	errs = append(errs, err, v.config.prefers(b.categories))
	if len(v.config.Categories) == 0 {
		errs = append(errs, alike(inputs))
	}
	c := v.config
	b.poll = ensemble.Poll{Weights: c.weights(), Missing: ensemble.Missing(c.Missing), Least: c.MinVotes, Ties: ensemble.Ties(c.Ties)}
	if b.poll.Ties == ensemble.ByOrder {
		b.poll.Order = c.Prefer
	} else {
		for _, name := range c.Prefer {
			b.poll.Inputs = append(b.poll.Inputs, slices.Index(c.Inputs.Keys(), name))
		}
	}
	fields := append([]arrow.Field{
		c.merged(stage.OfVariable(v.code(c.Column, b.categories, stage.Code), c.Column), b.inputs),
		v.field(v.id+"_votes", arrow.BinaryTypes.String, stage.Phrase),
		stage.OfVariable(v.field(v.id+"_agreement", arrow.PrimitiveTypes.Float64, stage.Agreement), c.Column),
		v.agreed(),
	}, v.ending()...)
	errs = append(errs, v.exists(in, fields, "column"))
	b.schema = columns.AppendFields(in, fields...)
	return b, errors.Join(errs...)
}

// Run implements stage.Stage.
func (v *voted) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	b, err := v.plan(in[0].Schema)
	if err := serious(err); err != nil {
		return flow.Fail(err)
	}
	return func(yield func(arrow.Record, error) bool) {
		r := &election{voted: v, ballot: b, env: env, accord: newAccord(b.inputs, nil, true)}
		defer r.tell()
		flow.Map(in[0].Rows, r.batch)(yield)
	}
}

// election is one run of the stage.
type election struct {
	*voted
	*ballot
	env                stage.Env
	accord             *accord
	several, unanimous int64 // rows with at least two votes, and those of them that all agree
	votes              agreement.Tally
}

func (r *election) batch(rec arrow.Record) (arrow.Record, error) {
	cols, err := arrays(r.env.Memory, r.inputs, rec)
	if err != nil {
		return nil, err
	}
	defer columns.Release(cols)
	read := make([]func(int) (string, bool), len(cols))
	for i, a := range cols {
		read[i] = codes(a)
	}
	rows, votes := make([]result, rec.NumRows()), make([]ensemble.Vote, len(cols))
	for row := range rows {
		for i := range votes {
			votes[i].Code, votes[i].Cast = read[i](row)
		}
		rows[row] = r.count(votes)
	}
	return appendTo(r.env.Memory, rec, r.schema, rows)
}

// count counts the votes on one row.
func (r *election) count(votes []ensemble.Vote) result {
	const fields = 4
	for i, v := range votes {
		if v.Cast && r.categories != nil && !slices.Contains(r.categories, v.Code) {
			return failed(fields, stage.Invalid, fmt.Sprintf("the input `%s` has the code `%s`, which is none of the categories", r.inputs[i].name, v.Code))
		}
	}
	var cast []string
	for _, v := range votes {
		if v.Cast {
			cast = append(cast, v.Code)
		}
	}
	r.votes.Add(cast...)
	d := r.poll.Decide(votes)
	if !d.Counted {
		return failed(fields, stage.Missing, r.config.lack(func(i int) bool { return votes[i].Cast }))
	}
	if d.Cast > 1 {
		r.several++
	}
	if d.Unanimous() {
		r.unanimous++
	}
	if d.Tied && d.Winner.Cast {
		r.env.Ledger.Counted(tieSettled, 1)
	} else if d.Tied {
		r.env.Ledger.Counted(tieOpen, 1)
	}
	out := result{values: []any{nil, tallies(d.Tallies), d.Share, nil}, status: stage.OK}
	if d.Winner.Cast {
		out.values[0] = d.Winner.Code
		out.values[3] = r.accord.meet(d.Winner.Code, func(i int) (string, bool) { return votes[i].Code, votes[i].Cast })
	}
	return out
}

// scale is what the inputs are measured on, where all are on the same: else their codes
// have no order.
func (b *ballot) scale() agreement.Scale {
	out := agreement.ScaleOf(b.inputs[0].field)
	for _, in := range b.inputs {
		if s := agreement.ScaleOf(in.field); s.Level != out.Level || !slices.Equal(s.Order, out.Order) {
			return agreement.Scale{}
		}
	}
	return out
}

// tell states what the whole run came to.
func (r *election) tell() {
	text := "not defined: no two different codes"
	if alpha, level, known := r.votes.Alpha(r.scale()); known {
		text = fmt.Sprintf("%.3f (%s)", alpha, level)
	}
	r.env.Ledger.Fact("alpha", fmt.Sprintf("%s; %d inputs, %d rows with at least two codes", text, len(r.inputs), r.votes.Units()))
	r.env.Ledger.Fact("unanimous", share(r.unanimous, r.several, "rows with at least two votes"))
	r.accord.tell(r.env.Ledger)
}

// tallies words votes, as `Collage 2, Photo 1`.
func tallies(list []ensemble.Tally) string {
	parts := make([]string, len(list))
	for i, t := range list {
		name := t.Code
		if !t.Cast {
			name = "(none)"
		}
		parts[i] = name + " " + strconv.FormatFloat(math.Round(t.Weight*1e9)/1e9, 'f', -1, 64)
	}
	return strings.Join(parts, ", ")
}
