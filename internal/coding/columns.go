package coding

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/stage"
)

// Columns are what a stage that codes appends: the scheme's fields, for several
// runs the share that agrees with each value, the status and the error.
type Columns struct {
	fields []arrow.Field
	codes  int   // number of fields of the scheme
	shares []int // fields of the scheme with a share of the runs
}

// Layout names the columns of a scheme for the stage with an id. All names of
// fields begin with prefix. Explanations have no share: their words differ from
// run to run.
func Layout(s Scheme, id, prefix string, runs int) Columns {
	return Arrange(s.Fields(), id, prefix, runs)
}

// Arrange is Layout for fields.
func Arrange(fields []arrow.Field, id, prefix string, runs int) Columns {
	var c Columns
	var shares []arrow.Field
	for i, f := range fields {
		variable := stage.VariableOf(f)
		if variable == "" {
			variable = f.Name
		}
		f.Name, f.Nullable = prefix+f.Name, true
		role := stage.RoleOf(f)
		if role == "" && f.Type.ID() == arrow.BOOL {
			role = stage.Code
		}
		if runs > 1 {
			f = majorityOf(f, runs)
		}
		c.fields = append(c.fields, stage.Mark(stage.OfVariable(f, variable), role, id))
		c.codes++
		if runs > 1 && role != stage.Explanation {
			share := arrow.Field{Name: f.Name + "_agreement", Type: arrow.PrimitiveTypes.Float64, Nullable: true}
			share = stage.Documented(share, stage.Documentation{Text: fmt.Sprintf("Share of the %d codings of a row that have the value of %s; in a tie, that of each leading value.", runs, f.Name)})
			shares, c.shares = append(shares, stage.Mark(stage.OfVariable(share, variable), stage.Agreement, id)), append(c.shares, i)
		}
	}
	c.fields = append(append(c.fields, shares...),
		stage.Mark(arrow.Field{Name: id + "_status", Type: dictionaryOfText()}, stage.StatusRole, id),
		stage.Mark(arrow.Field{Name: id + "_error", Type: arrow.BinaryTypes.String, Nullable: true}, stage.ErrorText, id))
	return c
}

// majorityOf adds to what a field means that it is the majority of runs.
func majorityOf(f arrow.Field, runs int) arrow.Field {
	d := stage.DocumentationOf(f)
	note := fmt.Sprintf("The value of the majority of %d codings of a row; none in a tie.", runs)
	if stage.RoleOf(f) == stage.Explanation {
		note = fmt.Sprintf("That of the first of %d codings with the value of the majority.", runs)
	}
	d.Notes = append(d.Notes, note)
	return stage.Documented(f, d)
}

// Fields are the appended columns.
func (c Columns) Fields() []arrow.Field { return c.fields }

func dictionaryOfText() arrow.DataType {
	return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
}

// Arrays builds the columns of some rows. The caller releases them.
func (c Columns) Arrays(mem memory.Allocator, rows []Outcome) ([]arrow.Array, error) {
	var out []arrow.Array
	fail := func(err error) ([]arrow.Array, error) {
		for _, a := range out {
			a.Release()
		}
		return nil, err
	}
	for i, f := range c.fields[:c.codes] {
		a, err := columns.Build(mem, f, len(rows), func(row int) any {
			o := rows[row]
			if o.Status != stage.OK {
				return nil
			}
			return o.Values[i]
		})
		if err != nil {
			return fail(err)
		}
		out = append(out, a)
	}
	for i, at := range c.shares {
		a, err := columns.Build(mem, c.fields[c.codes+i], len(rows), func(row int) any {
			o := rows[row]
			if o.Status != stage.OK {
				return nil
			}
			return o.Shares[at]
		})
		if err != nil {
			return fail(err)
		}
		out = append(out, a)
	}
	var names []string
	for _, s := range stage.Statuses() {
		names = append(names, string(s))
	}
	status := stage.WithCategories(arrow.Field{Type: dictionaryOfText()}, names)
	for _, column := range []struct {
		field arrow.Field
		of    func(Outcome) any
	}{
		{status, func(o Outcome) any { return string(o.Status) }},
		{arrow.Field{Type: arrow.BinaryTypes.String}, func(o Outcome) any {
			if o.Reason == "" {
				return nil
			}
			return strings.ToValidUTF8(o.Reason, "\uFFFD")
		}},
	} {
		a, err := columns.Build(mem, column.field, len(rows), func(row int) any { return column.of(rows[row]) })
		if err != nil {
			return fail(err)
		}
		out = append(out, a)
	}
	return out, nil
}
