package bundle

import (
	"fmt"
	"slices"
	"strings"

	"icono/internal/answers"
	"icono/internal/pipeline"
	"icono/internal/pseudonym"
	"icono/internal/stage"
	"icono/internal/trace"
)

// Parted names the first stage of the study whose rows are not those of the bundle, ""
// where all are the same. Only stages of the kinds are looked at, all where none is
// named.
func Parted(study, shared *trace.Run, names *pseudonym.Names, kinds ...string) string {
	for _, at := range study.Plan.Order {
		s := study.Stages[at]
		if len(kinds) > 0 && !slices.Contains(kinds, s.Kind) {
			continue
		}
		if !slices.Equal(rowsOf(study, s, names), keysOf(shared.Stages[at])) {
			return s.ID
		}
	}
	return ""
}

// rowsOf are the keys of a stage of the study as they are shared, sorted; of a table
// without keys it is as many empty ones.
func rowsOf(run *trace.Run, s *trace.Stage, names *pseudonym.Names) []string {
	out := make([]string, len(s.Rows))
	if s.Key >= 0 {
		for i, r := range s.Rows {
			out[i] = Row(run.Plan, names, s.ID, r.Key)
		}
		slices.Sort(out)
	}
	return out
}

func keysOf(s *trace.Stage) []string {
	out := make([]string, len(s.Rows))
	for i, r := range s.Rows {
		out[i] = r.Key
	}
	slices.Sort(out)
	return out
}

// mostDifferences bounds how many are listed.
const mostDifferences = 10

// Compare compares what stages of the study and of the bundle found for each row: codes
// and their probabilities, states, texts. n is how many cells were compared. Nothing
// that a coder said may be lost by sharing. A name that was read in a picture can reach over
// several rows of a stage of kind unnest, and of those behind it: there a value may also
// have the pseudonym of such a name, or stand for a further word of it, unless it was
// computed from a column of names.
func Compare(study, shared *trace.Run, all []Column, names *pseudonym.Names) (n int, differences []string) {
	_, hidden := hidings(study.Plan, all)
	for _, at := range study.Plan.Order {
		a, b := study.Stages[at], shared.Stages[at]
		parted := unnested(study.Plan, study.Plan.Index(a.ID)) > 0
		if a.Kind == "load" || (a.Key < 0) != (b.Key < 0) {
			continue
		}
		cols := cells(a, b, hidden[a.ID], names)
		twin := twins(study.Plan, a, b, names)
		done := map[string]bool{}
		for _, row := range a.Rows {
			key := ""
			if a.Key >= 0 {
				key = Row(study.Plan, names, a.ID, row.Key)
			}
			if done[key] {
				continue
			}
			before, found := a.Find(row.Key), b.Find(key)
			if len(before) != 1 || len(found) != 1 {
				done[key] = true
				n += len(before) * len(cols)
				if text := unmatched(before, found, cols, names); text != "" {
					differences = append(differences, strings.TrimSuffix(a.ID+", rows "+row.Key, ", rows ")+": "+text)
				}
				continue
			}
			for _, c := range cols {
				n++
				x, y := row.Values[c.study], found[0].Values[c.shared]
				if c.fits(x, y, names) || x.Null == y.Null && parted && !c.hides && pseudonym.Stands(y.Text) {
					continue
				}
				text := fmt.Sprintf("%s, row %s, %s: %s in the study, %s in the bundle", a.ID, row.Key, c.name, shown(x), shown(y))
				if other := twin(found[0].Key); other != "" {
					text += "; with pseudonyms row " + other + alike
				}
				differences = append(differences, text)
			}
		}
	}
	if more := len(differences) - mostDifferences; more > 0 {
		differences = append(differences[:mostDifferences], fmt.Sprintf("and %d more", more))
	}
	return n, differences
}

// alike ends what is told of two rows that ask the same with pseudonyms.
const alike = " asks the same, and was answered otherwise"

// Alike reports whether a difference is one of rows that ask the same with pseudonyms.
func Alike(difference string) bool { return strings.HasSuffix(difference, alike) }

// twins finds, for a row of the bundle, another of the study that asks the same question
// with pseudonyms, and another one without; "" where there is none.
func twins(p *pipeline.Plan, a, b *trace.Stage, names *pseudonym.Names) func(row string) string {
	asked := map[answers.Key][]string{} // rows of the bundle
	for x := range b.Exchanges() {
		asked[x.Key()] = append(asked[x.Key()], x.Row)
	}
	for _, rows := range asked {
		slices.Sort(rows)
	}
	before := map[string]trace.Row{} // of each row of the bundle that of the study
	for _, r := range a.Rows {
		before[Row(p, names, a.ID, r.Key)] = r
	}
	questions := func(row string) (keys []answers.Key) {
		for _, x := range a.Heard(before[row].Key) {
			keys = append(keys, x.Key())
		}
		return keys
	}
	return func(row string) string {
		for _, x := range b.Heard(row) {
			for _, other := range asked[x.Key()] {
				if _, known := before[other]; known && other != row && !slices.Equal(questions(other), questions(row)) {
					return before[other].Key
				}
			}
		}
		return ""
	}
}

// compared reports whether a column must say in the bundle what it says in the study:
// all but keys, paths, and why a row could not be done, which names paths.
func compared(r stage.Role) bool {
	return !slices.Contains([]stage.Role{stage.Key, stage.Image, stage.ErrorText, stage.Words}, r)
}

// cell is a column of a stage of the study and of the bundle.
type cell struct {
	study, shared int
	name          string
	// hides is set where from says how its values are hidden.
	hides bool
	from  Column
}

// cells are the columns that are compared of a stage: those that it has made, all where
// nothing says which row of the study a row of the bundle is.
func cells(a, b *trace.Stage, hidden hiding, names *pseudonym.Names) (out []cell) {
	made := a.Made()
	if a.Key < 0 {
		made = nil
		for i := range a.Out.NumFields() {
			made = append(made, i)
		}
	}
	for _, c := range made {
		f := a.Out.Field(c)
		if at := b.Column(names.Text(f.Name)); at >= 0 && compared(stage.RoleOf(f)) {
			from, is := hidden[f.Name]
			out = append(out, cell{c, at, f.Name, is, from})
		}
	}
	return out
}

// fits reports whether a value of the bundle is the study's with names replaced.
func (c cell) fits(x, y trace.Value, names *pseudonym.Names) bool {
	return x.Null == y.Null && (c.hides && c.from.hidden(names, x.Text) == y.Text || same(x.Text, y.Text, names))
}

// same reports whether a value of the bundle is the study's with names replaced.
func same(study, shared string, names *pseudonym.Names) bool {
	return study == shared || strings.EqualFold(names.Cell(study), shared) || names.Of(study) == shared || names.Name(study) == shared
}

func shown(v trace.Value) string {
	if v.Null {
		return "nothing"
	}
	text := strings.Join(strings.Fields(v.Text), " ")
	if r := []rune(text); len(r) > 60 {
		text = string(r[:60]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
