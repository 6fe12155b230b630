package codebook

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/source"
	"icono/internal/suggest"
)

// condition says whether a variable is coded, by the values of others.
type condition struct {
	mutex   sync.Mutex // a program is not for concurrent use
	program *expression.Program
	fields  []arrow.Field
	reads   []int // the columns of fields
}

// holds evaluates the condition on the values of the codebook's columns. What is
// computed from a null is null, and does not hold.
func (w *condition) holds(values []any) (bool, error) {
	cols := make([]arrow.Array, len(w.reads))
	defer func() {
		for _, a := range cols {
			if a != nil {
				a.Release()
			}
		}
	}()
	for i, at := range w.reads {
		var err error
		if cols[i], err = columns.Build(memory.DefaultAllocator, w.fields[i], 1, func(int) any { return values[at] }); err != nil {
			return false, err
		}
	}
	rec := array.NewRecord(arrow.NewSchema(w.fields, nil), cols, 1)
	defer rec.Release()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	keep, valid, err := w.program.Bools(rec)
	if err != nil {
		return false, err
	}
	return keep[0] && valid[0], nil
}

// compile compiles the conditions of all variables.
func (p *parser) compile(c *Codebook) {
	c.conditions = make([]*condition, len(c.Variables))
	for i := range c.Variables {
		if at := p.places[i].when; at != nil && c.Variables[i].When != "" {
			c.conditions[i] = p.condition(c, i, at)
		}
	}
}

func (p *parser) condition(c *Codebook, i int, at *source.Node) *condition {
	text := underscored(string(c.Variables[i].When), c.Variables)
	all := c.valueFields(nil)
	program, err := expression.Compile(text, arrow.NewSchema(all, nil), expression.Boolean)
	if err != nil {
		p.wrong(c, i, at, err)
		return nil
	}
	good := true
	for _, name := range program.Columns() {
		col := slices.IndexFunc(c.columns, func(col Column) bool { return !col.Explanation && col.Name == name })
		if read := c.columns[col].Variable; read >= i {
			what, hint := "coded later", "ask only for earlier variables, or move this one below it"
			if read == i {
				what, hint = "what the condition belongs to", "ask for earlier variables"
			}
			p.list.Error("later", at.Span, fmt.Sprintf("the condition of `%s` asks for `%s`, which is %s", c.Variables[i].Name, c.Variables[read].Name, what), hint)
			good = false
		}
	}
	p.literals(c, i, at, program.Columns())
	if !good {
		return nil
	}
	if len(program.Columns()) == 0 {
		p.list.Warn("condition", at.Span, fmt.Sprintf("the condition of `%s` asks for no variable, so it is the same for every item", c.Variables[i].Name), "")
	}
	w := &condition{}
	w.fields = c.valueFields(program.Columns())
	for _, f := range w.fields {
		w.reads = append(w.reads, slices.IndexFunc(c.columns, func(col Column) bool { return col.Name == f.Name }))
	}
	if w.program, err = expression.Compile(text, arrow.NewSchema(w.fields, nil), expression.Boolean); err != nil {
		p.list.Error("condition", at.Span, err.Error(), "")
		return nil
	}
	return w
}

// wrong words the fault of a condition for somebody who thinks of variables.
func (p *parser) wrong(c *Codebook, i int, at *source.Node, err error) {
	var names []string
	for k := range c.Variables {
		names = append(names, c.Variables[k].Name)
	}
	for _, t := range tokens(string(c.Variables[i].When)) {
		first, _, grouped := strings.Cut(t.text, ".")
		if t.quote == 0 && grouped && !slices.Contains(names, t.text) && !slices.Contains(names, first) {
			p.list.Error("condition", at.Inner(t.start, t.start+len(t.text)), fmt.Sprintf("the condition of `%s`: there is no variable `%s`", c.Variables[i].Name, t.text), suggest.Hint(t.text, names))
			return
		}
	}
	e := expression.OptionError(nil, err)
	hint := strings.ReplaceAll(e.Hint, "column", "variable")
	if strings.HasPrefix(hint, "compare it") {
		hint = "compare it with something: `Dress == \"Formal\"`, `Persons > 1`"
	}
	p.list.Error("condition", at.Inner(e.Start, e.End), "the condition of `"+c.Variables[i].Name+"`: "+strings.ReplaceAll(e.Message, "column", "variable"), hint)
}

// valueFields returns the fields of values, without explanations: those with
// the names, or all for nil.
func (c *Codebook) valueFields(names []string) []arrow.Field {
	var out []arrow.Field
	for i, f := range c.Fields("", "") {
		if !c.columns[i].Explanation && (names == nil || slices.Contains(names, f.Name)) {
			out = append(out, f)
		}
	}
	return out
}

// literals refuses texts in a condition that are no code of the variables that
// it asks for, since they never occur. Conditions that do more than compare
// codes are not judged.
func (p *parser) literals(c *Codebook, i int, at *source.Node, columns []string) {
	var codes, asked []string
	for k, col := range c.columns {
		if !slices.Contains(columns, c.columns[k].Name) || col.Explanation {
			continue
		}
		v := &c.Variables[col.Variable]
		if v.Type == Text {
			return
		}
		if v.Type.coded() {
			codes, asked = append(codes, v.Codes()...), append(asked, v.Name)
		}
	}
	src := string(c.Variables[i].When)
	for _, word := range []string{"contains", "matches", "startsWith", "endsWith", "("} {
		if strings.Contains(src, word) || len(asked) == 0 {
			return
		}
	}
	for _, t := range tokens(src) {
		if t.quote == 0 || strings.ContainsRune(t.text, '\\') {
			continue
		}
		if word := t.text[1:max(1, len(t.text)-1)]; !slices.Contains(codes, word) {
			p.list.Error("not-a-code", at.Inner(t.start, t.start+len(t.text)), fmt.Sprintf("%q is no code of %s, so the condition of `%s` can never hold for it", word, listed(quoted(asked), "or"), c.Variables[i].Name), suggest.Hint(word, codes))
		}
	}
}
