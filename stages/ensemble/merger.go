package ensemble

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/ensemble"
	"icono/internal/stage"
)

// merger is what all methods have in common.
type merger struct {
	id     string
	config Config
}

// EstimateRows implements stage.Estimator: one row in, one row out.
func (merger) EstimateRows(in []int64) int64 { return in[0] }

// result is what a stage appends to a row: the values of its fields but for the
// last two, which are status and error.
type result struct {
	values []any
	status stage.Status
	reason string // where the status is not ok
}

// failed is the result of a row without one.
func failed(fields int, s stage.Status, reason string) result {
	return result{make([]any, fields), s, reason}
}

func dictionary() arrow.DataType {
	return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
}

// field is an appended column.
func (m merger) field(name string, t arrow.DataType, role stage.Role) arrow.Field {
	return stage.Mark(arrow.Field{Name: name, Type: t, Nullable: true}, role, m.id)
}

// merged marks a result with the inputs that it comes from.
func (c Config) merged(f arrow.Field, inputs []input) arrow.Field {
	out := make([]stage.Input, len(inputs))
	for i, p := range inputs {
		out[i] = stage.Input{Name: p.name, Column: p.column}
		if p.column == "" {
			out[i].Expression = string(c.Inputs[i].Value)
		}
	}
	return stage.MergedFrom(f, out)
}

// code is a column of categories, of text where they are not known.
func (m merger) code(name string, categories []string, role stage.Role) arrow.Field {
	if categories == nil {
		return m.field(name, arrow.BinaryTypes.String, role)
	}
	return stage.WithCategories(m.field(name, dictionary(), role), categories)
}

// ending are the columns for status and error.
func (m merger) ending() []arrow.Field {
	status := m.field(m.id+"_status", dictionary(), stage.StatusRole)
	status.Nullable = false
	return []arrow.Field{status, m.field(m.id+"_error", arrow.BinaryTypes.String, stage.ErrorText)}
}

// exists is an error where the input has a column of the name of one of the fields.
func (m merger) exists(in *arrow.Schema, fields []arrow.Field, option string) error {
	return stage.Taken(in, fields, option, m.id+"_")
}

// appendTo returns a batch with the results of its rows behind it. The caller
// releases it.
func appendTo(mem memory.Allocator, rec arrow.Record, out *arrow.Schema, rows []result) (arrow.Record, error) {
	var cols []arrow.Array
	defer func() { columns.Release(cols) }()
	first := int(rec.NumCols())
	last := out.NumFields() - first - 2
	var statuses []string
	for _, s := range stage.Statuses() {
		statuses = append(statuses, string(s))
	}
	for i := range last + 2 {
		f := out.Field(first + i)
		value := func(row int) any { return rows[row].values[i] }
		switch i {
		case last:
			f, value = stage.WithCategories(f, statuses), func(row int) any { return string(rows[row].status) }
		case last + 1:
			value = func(row int) any {
				if rows[row].reason == "" {
					return nil
				}
				return strings.ToValidUTF8(rows[row].reason, "\uFFFD")
			}
		}
		a, err := columns.Build(mem, f, len(rows), value)
		if err != nil {
			return nil, err
		}
		cols = append(cols, a)
	}
	return columns.Append(rec, out, cols...)
}

// weights are those of the inputs.
func (c Config) weights() []float64 {
	out := make([]float64, len(c.Inputs))
	for i, e := range c.Inputs {
		out[i] = 1
		if w, ok := c.Weights.Get(e.Key); ok {
			out[i] = w
		}
	}
	return out
}

// lack says why a row with values of some inputs has no result.
func (c Config) lack(has func(input int) bool) string {
	var without []string
	n := 0
	for i, e := range c.Inputs {
		if has(i) {
			n++
		} else {
			without = append(without, "`"+e.Key+"`")
		}
	}
	switch {
	case n == 0:
		return "no input has a value"
	case c.Missing == string(ensemble.None):
		return "no value in " + strings.Join(without, ", ") + " (`missing: none`)"
	}
	return fmt.Sprintf("%d of %d inputs have a value, and `min_votes` is %d", n, len(c.Inputs), c.MinVotes)
}
