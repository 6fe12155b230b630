package unnest

import (
	"context"
	"fmt"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/stage"
)

// maxOut is the number of rows of an output batch, at most.
const maxOut = 8192

// further is what rows are called that are made of elements after the first.
const further = "further elements"

type unnest struct {
	id     string
	config Config
}

// Run implements stage.Stage.
func (u unnest) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	l, err := u.plan(in[0].Schema)
	if err != nil {
		return flow.Fail(err)
	}
	return func(yield func(arrow.Record, error) bool) {
		for rec, err := range in[0].Rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if !u.emit(env, l, rec, yield) {
				return
			}
		}
	}
}

// emit yields the elements of a batch and accounts for its rows.
func (u unnest) emit(env stage.Env, l *layout, rec arrow.Record, yield func(arrow.Record, error) bool) bool {
	list, ok := rec.Column(l.list).(array.ListLike)
	if !ok {
		yield(nil, fmt.Errorf("the column `%s` is %s, not a list", u.config.Column, rec.Column(l.list).DataType()))
		return false
	}
	var p places
	var empty, null, more int64
	for row := range int(rec.NumRows()) {
		start, end := int64(0), int64(0)
		if list.IsNull(row) {
			null++
		} else if start, end = list.ValueOffsets(row); start == end {
			empty++
		}
		if start == end {
			if u.config.KeepEmpty {
				p.add(row, -1, 0)
			}
			continue
		}
		more += end - start - 1
		for at := start; at < end; at++ {
			p.add(row, int(at), at-start+1)
		}
	}
	isEmpty, isNull := fmt.Sprintf("`%s` is empty", u.config.Column), fmt.Sprintf("`%s` is null", u.config.Column)
	if u.config.KeepEmpty {
		env.Ledger.Counted(isEmpty+", and the row is kept", empty)
		env.Ledger.Counted(isNull+", and the row is kept", null)
	} else {
		env.Ledger.Dropped(isEmpty, empty)
		env.Ledger.Dropped(isNull, null)
	}
	env.Ledger.Added(further, more)
	for from := 0; from < len(p.rows); from += maxOut {
		out, err := u.combine(env, l, rec, list.ListValues(), p.slice(from, min(from+maxOut, len(p.rows))))
		if err != nil {
			yield(nil, err)
			return false
		}
		again := yield(out, nil)
		out.Release()
		if !again {
			return false
		}
	}
	return true
}

// places say for each row of the output the row of the input, the element among
// the values of all lists (-1 for none), and its place in its list from 1.
type places struct {
	rows, elements []int
	positions      []int64
}

func (p *places) add(row, element int, position int64) {
	p.rows, p.elements, p.positions = append(p.rows, row), append(p.elements, element), append(p.positions, position)
}

func (p *places) slice(from, to int) places {
	return places{p.rows[from:to], p.elements[from:to], p.positions[from:to]}
}

// combine makes a record of some places.
func (u unnest) combine(env stage.Env, l *layout, rec arrow.Record, values arrow.Array, p places) (arrow.Record, error) {
	var cols []arrow.Array
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	take := func(name string, from arrow.Array, at []int) error {
		taken, err := columns.TakeArray(env.Memory, from, at)
		if err != nil {
			return fmt.Errorf("column %q: %w", name, err)
		}
		cols = append(cols, taken)
		return nil
	}
	if l.key >= 0 {
		cols = append(cols, keys(env, rec.Column(l.key), p))
	}
	for _, at := range l.others {
		if err := take(rec.ColumnName(at), rec.Column(at), p.rows); err != nil {
			return nil, err
		}
	}
	cols = append(cols, positions(env, p))
	parts, at := []arrow.Array{values}, p.elements
	if l.fields {
		s := values.(*array.Struct)
		at = make([]int, len(p.elements)) // an element that is null has no fields
		for i, e := range p.elements {
			if at[i] = e; e >= 0 && s.IsNull(e) {
				at[i] = -1
			}
		}
		parts = nil
		for f := range s.NumField() {
			parts = append(parts, s.Field(f))
		}
	}
	for _, part := range parts {
		if err := take(l.schema.Field(len(cols)).Name, part, at); err != nil {
			return nil, err
		}
	}
	return array.NewRecord(l.schema, cols, int64(len(p.rows))), nil
}

// keys builds the new key. It is unique, as what follows the last # has none.
func keys(env stage.Env, key arrow.Array, p places) arrow.Array {
	b := array.NewStringBuilder(env.Memory)
	defer b.Release()
	b.Reserve(len(p.rows))
	for i, row := range p.rows {
		b.Append(columns.Format(key, row) + "#" + strconv.FormatInt(p.positions[i], 10))
	}
	return b.NewArray()
}

func positions(env stage.Env, p places) arrow.Array {
	b := array.NewInt64Builder(env.Memory)
	defer b.Release()
	b.Reserve(len(p.rows))
	for i, n := range p.positions {
		if p.elements[i] < 0 {
			b.AppendNull()
		} else {
			b.Append(n)
		}
	}
	return b.NewArray()
}
