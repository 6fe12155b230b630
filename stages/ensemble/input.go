package ensemble

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/stage"
	"icono/internal/suggest"
)

// input is one of the things that are merged.
type input struct {
	name    string
	at      int                 // of its column, -1 where it is computed
	column  string              // name of the column, "" where it is computed
	program *expression.Program // nil for a column
	field   arrow.Field         // of its values, with the name of the input
	own     []string            // categories of the column, nil where they are not known
	walk    map[string]string   // its categories to others
	known   []string            // categories after the crosswalk, nil where they are not known
	absent  bool                // made in the run, and not known to a quote
}

// resolve finds the inputs in a schema. An input that cannot be found is marked
// absent, and so is the error.
func (c Config) resolve(in *arrow.Schema) ([]input, error) {
	var errs []error
	out := make([]input, len(c.Inputs))
	for i, e := range c.Inputs {
		p := input{name: e.Key, at: columns.Index(in, string(e.Value))}
		if p.at < 0 {
			program, err := expression.Compile(string(e.Value), in, expression.Any)
			if err != nil {
				errs = append(errs, expression.OptionError([]string{"inputs", e.Key}, err))
				p.absent, p.field = true, arrow.Field{Name: p.name, Type: arrow.Null, Nullable: true}
				out[i] = p
				continue
			}
			p.program, p.field = program, arrow.Field{Type: program.Type(), Nullable: true}
			if name := program.Columns(); len(name) == 1 && string(e.Value) == "$env["+strconv.Quote(name[0])+"]" {
				p.at, p.program = columns.Index(in, name[0]), nil
			}
		}
		if p.program == nil {
			p.field = in.Field(p.at)
			p.column = p.field.Name
		}
		switch {
		case p.field.Type.ID() == arrow.BOOL:
			p.own = []string{"true", "false"}
		case codable(p.field.Type): // lists of codes have no code
			p.own = stage.CategoriesOf(p.field)
		}
		p.field = arrow.Field{Name: p.name, Type: p.field.Type, Nullable: true}
		out[i] = p
	}
	return out, errors.Join(append(errs, c.crosswalks(out))...)
}

// crosswalks gives each input its mapping of categories, and checks it.
func (c Config) crosswalks(inputs []input) error {
	var errs []error
	var all []string // categories of all inputs
	certain := true  // that these are all there are
	for i := range inputs {
		p := &inputs[i]
		certain = certain && (p.own != nil || !p.absent && !codable(p.field.Type))
		all = append(all, p.own...)
		if p.absent {
			continue
		}
		special, _ := c.CrosswalkOf.Get(p.name)
		if len(special) > 0 && !codable(p.field.Type) {
			errs = append(errs, wrong(fmt.Sprintf("the input `%s` has no categories: it is %s", p.name, p.field.Type), "remove its crosswalk", "crosswalk_of", p.name))
			continue
		}
		for _, e := range special {
			if p.own != nil && !slices.Contains(p.own, e.Key) {
				errs = append(errs, wrong(fmt.Sprintf("the input `%s` has no category `%s`", p.name, e.Key), suggest.Hint(e.Key, p.own), "crosswalk_of", p.name, e.Key))
			}
		}
		general := c.Crosswalk
		if !columns.IsText(p.field.Type) && c.Method != byVote { // a number stays one
			general = nil
		}
		if codable(p.field.Type) && len(special)+len(general) > 0 {
			p.walk = map[string]string{}
			for _, e := range slices.Concat(general, special) {
				p.walk[e.Key] = e.Value
			}
			p.field.Type = arrow.BinaryTypes.String
		}
		for _, own := range p.own {
			if code := p.mapped(own); !slices.Contains(p.known, code) {
				p.known = append(p.known, code)
			}
		}
	}
	for _, e := range c.Crosswalk {
		if certain && !slices.Contains(all, e.Key) {
			errs = append(errs, wrong(fmt.Sprintf("no input has the category `%s`", e.Key), suggest.Hint(e.Key, all), "crosswalk", e.Key))
		}
	}
	return errors.Join(errs...)
}

func (p input) mapped(code string) string {
	if other, ok := p.walk[code]; ok {
		return other
	}
	return code
}

// codable reports whether values of the type can be codes: text, yes and no,
// whole numbers.
func codable(t arrow.DataType) bool {
	return columns.IsText(t) || t.ID() == arrow.BOOL || t.ID() == arrow.NULL || arrow.IsInteger(t.ID())
}

// arrays are the values of the inputs in a batch, after crosswalks. The caller
// releases them.
func arrays(mem memory.Allocator, inputs []input, rec arrow.Record) (out []arrow.Array, err error) {
	defer func() {
		if err != nil {
			columns.Release(out)
			out = nil
		}
	}()
	for _, p := range inputs {
		var a arrow.Array
		switch {
		case p.absent:
			a = array.NewNull(int(rec.NumRows()))
		case p.program == nil:
			a = rec.Column(p.at)
			a.Retain()
		default:
			if a, _, err = p.program.Array(mem, rec); err != nil {
				return out, fmt.Errorf("the input `%s`: %w", p.name, err)
			}
		}
		if p.walk != nil {
			coded := p.translate(mem, a)
			a.Release()
			a = coded
		}
		out = append(out, a)
	}
	return out, nil
}

// translate applies the crosswalk to a column. Blank text stays as it is.
func (p input) translate(mem memory.Allocator, a arrow.Array) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	code := codes(a)
	text, isText := columns.Text(a)
	for row := range a.Len() {
		switch v, ok := code(row); {
		case ok:
			b.Append(p.mapped(v))
		case isText && !text.IsNull(row):
			b.Append(text.At(row))
		default:
			b.AppendNull()
		}
	}
	return b.NewArray()
}

// codes gives the codes of a column: false where there is none, or blank text.
func codes(a arrow.Array) func(row int) (string, bool) {
	if text, ok := columns.Text(a); ok {
		return func(row int) (string, bool) {
			if text.IsNull(row) || strings.TrimSpace(text.At(row)) == "" {
				return "", false
			}
			return text.At(row), true
		}
	}
	if a.DataType().ID() == arrow.NULL {
		return func(int) (string, bool) { return "", false }
	}
	return func(row int) (string, bool) { return columns.Format(a, row), a.IsValid(row) }
}
