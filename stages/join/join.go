package join

import (
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/suggest"
)

type join struct {
	id     string
	config Config
}

// layout is how the columns of the output come from those of the inputs.
type layout struct {
	left, right []int // of the columns in `on`
	take        []int // columns of the right table in the output
	schema      *arrow.Schema
}

// Schema implements stage.Stage.
func (j join) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	l, err := j.plan(in[0], in[1])
	if err != nil {
		return nil, err
	}
	return l.schema, nil
}

// EstimateRows implements stage.Estimator.
func (j join) EstimateRows(in []int64) int64 {
	if j.config.How == left && j.config.Many != manyAll {
		return in[0]
	}
	return -1
}

func (j join) plan(l, r *arrow.Schema) (*layout, error) {
	var out layout
	var errs []error
	for _, pair := range j.config.On {
		a, b := columns.Index(l, pair.Left), columns.Index(r, pair.Right)
		for _, side := range []struct {
			at       int
			name, of string
			schema   *arrow.Schema
		}{{a, pair.Left, "first", l}, {b, pair.Right, "second", r}} {
			if side.at < 0 {
				errs = append(errs, &stage.OptionError{Path: onPath(pair.Left, len(j.config.On)), Message: fmt.Sprintf("the %s table has no column `%s`", side.of, side.name),
					Hint: suggest.Hint(side.name, columns.Names(side.schema))})
			}
		}
		if a < 0 || b < 0 {
			continue
		}
		if err := j.comparable(l.Field(a), r.Field(b)); err != nil {
			err.Path = onPath(pair.Left, len(j.config.On))
			errs = append(errs, err)
		}
		out.left, out.right = append(out.left, a), append(out.right, b)
	}
	if errs == nil {
		errs = j.combine(&out, l, r)
	}
	return &out, errors.Join(errs...)
}

// onPath leads to the place of a pair: its key in a mapping, or `on` where that
// is a name.
func onPath(name string, pairs int) []string {
	if pairs == 1 {
		return []string{"on"}
	}
	return []string{"on", name}
}

// comparable checks that the columns of a pair can be equal.
func (j join) comparable(l, r arrow.Field) *stage.OptionError {
	a, b := classOf(l.Type), classOf(r.Type)
	switch {
	case a == "" || b == "":
		f := l
		if a != "" {
			f = r
		}
		return &stage.OptionError{Message: fmt.Sprintf("rows cannot be joined on `%s`, which is %s", f.Name, f.Type), Hint: "derive a column of text or numbers from it first"}
	case j.config.Match == path && (a != text || b != text):
		return &stage.OptionError{Message: "`match: path` compares text", Hint: "name the columns that hold paths"}
	case a != b:
		return &stage.OptionError{Message: fmt.Sprintf("`%s` is %s in the first table, and `%s` is %s in the second", l.Name, a, r.Name, b),
			Hint: fmt.Sprintf("set the type where one of them is loaded: `types: {%s: text}`", r.Name)}
	}
	return nil
}

// combine lays out the columns of the output.
func (j join) combine(out *layout, l, r *arrow.Schema) (errs []error) {
	same := j.sameRows(l, r)
	fields := append([]arrow.Field{}, l.Fields()...)
	if j.config.Many == manyAll {
		for i, f := range fields {
			if stage.RoleOf(f) == stage.Key {
				fields[i] = stage.Mark(f, "", stage.AddedBy(f))
			}
		}
	}
	var clashes []string
	var first [2]arrow.Field
columns:
	for i, f := range r.Fields() {
		for _, on := range out.right {
			if i == on {
				continue columns
			}
		}
		at := columns.Index(l, f.Name)
		if same && at >= 0 && l.Field(at).Equal(f) {
			continue
		}
		if stage.RoleOf(f) == stage.Key {
			f = stage.Mark(f, "", stage.AddedBy(f))
		}
		f.Name = j.config.Prefix + f.Name
		f.Nullable = f.Nullable || j.config.How == left
		if at := columns.Index(l, f.Name); at >= 0 {
			if clashes = append(clashes, "`"+f.Name+"`"); len(clashes) == 1 {
				first = [2]arrow.Field{l.Field(at), f}
			}
		}
		fields, out.take = append(fields, f), append(out.take, i)
	}
	if clashes != nil {
		errs = append(errs, j.clash(clashes, first))
	}
	meta := l.Metadata()
	out.schema = arrow.NewSchema(fields, &meta)
	return errs
}

// sameRows reports whether both tables come from one stage and are joined on
// its key. Columns that neither branch has touched are equal then.
func (j join) sameRows(l, r *arrow.Schema) bool {
	a, b := stage.Find(l, stage.Key), stage.Find(r, stage.Key)
	return a >= 0 && b >= 0 && j.config.Match == exact && len(j.config.On) == 1 &&
		j.config.On[0] == pairOf(l.Field(a).Name, r.Field(b).Name) &&
		stage.AddedBy(l.Field(a)) != "" && stage.AddedBy(l.Field(a)) == stage.AddedBy(r.Field(b))
}

// clash is the error of columns that both tables have.
func (j join) clash(names []string, first [2]arrow.Field) error {
	by := ""
	if a, b := stage.AddedBy(first[0]), stage.AddedBy(first[1]); a != "" && b != "" {
		by = fmt.Sprintf(" (%s comes from the stages `%s` and `%s`)", names[0], a, b)
	}
	noun := "the column " + names[0]
	if len(names) > 1 {
		noun = "the columns " + strings.Join(names, ", ")
	}
	hint := "put a prefix before those of the second: `prefix: right_`"
	if j.config.Prefix != "" {
		hint = "choose another prefix"
	}
	return &stage.OptionError{Path: []string{"prefix"}, Message: "both tables have " + noun + by, Hint: hint + ", or leave them out with a stage of kind `select`"}
}
