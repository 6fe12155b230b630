package report

import (
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
)

// answerColumn is a variable that a stage has coded, with what stands beside
// its value. Indices are -1 where there is no such column.
type answerColumn struct {
	name, stage                   string
	value, explanation, agreement int
}

// answer is what a coder said about one variable of a row. Agreement words the
// share of several codings that have the value, if not all do.
type answer struct{ Name, Value, Agreement, Explanation string }

func newCodeColumn(s *arrow.Schema, at int) codeColumn {
	f := s.Field(at)
	_, multiple := f.Type.(arrow.ListLikeType)
	c := codeColumn{name: f.Name, variable: stage.VariableOf(f), code: at, phrase: -1, probability: -1, agreement: -1, categories: stage.CategoriesOf(f), multiple: multiple, means: stage.DocumentationOf(f)}
	if f.Type.ID() == arrow.BOOL {
		c.categories = []string{"true", "false"}
	}
	if stage.RoleOf(f) == "" && assigned(f) {
		if c.form = numbers; columns.IsText(f.Type) || multiple {
			c.form = writing
		}
	} else if stage.RoleOf(f) != stage.Code {
		return c
	}
	c.stage = stage.AddedBy(f)
	c.agreement = beside(s, at, stage.Agreement)
	// A stage can add several codes: phrase and probability follow theirs.
	for i, g := range s.Fields()[at+1:] {
		if stage.AddedBy(g) != c.stage {
			continue
		}
		switch role := stage.RoleOf(g); {
		case role == stage.Code:
			return c
		case role == stage.Phrase && c.phrase < 0 && columns.IsText(g.Type):
			c.phrase = at + 1 + i
		case role == stage.Probability && c.probability < 0 && arrow.IsFloating(g.Type.ID()):
			c.probability = at + 1 + i
		}
	}
	return c
}

// beside returns the index of the column with the role that belongs to the same
// variable as the one at an index, or -1.
func beside(s *arrow.Schema, at int, role stage.Role) int {
	f := s.Field(at)
	if stage.VariableOf(f) == "" {
		return -1
	}
	for i, g := range s.Fields() {
		if stage.RoleOf(g) == role && stage.VariableOf(g) == stage.VariableOf(f) && stage.AddedBy(g) == stage.AddedBy(f) {
			return i
		}
	}
	return -1
}

// answerColumns returns the variables of the stages that say more of a row than
// one code.
func answerColumns(s *arrow.Schema) []answerColumn {
	var all, out []answerColumn
	said := map[string]int{}
	for i, f := range s.Fields() {
		if !assigned(f) || stage.VariableOf(f) == "" {
			continue
		}
		c := answerColumn{f.Name, stage.AddedBy(f), i, beside(s, i, stage.Explanation), beside(s, i, stage.Agreement)}
		said[c.stage]++
		if c.explanation >= 0 || c.agreement >= 0 {
			said[c.stage]++
		}
		all = append(all, c)
	}
	for _, c := range all {
		if said[c.stage] > 1 {
			out = append(out, c)
		}
	}
	return out
}

// answers copies what a stage said about the row; what all stages said where
// none is named.
func (b *batch) answers(id string) []answer {
	var out []answer
	for _, c := range b.layout.answers {
		if id == "" || id == c.stage {
			out = append(out, b.answer(c))
		}
	}
	return out
}

func (b *batch) answer(c answerColumn) answer {
	a := answer{Name: c.name, Value: b.value(c.value)}
	if c.explanation >= 0 {
		a.Explanation = copied(clip(b.format(c.explanation), maxValue))
	}
	if share := b.number(c.agreement); share >= 0 && share < 1 {
		a.Agreement = share100(share) + " of codings"
		if a.Value == "" && share <= 0.5 {
			a.Value = "no majority"
		}
	}
	return a
}

// value copies a cell as people read it; "" of none.
func (b *batch) value(at int) string {
	if b.null(at) {
		return ""
	}
	list, ok := columns.Value(b.rec.Column(at), b.i).([]any)
	if !ok {
		return copied(clip(b.format(at), maxValue))
	}
	var words []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			words = append(words, s)
		}
	}
	if len(words) == 0 {
		return "none of the codes"
	}
	return copied(clip(strings.Join(words, "; "), maxValue))
}
