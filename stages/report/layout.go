package report

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/suggest"
)

// layout says which columns of the table the report reads. Indices are -1
// where there is no such column.
type layout struct {
	schema     *arrow.Schema
	key, image int
	root       string // of relative paths of pictures
	show       []int
	codes      []codeColumn
	statuses   []statusColumn
}

// codeColumn is a variable with what its coder said about it.
type codeColumn struct {
	name, stage               string
	code, phrase, probability int
	categories                []string // declared, in order; may be nil
	multiple                  bool     // a row can have several codes
}

// statusColumn tells how the rows went in one stage.
type statusColumn struct {
	stage        string
	status, text int
}

func newLayout(c Config, s *arrow.Schema) (*layout, error) {
	l := &layout{schema: s, key: stage.Find(s, stage.Key), image: stage.Find(s, stage.Image)}
	if l.image >= 0 {
		if !columns.IsText(s.Field(l.image).Type) {
			l.image = -1
		} else {
			l.root = stage.RootOf(s.Field(l.image))
		}
	}
	var errs []error
	find := func(option string, i int, name string) int {
		at := columns.Index(s, name)
		if at < 0 {
			errs = append(errs, &stage.OptionError{Path: []string{option, strconv.Itoa(i)}, Message: fmt.Sprintf("there is no column `%s`", name),
				Hint: suggest.Hint(name, columns.Names(s))})
		}
		return at
	}
	for i, name := range c.Show {
		if at := find("show", i, name); at >= 0 {
			l.show = append(l.show, at)
		}
	}
	for i, name := range c.Columns {
		switch at := find("columns", i, name); {
		case at < 0:
		case slices.Index(c.Columns, name) < i:
			errs = append(errs, &stage.OptionError{Path: []string{"columns", strconv.Itoa(i)}, Message: fmt.Sprintf("the column `%s` is named twice", name), Hint: "remove one of them"})
		case !categorical(s.Field(at).Type):
			errs = append(errs, &stage.OptionError{Path: []string{"columns", strconv.Itoa(i)}, Message: fmt.Sprintf("the column `%s` is %s, and has no categories to count", name, s.Field(at).Type),
				Hint: "name columns of text, whole numbers or yes and no"})
		default:
			l.codes = append(l.codes, newCodeColumn(s, at))
		}
	}
	for i, f := range s.Fields() {
		switch {
		case stage.RoleOf(f) == stage.Code && c.Columns == nil && categorical(f.Type):
			l.codes = append(l.codes, newCodeColumn(s, i))
		case stage.RoleOf(f) == stage.StatusRole && columns.IsText(f.Type):
			l.statuses = append(l.statuses, statusColumn{stage.AddedBy(f), i, stage.FindAdded(s, stage.ErrorText, stage.AddedBy(f))})
		}
	}
	return l, errors.Join(errs...)
}

// categorical reports whether values of the type can be counted as categories.
func categorical(t arrow.DataType) bool {
	if columns.IsText(t) || t.ID() == arrow.BOOL || arrow.IsInteger(t.ID()) {
		return true
	}
	list, ok := t.(arrow.ListLikeType)
	return ok && columns.IsText(list.Elem())
}

func newCodeColumn(s *arrow.Schema, at int) codeColumn {
	f := s.Field(at)
	_, multiple := f.Type.(arrow.ListLikeType)
	c := codeColumn{name: f.Name, code: at, phrase: -1, probability: -1, categories: stage.CategoriesOf(f), multiple: multiple}
	if stage.RoleOf(f) != stage.Code {
		return c
	}
	// A stage can add several codes: phrase and probability follow theirs.
	c.stage = stage.AddedBy(f)
	for i, g := range s.Fields()[at+1:] {
		if stage.AddedBy(g) != c.stage {
			continue
		}
		switch role := stage.RoleOf(g); {
		case role == stage.Code:
			return c
		case role == stage.Phrase && c.phrase < 0 && columns.IsText(g.Type):
			c.phrase = at + 1 + i
		case role == stage.Probability && c.probability < 0 && (g.Type.ID() == arrow.FLOAT64 || g.Type.ID() == arrow.FLOAT32):
			c.probability = at + 1 + i
		}
	}
	return c
}
