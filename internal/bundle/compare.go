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
		if a.Kind == "load" || a.Key < 0 || b.Key < 0 {
			continue
		}
		twin := twins(study.Plan, a, b, names)
		for _, c := range a.Made() {
			f := a.Out.Field(c)
			other := b.Column(names.Text(f.Name))
			if other < 0 || !compared(stage.RoleOf(f)) {
				continue
			}
			for _, row := range a.Rows {
				found := b.Find(Row(study.Plan, names, a.ID, row.Key))
				if len(found) != 1 {
					continue // Parted has told
				}
				n++
				x, y := row.Values[c], found[0].Values[other]
				from, is := hidden[a.ID][f.Name]
				if is && x.Null == y.Null && from.hidden(names, x.Text) == y.Text {
					continue
				}
				if x.Null != y.Null || !same(x.Text, y.Text, names) && !(parted && !is && pseudonym.Stands(y.Text)) {
					text := fmt.Sprintf("%s, row %s, %s: %s in the study, %s in the bundle", a.ID, row.Key, f.Name, shown(x), shown(y))
					if other := twin(found[0].Key); other != "" {
						text += "; with pseudonyms row " + other + alike
					}
					differences = append(differences, text)
				}
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
