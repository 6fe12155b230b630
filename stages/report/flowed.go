package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"icono/internal/stage"
)

// stages tells what ran, and where rows came and went.
func (m *composer) stages() *stageTable {
	if len(m.facts.Stages) == 0 {
		return nil
	}
	t := &stageTable{Caption: m.table(say("Rows through the stages, as the run counted them. In each stage, In + Added = Out + Dropped; what a stage reads counts as added."))}
	balanced := true
	for _, s := range m.facts.Stages {
		added, dropped, faults := sum(s.Added), sum(s.Dropped), sum(s.Faults)
		r := stageRow{ID: s.ID, Kind: s.Kind, In: grouped(s.In), Added: grouped(added), Dropped: grouped(dropped), Out: grouped(s.Out), Faults: grouped(faults)}
		if r.Source = s.In == 0 && added == 0 && dropped == 0; r.Source {
			r.In, r.Added, r.Dropped = "", "", ""
		}
		r.Balanced = r.Source || s.In+added == dropped+s.Out
		balanced = balanced && r.Balanced
		for _, c := range s.Dropped {
			r.Reasons = append(r.Reasons, quoted(fmt.Sprintf("%s dropped: %s", grouped(c.N), c.Name)))
		}
		for _, c := range s.Added {
			r.Reasons = append(r.Reasons, quoted(fmt.Sprintf("%s added: %s", grouped(c.N), c.Name)))
		}
		for _, c := range s.Counted {
			r.Reasons = append(r.Reasons, quoted(fmt.Sprintf("%s: %s", c.Name, grouped(c.N))))
		}
		t.Rows = append(t.Rows, r)
		for _, f := range s.Facts {
			if f.Name == "model" && f.Value == byHand {
				f.Name, f.Value = "coded by", "people (stated as the model "+byHand+")"
			}
			t.Stated = append(t.Stated, statedFact{s.ID, f.Name, f.Value, hash(f.Value)})
		}
	}
	switch {
	case balanced:
		t.Balanced = say("Every row is accounted for.")
	case m.facts.Partial:
		t.Balanced = say("The run ended early: rows that were on their way are not accounted for.")
	default:
		t.Balanced = say("Not every row is accounted for. This is a fault of the program; please report it.")
	}
	if len(t.Stated) > 0 {
		t.Facts = m.table(say("What the stages state about their run."))
	}
	return t
}

// hash reports whether a value is a long number in hexadecimal.
func hash(value string) bool {
	value = strings.TrimPrefix(value, "sha256:")
	return len(value) >= 32 && strings.Trim(value, "0123456789abcdef") == ""
}

func sum(counts []stage.Count) int64 {
	var total int64
	for _, c := range counts {
		total += c.N
	}
	return total
}

// meanings of statuses, in words.
func meaning(status string) string {
	switch stage.Status(status) {
	case stage.OK:
		return "done"
	case stage.Missing:
		return "there is no picture or file"
	case stage.Unreadable:
		return "there is a file, but it cannot be read as a picture"
	case stage.Refused:
		return "the model declined to answer"
	case stage.Truncated:
		return "the answer was cut off"
	case stage.Invalid:
		return "the answer does not fit the codebook"
	case stage.Failed:
		return "the request failed after all retries"
	case stage.Skipped:
		return "not attempted"
	case "":
		return "the row has no status"
	}
	return ""
}

// faults tells what went wrong with rows of the table. It is nil where no
// stage says how its rows went.
func (m *composer) faults() *faultSection {
	if len(m.all.faults) == 0 && len(m.elsewhere()) == 0 {
		return nil
	}
	s := &faultSection{}
	if m.all.rows > 0 && len(m.all.faults) > 0 {
		s.Caption = m.table(say("Rows of the table by how they went in each stage."))
	}
	for _, f := range m.all.faults {
		for _, status := range statuses(f.counts) {
			n := f.counts[status]
			s.Rows = append(s.Rows, faultRow{f.stage, status, meaning(status), n, percent(n, m.all.rows)})
			if status == string(stage.OK) {
				continue
			}
			rows := f.examples[status].sorted()
			shown := "All " + plural(n, "row", "rows")
			if n == 1 {
				shown = "The one row"
			} else if int64(len(rows)) < n {
				shown = fmt.Sprintf("The first %d of %s", len(rows), plural(n, "row", "rows"))
			}
			s.Lists = append(s.Lists, faultList{m.table(say(shown+" that the stage ", f.stage, " gave the status ", status, ".")), reasons(rows)})
		}
	}
	s.Elsewhere = m.elsewhere()
	if len(s.Lists) == 0 {
		s.Note = "No row of the table has a fault."
	}
	return s
}

// elsewhere tells of stages whose faults are not all in the table: on_fault can
// have taken the rows out, or a stage after them.
func (m *composer) elsewhere() []prose {
	var out []prose
	for _, s := range m.facts.Stages {
		here := map[string]int64{}
		for _, f := range m.all.faults {
			if f.stage == s.ID {
				here = f.counts
			}
		}
		var parts []string
		for _, f := range s.Faults {
			if here[f.Name] != f.N {
				parts = append(parts, fmt.Sprintf("%s %s, of which %s in the table", grouped(f.N), f.Name, grouped(here[f.Name])))
			}
		}
		if parts != nil {
			out = append(out, say("The run counted faults of the stage ", s.ID, ": "+strings.Join(parts, "; ")+"."))
		}
	}
	return out
}

// statuses lists those that occur, in the order of stage.Statuses, others last.
func statuses(counts map[string]int64) []string {
	var out []string
	for _, s := range stage.Statuses() {
		if counts[string(s)] > 0 {
			out = append(out, string(s))
		}
	}
	for _, s := range slices.Sorted(maps.Keys(counts)) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// reasons gives the keys of rows with the errors of their status.
func reasons(rows []*row) []field {
	out := make([]field, len(rows))
	for i, r := range rows {
		out[i] = field{r.key, r.fault}
	}
	return out
}
