package report

import (
	"fmt"
	"strings"

	"icono/internal/stage"
)

// summary words the run as a section on methods does.
func (m *composer) summary() []prose {
	c := m.all
	if c.rows == 0 {
		return []prose{say("The table holds no rows: nothing reached this report.")}
	}
	first := say("The table holds ", "", plural(c.rows, "row", "rows"))
	if c.key >= 0 {
		first = append(first, say(", identified by ", c.schema.Field(c.key).Name)...)
	}
	first = append(append(first, m.source()...), word{Text: ". "})
	first = append(first, m.selection()...)
	out := []prose{first}
	said := map[string]bool{}
	for _, v := range c.variables {
		if m.siblings(v) > 1 && !said[v.stage] {
			said[v.stage] = true
			out = append(out, m.whole(v))
		}
		out = append(out, m.coding(v))
	}
	if len(c.variables) == 0 {
		out = append(out, say("No stage of the pipeline has coded these rows, and no column was named as a code."))
	}
	return out
}

// source says how many rows were read, if others than those of the table.
func (m *composer) source() prose {
	if m.all.key < 0 {
		return nil
	}
	from := stage.AddedBy(m.all.schema.Field(m.all.key))
	for _, s := range m.facts.Stages {
		if s.ID == from && s.Out > m.all.rows {
			return say(fmt.Sprintf(", of %s that the stage ", grouped(s.Out)), from, " read")
		}
	}
	return nil
}

// selection says which stages took rows out.
func (m *composer) selection() prose {
	var out prose
	for _, s := range m.facts.Stages {
		if len(s.Dropped) == 0 {
			continue
		}
		out = append(out, say("The stage ", s.ID, fmt.Sprintf(" (%s) took out %s (", s.Kind, plural(sum(s.Dropped), "row", "rows")))...)
		for i, d := range s.Dropped {
			if i > 0 {
				out = append(out, word{Text: "; "})
			}
			if len(s.Dropped) > 1 {
				out = append(out, word{Text: grouped(d.N) + " "})
			}
			out = append(out, quoted(d.Name)...)
		}
		out = append(out, word{Text: "). "})
	}
	return out
}

// coding says how a variable was coded, with what, and to what effect.
func (m *composer) coding(v *variable) prose {
	total := v.coded + v.empty
	var out prose
	switch {
	case v.stage == "":
		out = append(say("", v.name, " is a column of the table; "), word{Text: share(v.coded, total) + " have a value"})
	case m.siblings(v) > 1:
		out = append(say("", v.name, " has "), word{Text: v.noun() + " in " + share(v.coded, total)})
	default:
		out = append(append(say("", v.name, " was coded "), m.by(v.stage)...), v.book()...)
		out = append(out, word{Text: " in " + share(v.coded, total)})
	}
	if why := m.reasons(v); why != "" {
		out = append(out, word{Text: "; " + why})
	}
	out = append(out, word{Text: ". "})
	switch v.form {
	case numbers:
		out = append(out, word{Text: v.spread() + " "})
	case categories:
		out = append(out, v.mode()...)
	}
	if v.certainty.n > 0 {
		out = append(out, word{Text: fmt.Sprintf("Probabilities of the codes: %s.", v.certainty.spread())})
	}
	if a := v.agreed; a.rows > 0 && a.full == a.rows {
		out = append(out, word{Text: "Its codings agree in all rows."})
	} else if a.rows > 0 {
		out = append(out, word{Text: fmt.Sprintf("On average, %s of its codings agree.", share100(a.sum/float64(a.rows)))})
	}
	return out
}

// noun is what a row has.
func (v *variable) noun() string {
	switch v.form {
	case numbers:
		return "a number"
	case writing:
		return "a text"
	}
	return "a code"
}

// reasons says how the rows without a code went. Of a stage that codes several
// variables, whole says what all have in common.
func (m *composer) reasons(v *variable) string {
	if v.empty == 0 || v.stage == "" {
		return ""
	}
	n, faults := m.faultsOf(v.stage)
	several := m.siblings(v) > 1
	switch {
	case faults != "" && !several:
		return faults
	case v.empty > n:
		return plural(v.empty-n, "row has", "rows have") + " none"
	}
	return ""
}

// faultsOf counts the rows of a stage with a fault, and words them.
func (m *composer) faultsOf(id string) (rows int64, words string) {
	for _, f := range m.all.faults {
		if f.stage != id {
			continue
		}
		var parts []string
		for _, s := range statuses(f.counts) {
			if s != string(stage.OK) {
				parts = append(parts, fmt.Sprintf("%s %s", grouped(f.counts[s]), s))
				rows += f.counts[s]
			}
		}
		if parts != nil {
			return rows, "faults: " + list(parts)
		}
	}
	return 0, ""
}

// mode names the most frequent category, or those that share the place.
func (v *variable) mode() prose {
	if v.yesOrNo() {
		return say(fmt.Sprintf("It is true in %s.", share(v.counts[0].rows, v.coded)) + " ")
	}
	var most int64
	var at []string
	for i, c := range v.counts {
		if c.rows > most {
			most, at = c.rows, nil
		}
		if c.rows == most && most > 0 {
			at = append(at, v.names[i])
		}
	}
	of := plural(int64(len(v.names)), "category", "categories")
	share := fmt.Sprintf("(n = %s, %s of coded rows)", grouped(most), percent(most, v.coded))
	switch {
	case len(at) == 0:
		return nil
	case len(v.names) == 1:
		return say("The one category is ", at[0], ". ")
	case len(at) == 1:
		return say("The most frequent of "+of+" is ", at[0], " "+share+". ")
	case len(at) == 2:
		return say("The most frequent of "+of+" are ", at[0], " and ", at[1], " "+strings.Replace(share, ",", " each,", 1)+". ")
	}
	if len(at) == len(v.names) {
		return say(fmt.Sprintf("All %s are equally frequent %s. ", of, strings.Replace(share, ",", " each,", 1)))
	}
	return say(fmt.Sprintf("%d of %s are most frequent %s. ", len(at), of, strings.Replace(share, ",", " each,", 1)))
}

// share words a part of the rows.
func share(part, rows int64) string {
	if part == rows && rows > 1 {
		return "all " + grouped(rows) + " rows"
	}
	return fmt.Sprintf("%s of %s (%s)", grouped(part), plural(rows, "row", "rows"), percent(part, rows))
}
