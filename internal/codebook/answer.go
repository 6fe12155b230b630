package codebook

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"icono/internal/suggest"
)

// Coding is an item's values by a codebook.
type Coding struct {
	// Values are those of Columns, in order: string, bool, int64, float64 or
	// []string; nil where there is none.
	Values []any
	// Mended counts codes that were written with other case, spaces or accents.
	Mended int
	// Notes say what was passed over, such as values that nobody asked for.
	Notes []string
}

// Invalid is an answer that does not fit the codebook.
type Invalid struct {
	// Faults are all that is wrong, in words for the model.
	Faults []string
}

// Error gives the faults, one a line where there are several.
func (e *Invalid) Error() string {
	if len(e.Faults) == 1 {
		return e.Faults[0]
	}
	return "- " + strings.Join(e.Faults, "\n- ")
}

// Validate reads a model's answer: one JSON object, found as Extract does, with
// every variable, each of its type and within its codes or range. The error is
// an *Invalid. Values that differ from a code only in case, spaces or accents
// are taken for it; nothing else is guessed.
//
// A variable whose condition does not hold has null, or its code for `not
// applicable`: where it has such a code, the value is that.
func (c *Codebook) Validate(answer []byte) (Coding, error) {
	raw, err := Extract(answer)
	if err != nil {
		return Coding{}, &Invalid{[]string{err.Error()}}
	}
	v, err := read(raw)
	if err != nil {
		return Coding{}, &Invalid{[]string{err.Error()}}
	}
	r := reader{book: c, coding: Coding{Values: make([]any, len(c.columns))}, bad: make([]bool, len(c.columns))}
	r.object(c.root, v, "")
	r.conditions()
	if len(r.faults) > 0 {
		return Coding{}, &Invalid{r.faults}
	}
	return r.coding, nil
}

// reader reads one answer.
type reader struct {
	book   *Codebook
	coding Coding
	bad    []bool // columns that have a fault
	faults []string
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

func (r *reader) object(g *group, v value, path string) {
	for _, name := range v.twice {
		r.fault("`%s%s` stands more than once in the answer", path, shortened(name))
	}
	known := map[string]bool{}
	for _, m := range g.members {
		known[m.name] = true
		member, has := v.get(m.name)
		switch {
		case !has:
			r.spoil(m)
			r.missing(m, v, path)
		case len(m.members) == 0:
			var ok bool
			if r.coding.Values[m.column], ok = r.value(m.column, member); !ok {
				r.bad[m.column] = true
			}
		case member.form != object:
			r.spoil(m)
			r.fault("`%s%s` must be an object with %s, not %s", path, m.name, listed(quoted(m.names()), "and"), member.describe())
		default:
			r.object(m, member, path+m.name+".")
		}
	}
	for _, m := range g.members {
		if slices.Contains(v.twice, m.name) {
			r.spoil(m)
		}
	}
	for _, name := range v.names {
		if !known[name] {
			r.coding.Notes = append(r.coding.Notes, fmt.Sprintf("`%s%s` is no part of the codebook", path, shortened(name)))
		}
	}
}

func (g *group) names() []string {
	var out []string
	for _, m := range g.members {
		out = append(out, m.name)
	}
	return out
}

// spoil marks all values of a member as faulty.
func (r *reader) spoil(m *group) {
	if len(m.members) == 0 {
		r.bad[m.column] = true
	}
	for _, below := range m.members {
		r.spoil(below)
	}
}

func (r *reader) missing(m *group, v value, path string) {
	hint := ""
	for _, name := range v.names {
		if fold(name) == fold(m.name) {
			hint = fmt.Sprintf("; `%s` must be written `%s`", name, m.name)
		}
	}
	want := "an object with " + listed(quoted(m.names()), "and")
	if len(m.members) == 0 {
		want = r.book.wanted(m.column)
	}
	r.fault("`%s%s` is missing: it must be %s%s", path, m.name, want, hint)
}

// value reads the value of a column. null is judged with the conditions.
func (r *reader) value(at int, v value) (any, bool) {
	col := r.book.columns[at]
	variable := &r.book.Variables[col.Variable]
	if v.form == null {
		return nil, true
	}
	switch {
	case col.Explanation || variable.Type == Text:
		if v.form == text {
			return v.text, true
		}
	case variable.Type == Boolean:
		if v.form == boolean {
			return v.text == "true", true
		}
	case variable.Type == Categorical:
		if v.form == text {
			return r.code(at, variable, v.text)
		}
	case variable.Type == Multi:
		if v.form == list {
			return r.several(at, variable, v.items)
		}
	case v.form == number:
		return r.number(at, variable, v)
	}
	hint := ""
	if _, err := strconv.ParseFloat(v.text, 64); v.form == text && err == nil && (variable.Type == Integer || variable.Type == Number) {
		hint = "; write the number without quotes"
	} else if v.form == text && variable.Type == Boolean {
		hint = "; write true or false without quotes"
	}
	r.fault("`%s` is %s, and must be %s%s", r.book.answerName(at), v.describe(), r.book.wanted(at), hint)
	return nil, false
}

func (r *reader) code(at int, v *Variable, word string) (any, bool) {
	names := v.Codes()
	for _, name := range names {
		if name == word {
			return name, true
		}
	}
	for _, name := range names {
		if fold(name) == fold(word) {
			r.coding.Mended++
			return name, true
		}
	}
	hint := ""
	if near := suggest.Nearest(word, names); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	r.fault("`%s` has %q, which is no code of it: it must be %s%s", r.book.answerName(at), shortened(word), r.book.wanted(at), hint)
	return nil, false
}

// several reads a list of codes. Codes come in the codebook's order, each once.
func (r *reader) several(at int, v *Variable, items []value) (any, bool) {
	has, good := map[string]bool{}, true
	for _, item := range items {
		if item.form != text {
			r.fault("`%s` holds %s, and must hold codes only: %s", r.book.answerName(at), item.describe(), r.book.wanted(at))
			good = false
			continue
		}
		code, ok := r.code(at, v, item.text)
		if !ok {
			good = false
			continue
		}
		if has[code.(string)] {
			r.coding.Notes = append(r.coding.Notes, fmt.Sprintf("`%s` has %q more than once", r.book.answerName(at), code))
		}
		has[code.(string)] = true
	}
	out := []string{}
	for _, name := range v.Codes() {
		if has[name] {
			out = append(out, name)
		}
	}
	for _, alone := range []string{v.NotApplicable, v.Unclear} {
		if good && alone != "" && has[alone] && len(out) > 1 {
			r.fault("`%s` has %q beside other codes, and it can only stand alone", r.book.answerName(at), alone)
			return nil, false
		}
	}
	return out, good
}

func (r *reader) number(at int, v *Variable, given value) (any, bool) {
	x, err := strconv.ParseFloat(given.text, 64)
	n, exact := wholeNumber(given.text, x)
	low, high := v.Min != nil && x < *v.Min, v.Max != nil && x > *v.Max
	if err != nil || low || high || v.Type == Integer && !exact {
		r.fault("`%s` is %s, and must be %s", r.book.answerName(at), shortened(given.text), r.book.wanted(at))
		return nil, false
	}
	if v.Type == Integer {
		return n, true
	}
	return x, true
}

// wholeNumber reads an integer; 3.0 and 3e0 are written otherwise and mean 3.
func wholeNumber(s string, x float64) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	return int64(x), x == math.Trunc(x) && math.Abs(x) <= 1<<53
}
