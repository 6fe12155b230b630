package codebook

import (
	"fmt"
	"strings"
)

// conditions checks which values are null, by the conditions of the variables.
func (r *reader) conditions() {
	c := r.book
	for at, col := range c.columns {
		asked := true
		if w := c.conditions[col.Variable]; w != nil {
			unknown := r.bad[at]
			for _, read := range w.reads {
				unknown = unknown || r.bad[read]
			}
			if unknown {
				continue // its fault is another's
			}
			var err error
			if asked, err = w.holds(r.coding.Values); err != nil {
				r.fault("whether `%s` is coded cannot be said: %s", c.Variables[col.Variable].Name, err)
				continue
			}
		}
		r.nullness(at, asked)
	}
}

func (r *reader) nullness(at int, asked bool) {
	col, given := r.book.columns[at], r.coding.Values[at]
	v := &r.book.Variables[col.Variable]
	switch {
	case asked && given == nil && !r.bad[at]:
		r.fault("`%s` is null, and must be %s", r.book.answerName(at), r.book.wanted(at))
		r.bad[at] = true
	case asked || col.Explanation:
	case given != nil && !v.absent(given):
		or := ""
		if v.NotApplicable != "" {
			or = fmt.Sprintf(" or %q", v.NotApplicable)
		}
		r.fault("`%s` must be null%s here, since it is coded only if %s", r.book.answerName(at), or, strings.TrimSpace(string(v.When)))
		r.bad[at] = true
	case v.NotApplicable == "":
		r.coding.Values[at] = nil
	case v.Type == Multi:
		r.coding.Values[at] = []string{v.NotApplicable}
	default:
		r.coding.Values[at] = v.NotApplicable
	}
}

// absent reports whether a value is the code for what is not applicable.
func (v *Variable) absent(given any) bool {
	switch given := given.(type) {
	case string:
		return v.Type == Categorical && given == v.NotApplicable
	case []string:
		return len(given) == 0 || len(given) == 1 && given[0] == v.NotApplicable
	}
	return false
}

// answerName is where a column's value stands in an answer.
func (c *Codebook) answerName(at int) string { return strings.Join(c.columns[at].path, ".") }
