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
	answers    []answerColumn
	statuses   []statusColumn
	texts      []textColumn
	regions    []regionColumn
	merged     []mergedColumn
}

// form is how the values of a variable are described.
type form int

const (
	categories form = iota // counted one by one
	numbers                // summed up
	writing                // read
)

// codeColumn is a variable with what its coder said about it.
type codeColumn struct {
	name, stage               string
	variable                  string // of the codebook; may be ""
	form                      form
	code, phrase, probability int
	agreement                 int      // share of several codings
	categories                []string // declared, in order; may be nil
	multiple                  bool     // a row can have several codes
	means                     stage.Documentation
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
		case !categorical(s.Field(at).Type) && !assigned(s.Field(at)):
			errs = append(errs, &stage.OptionError{Path: []string{"columns", strconv.Itoa(i)}, Message: fmt.Sprintf("the column `%s` is %s, and has no categories to count", name, s.Field(at).Type),
				Hint: "name columns of text, whole numbers or yes and no"})
		default:
			l.codes = append(l.codes, newCodeColumn(s, at))
		}
	}
	for i, f := range s.Fields() {
		switch {
		case c.Columns == nil && assigned(f):
			l.codes = append(l.codes, newCodeColumn(s, i))
		case stage.RoleOf(f) == stage.StatusRole && columns.IsText(f.Type):
			l.statuses = append(l.statuses, statusColumn{stage.AddedBy(f), i, stage.FindAdded(s, stage.ErrorText, stage.AddedBy(f))})
		}
	}
	l.answers = answerColumns(s)
	l.texts, l.regions = findings(s)
	l.merged = mergedColumns(s)
	return l, errors.Join(errs...)
}

// assigned reports whether a stage has given the column its values: codes, or
// numbers and texts of a variable.
func assigned(f arrow.Field) bool {
	switch stage.RoleOf(f) {
	case stage.Code:
		return categorical(f.Type)
	case "":
		return stage.VariableOf(f) != "" && (categorical(f.Type) || arrow.IsFloating(f.Type.ID()))
	}
	return false
}

// categorical reports whether values of the type can be counted as categories.
func categorical(t arrow.DataType) bool {
	if columns.IsText(t) || t.ID() == arrow.BOOL || arrow.IsInteger(t.ID()) {
		return true
	}
	list, ok := t.(arrow.ListLikeType)
	return ok && columns.IsText(list.Elem())
}
