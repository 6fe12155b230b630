package unnest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/suggest"
)

// layout is how the columns of the output come from those of the input: the new
// key where there is a key, the other columns, the position, the elements.
type layout struct {
	list   int   // of the column that is taken apart
	key    int   // of the former key; -1 for none
	others []int // of the columns that are repeated
	fields bool  // elements have fields, each of which becomes a column
	schema *arrow.Schema
}

// Schema implements stage.Stage.
func (u unnest) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	l, err := u.plan(in[0])
	if err != nil {
		return nil, err
	}
	return l.schema, nil
}

func (u unnest) plan(in *arrow.Schema) (*layout, error) {
	l := &layout{list: columns.Index(in, u.config.Column), key: stage.Find(in, stage.Key)}
	if l.list < 0 {
		return nil, &stage.OptionError{Path: []string{"column"}, Message: fmt.Sprintf("there is no column `%s`", u.config.Column), Hint: suggest.Hint(u.config.Column, lists(in))}
	}
	elem, ok := element(in.Field(l.list).Type)
	if !ok {
		return nil, u.noList(in)
	}
	var errs []error
	var out []arrow.Field
	if l.key >= 0 {
		out = append(out, stage.Mark(arrow.Field{Name: u.config.Key, Type: arrow.BinaryTypes.String}, stage.Key, u.id))
	}
	for i, f := range in.Fields() {
		if i == l.list {
			continue
		}
		if i == l.key {
			f = stage.Mark(f, "", stage.AddedBy(f))
		}
		out, l.others = append(out, f), append(l.others, i)
	}
	made := len(out)
	out = append(out, stage.Mark(arrow.Field{Name: u.config.Position, Type: arrow.PrimitiveTypes.Int64, Nullable: true}, "", u.id))
	elements, known := u.elements(in.Field(l.list), elem)
	_, l.fields = elem.(*arrow.StructType)
	out = append(out, elements...)
	for _, e := range u.config.Names {
		if !slices.Contains(known, e.Key) {
			errs = append(errs, &stage.OptionError{Path: []string{"names", e.Key}, Message: fmt.Sprintf("the elements of `%s` have no `%s`", u.config.Column, e.Key), Hint: suggest.Hint(e.Key, known)})
		}
	}
	for i, f := range out {
		if twin := slices.IndexFunc(out[:i], func(g arrow.Field) bool { return g.Name == f.Name }); twin >= 0 {
			errs = append(errs, u.clash(out[twin], f, i == made))
		}
	}
	meta := in.Metadata()
	l.schema = arrow.NewSchema(out, &meta)
	return l, errors.Join(errs...)
}

// elements are the columns of the elements, and the names that they had.
func (u unnest) elements(list arrow.Field, elem arrow.DataType) (out []arrow.Field, known []string) {
	name := func(old string) string {
		if given, ok := u.config.Names.Get(old); ok {
			return given
		}
		return u.config.Prefix + old
	}
	s, ok := elem.(*arrow.StructType)
	if !ok {
		known = []string{list.Name}
		list.Name, list.Type, list.Nullable = name(list.Name), elem, true
		return []arrow.Field{list}, known
	}
	for _, f := range s.Fields() {
		known = append(known, f.Name)
		f.Name, f.Nullable = name(f.Name), true
		out = append(out, stage.Mark(f, stage.RoleOf(f), u.id))
	}
	return out, known
}

// element returns the type of a list's elements, and whether t is a list.
func element(t arrow.DataType) (arrow.DataType, bool) {
	switch t.ID() {
	case arrow.LIST, arrow.LARGE_LIST, arrow.FIXED_SIZE_LIST:
		return t.(arrow.ListLikeType).Elem(), true
	}
	return nil, false
}

// lists names the columns that could be taken apart.
func lists(in *arrow.Schema) []string {
	var out []string
	for _, f := range in.Fields() {
		if _, ok := element(f.Type); ok {
			out = append(out, f.Name)
		}
	}
	return out
}

func (u unnest) noList(in *arrow.Schema) error {
	f := in.Field(columns.Index(in, u.config.Column))
	hint := suggest.Hint("", lists(in))
	if columns.IsText(f.Type) {
		hint = fmt.Sprintf("a stage of kind `select` makes lists of text: `derive: {Parts: 'split($env[%q], \", \")'}`", f.Name)
	}
	return &stage.OptionError{Path: []string{"column"}, Message: fmt.Sprintf("the column `%s` holds no lists, but %s", f.Name, f.Type), Hint: hint}
}

// clash is the error of two columns with one name, the second of which stands
// after the first. position says that the second is the position.
func (u unnest) clash(first, second arrow.Field, position bool) error {
	path, hint, old := []string{"prefix"}, "put something before the names of the elements: `prefix: "+u.id+"_`", first
	switch {
	case stage.RoleOf(first) == stage.Key && stage.AddedBy(first) == u.id:
		path, hint, old = []string{"key"}, "choose another name for the new key", second
	case position:
		path, hint = []string{"position"}, "choose another name for the position"
	case len(u.config.Names) > 0:
		hint = "choose other `names`, or a `prefix`"
	}
	message := fmt.Sprintf("the column `%s` exists already", second.Name)
	if by := stage.AddedBy(old); by != "" && by != u.id {
		message += fmt.Sprintf(": it comes from the stage `%s`", by)
	}
	return &stage.OptionError{Path: path, Message: message, Hint: hint}
}
