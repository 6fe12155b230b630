package selection

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/stage"
	"icono/internal/suggest"
)

// layout is how the columns of the output are made from those of the input.
type layout struct {
	derive []derived
	pick   []int // of the columns of the input and the derived ones
	schema *arrow.Schema
}

// derived is one computed column.
type derived struct {
	name    string
	program *expression.Program
	schema  *arrow.Schema // with this column and those before
}

// planner collects everything that is wrong.
type planner struct {
	selection
	layout
	in   *arrow.Schema
	all  *arrow.Schema // of the input, with the derived columns
	errs []error
}

func (s selection) plan(in *arrow.Schema) (*layout, error) {
	p := planner{selection: s, in: in, all: in}
	p.compute()
	p.choose()
	p.name()
	return &p.layout, errors.Join(p.errs...)
}

func (p *planner) fail(message, hint string, path ...string) {
	p.errs = append(p.errs, &stage.OptionError{Path: path, Message: message, Hint: hint})
}

// compute compiles the derived columns.
func (p *planner) compute() {
	var failed []string
	for _, d := range p.config.Derive {
		if columns.Index(p.all, d.Key) >= 0 {
			from := "exists already"
			if by := stage.AddedBy(p.all.Field(columns.Index(p.all, d.Key))); by != "" {
				from += ": it comes from the stage `" + by + "`"
			}
			p.fail(fmt.Sprintf("the column `%s` %s", d.Key, from), "give the derived column another name", "derive", d.Key)
			continue
		}
		program, err := expression.Compile(string(d.Value), p.all, expression.Any)
		if err != nil {
			failed = append(failed, d.Key)
			if slices.ContainsFunc(failed[:len(failed)-1], func(name string) bool { return strings.Contains(string(d.Value), name) }) {
				continue // it may be right once the others are
			}
			p.errs = append(p.errs, expression.OptionError([]string{"derive", d.Key}, err))
			continue
		}
		f := stage.Mark(arrow.Field{Name: d.Key, Type: program.Type(), Nullable: true}, "", p.id)
		p.all = columns.AppendFields(p.all, f)
		p.derive = append(p.derive, derived{d.Key, program, p.all})
	}
}

// choose finds the columns that stay.
func (p *planner) choose() {
	key := stage.Find(p.in, stage.Key)
	switch {
	case len(p.config.Keep) > 0:
		for i, name := range p.config.Keep {
			if at := p.find(name, "keep", i); at < 0 {
				continue
			} else if slices.Contains(p.pick, at) {
				p.fail(fmt.Sprintf("the column `%s` is listed twice", name), "remove one", "keep", strconv.Itoa(i))
			} else {
				p.pick = append(p.pick, at)
			}
		}
		for at := p.in.NumFields(); at < p.all.NumFields(); at++ {
			if !slices.Contains(p.pick, at) {
				p.pick = append(p.pick, at)
			}
		}
		if key >= 0 && !slices.Contains(p.pick, key) {
			p.fail(fmt.Sprintf("the key `%s` is not among the columns to keep", p.in.Field(key).Name), "add it: it identifies the rows", "keep")
		}
	default:
		var gone []int
		for i, name := range p.config.Drop {
			at := p.find(name, "drop", i)
			if at >= 0 && at == key {
				p.fail(fmt.Sprintf("`%s` is the key and cannot be dropped", name), "it identifies the rows; drop it when the study is done", "drop", strconv.Itoa(i))
			}
			gone = append(gone, at)
		}
		for at := range p.all.NumFields() {
			if !slices.Contains(gone, at) {
				p.pick = append(p.pick, at)
			}
		}
	}
}

// find returns the index of a column that an option names, or -1.
func (p *planner) find(name, option string, i int) int {
	at := columns.Index(p.all, name)
	if at >= 0 || p.derives(name) {
		return at
	}
	hint := suggest.Hint(name, columns.Names(p.all))
	for _, r := range p.config.Rename {
		if r.Value == name {
			hint = fmt.Sprintf("columns are renamed last: here it is still `%s`", r.Key)
		}
	}
	p.fail(fmt.Sprintf("there is no column `%s`", name), hint, option, strconv.Itoa(i))
	return -1
}

// derives reports whether the configuration derives a column of that name,
// rightly or wrongly.
func (p *planner) derives(name string) bool {
	_, ok := p.config.Derive.Get(name)
	return ok
}

// name renames the columns that stay.
func (p *planner) name() {
	fields := make([]arrow.Field, len(p.pick))
	for i, at := range p.pick {
		fields[i] = p.all.Field(at)
	}
	for _, r := range p.config.Rename {
		at := columns.Index(p.all, r.Key)
		i := slices.Index(p.pick, at)
		switch {
		case at < 0 && p.derives(r.Key):
		case at < 0:
			p.fail(fmt.Sprintf("there is no column `%s`", r.Key), suggest.Hint(r.Key, columns.Names(p.all)), "rename", r.Key)
		case i < 0:
			p.fail(fmt.Sprintf("the column `%s` is renamed, but it does not stay", r.Key), "remove the line, or keep the column", "rename", r.Key)
		case r.Value == "":
			p.fail("a column needs a name", "", "rename", r.Key)
		default:
			fields[i].Name = r.Value
		}
	}
	for i, f := range fields {
		twin := slices.IndexFunc(fields[:i], func(g arrow.Field) bool { return g.Name == f.Name })
		if twin < 0 {
			continue
		}
		a, b := p.all.Field(p.pick[twin]).Name, p.all.Field(p.pick[i]).Name
		for _, r := range p.config.Rename {
			if r.Key == b || r.Key == a {
				p.fail(fmt.Sprintf("two columns would be named `%s`: `%s` and `%s`", f.Name, a, b), "choose another name", "rename", r.Key)
				break
			}
		}
	}
	meta := p.in.Metadata()
	p.schema = arrow.NewSchema(fields, &meta)
}
