package report

import (
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
)

// mergedColumn is a code that was merged from inputs. Indices are -1 where there is
// no such column.
type mergedColumn struct {
	stage          string
	code           int
	inputs         []mergedInput
	agreed         int // names of the inputs with the same code
	decided        int // votes, or the rule
	status, reason int
}

// mergedInput is one of the inputs; at is -1 for one that is computed.
type mergedInput struct {
	stage.Input
	at    int
	coded bool // it has categories of the code, so that it can agree
}

// mergedColumns are the codes that were merged.
func mergedColumns(s *arrow.Schema) []mergedColumn {
	var out []mergedColumn
	for i, f := range s.Fields() {
		inputs := stage.InputsOf(f)
		if len(inputs) == 0 || stage.RoleOf(f) != stage.Code {
			continue
		}
		id := stage.AddedBy(f)
		m := mergedColumn{stage: id, code: i, agreed: stage.FindAdded(s, stage.Agreed, id), decided: stage.FindAdded(s, stage.Phrase, id),
			status: stage.FindAdded(s, stage.StatusRole, id), reason: stage.FindAdded(s, stage.ErrorText, id)}
		for _, in := range inputs {
			at := -1
			if in.Column != "" {
				at = columns.Index(s, in.Column)
			}
			coded := false
			if at >= 0 {
				theirs := stage.CategoriesOf(s.Field(at))
				about := stage.DocumentationOf(f)
				coded = slices.ContainsFunc(stage.CategoriesOf(f), func(c string) bool {
					what, _ := about.Meaning(c)
					return !what.Residual && slices.Contains(theirs, c)
				})
			}
			m.inputs = append(m.inputs, mergedInput{in, at, coded})
		}
		out = append(out, m)
	}
	return out
}

// step is one input on the way to a merged code.
type step struct {
	Name, Value string
	Null        bool // it has no value
	Computed    bool // by an expression, which Value is then
	Agreed      bool
}

// way is how a merged code came about.
type way struct {
	Steps   []step
	Decided string // the votes, or the rule
	Code    string
	Reason  string // why there is no code
}

// way copies how the merged code of a stage came about for the row, nil where the
// stage merges nothing.
func (b *batch) way(id string) *way {
	at := slices.IndexFunc(b.merged, func(m mergedColumn) bool { return m.stage == id })
	if at < 0 {
		return nil
	}
	m := b.merged[at]
	w := &way{Code: b.value(m.code)}
	agreed := b.agreed(m)
	for _, in := range m.inputs {
		s := step{Name: in.Name, Agreed: slices.Contains(agreed, in.Name)}
		switch {
		case in.at < 0:
			s.Computed, s.Value = true, clip(in.Expression, maxValue)
		case b.null(in.at):
			s.Null = true
		default:
			s.Value = b.value(in.at)
		}
		w.Steps = append(w.Steps, s)
	}
	if m.decided >= 0 {
		w.Decided = copied(clip(b.format(m.decided), maxValue))
	}
	if w.Code == "" && m.reason >= 0 {
		w.Reason = copied(clip(b.format(m.reason), maxValue))
	}
	return w
}

// agreed are the names of the inputs that have the row's merged code.
func (b *batch) agreed(m mergedColumn) []string {
	if m.agreed < 0 || b.null(m.agreed) {
		return nil
	}
	return strings.Split(b.format(m.agreed), "; ")
}

// accord counts how often an input has the merged code.
type accord struct {
	mergedColumn
	both, same []int64 // rows with a value of the input and a code, and with the same
}

// agree counts the row.
func (b *batch) agree(a *accord) {
	if a.agreed < 0 || b.null(a.code) {
		return
	}
	agreed := b.agreed(a.mergedColumn)
	for i, in := range a.inputs {
		if in.at < 0 && !slices.Contains(agreed, in.Name) || in.at >= 0 && b.null(in.at) {
			continue
		}
		a.both[i]++
		if slices.Contains(agreed, in.Name) {
			a.same[i]++
		}
	}
}

func newAccord(m mergedColumn) *accord {
	return &accord{m, make([]int64, len(m.inputs)), make([]int64, len(m.inputs))}
}

// accordRow is one input in the table of agreement.
type accordRow struct {
	Name, From string
	Both, Same int64
	Share      string
}

// accordTable says how often inputs have the merged code.
type accordTable struct {
	Caption caption
	Rows    []accordRow
}

// accorded is the table of the inputs of a merged variable, nil where it is none or
// no input can agree.
func (m *composer) accorded(v *variable) *accordTable {
	for _, a := range m.all.accords {
		if a.code != v.codeColumn.code || a.agreed < 0 {
			continue
		}
		t := &accordTable{}
		for i, in := range a.inputs {
			if !in.coded && a.same[i] == 0 {
				continue // its values are of another kind
			}
			from := "column " + in.Column
			if in.at < 0 {
				from = in.Expression
			}
			t.Rows = append(t.Rows, accordRow{in.Name, from, a.both[i], a.same[i], share100(float64(a.same[i]) / float64(max(1, a.both[i])))})
		}
		if len(t.Rows) == 0 {
			return nil
		}
		t.Caption = m.table(say("How often inputs have the code that was merged to ", v.name, ". That inputs agree does not make the code right."))
		return t
	}
	return nil
}
