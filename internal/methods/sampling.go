package methods

import (
	"fmt"
	"slices"
	"strings"
)

// of returns the text with a name, "" where there is none.
func of(all []Named, name string) string {
	if i := slices.IndexFunc(all, func(n Named) bool { return n.Name == name }); i >= 0 {
		return all[i].Text
	}
	return ""
}

// selection tells which rows were taken.
func (s *Sheet) selection(p *page) {
	p.head(2, "Selection and sampling")
	chosen := false
	for _, st := range s.Stages {
		switch st.Kind {
		case "filter":
			p.say("The stage %s kept the rows for which this holds: %s. It kept %s of %s.", code(st.ID), code(of(st.Settings, "where")), number(st.Out), plural(st.In, "row", "rows"))
			if list := of(st.Settings, "kept"); list != "" {
				p.say("The condition was not applied anew: the rows that it kept are listed in %s.", code(list))
			}
			s.counted(p, st)
		case "sample":
			s.sample(p, st)
		default:
			continue
		}
		chosen = true
	}
	if n := slices.IndexFunc(s.Stages, isSample); n >= 0 && slices.ContainsFunc(s.Stages[n+1:], isSample) {
		p.say("Where one sample is drawn from another, its probabilities are those of that draw alone.")
	}
	if !chosen {
		p.say("The pipeline leaves out no row by a condition and draws no sample.")
	}
	p.blank("why these rows: the population that they stand for, and how the size of the sample was chosen")
}

func isSample(st Stage) bool { return st.Kind == "sample" }

// sample describes a draw.
func (s *Sheet) sample(p *page, st Stage) {
	n, share, by := of(st.Settings, "n"), of(st.Settings, "share"), of(st.Settings, "by")
	var what string
	list := of(st.Settings, "drawn")
	switch {
	case n == "" && share == "":
		what = "rows"
	case share != "":
		what = "each row with the probability " + quote(share)
	case by != "" && list != "":
		what = fmt.Sprintf("up to %s rows from each stratum by %s", quote(n), code(by))
	case by != "":
		what = fmt.Sprintf("up to %s rows from each stratum by %s (%s strata)", quote(n), code(by), of(st.Facts, "strata"))
	default:
		what = fmt.Sprintf("up to %s rows at random", quote(n))
	}
	if list != "" {
		p.say("The stage %s drew %s: %s of %s. The draw was not made anew: the rows that were drawn are listed in %s, with their probabilities.",
			code(st.ID), what, number(st.Out), plural(st.In, "row", "rows"), code(list))
	} else {
		p.say("The stage %s drew %s: %s of %s. The draw goes by the SHA-256 of the seed %s and the key of each row. It can be repeated, and does not depend on the order of rows.",
			code(st.ID), what, number(st.Out), plural(st.In, "row", "rows"), quote(of(st.Facts, "seed")))
	}
	s.counted(p, st)
	var rows [][]string
	for i, d := range st.Draws {
		if i == maxRows {
			p.say("The lowest %d of %d probabilities are shown.", maxRows, len(st.Draws))
			break
		}
		rows = append(rows, []string{number(d.Drawn), fmt.Sprintf("%.4g", d.Probability), fmt.Sprintf("%.4g", 1/d.Probability)})
	}
	p.table([]string{"Rows drawn", "Probability of each", "Weight"}, rows)
	if len(st.Draws) > 1 {
		p.say("Rows had different probabilities of being drawn. Estimates for all %s need the weights.", plural(st.In, "row", "rows"))
	}
}

// maxRows is the most rows of a table that grows with the data.
const maxRows = 30

// flow tells how many rows went through each stage.
func (s *Sheet) flow(p *page) {
	p.head(2, "Rows through the stages")
	var rows [][]string
	for _, st := range s.Stages {
		var why []string
		for _, c := range st.Added {
			why = append(why, fmt.Sprintf("%s added: %s", number(c.N), quote(c.Name)))
		}
		for _, c := range st.Dropped {
			why = append(why, fmt.Sprintf("%s dropped: %s", number(c.N), quote(c.Name)))
		}
		in := number(st.In)
		if len(st.From) == 0 {
			in = ""
		}
		rows = append(rows, []string{code(st.ID), quote(st.Kind), list(st.From, code), in, number(st.Out), strings.Join(why, "; ")})
	}
	p.table([]string{"Stage", "Kind", "Reads", "Rows in", "Rows out", "Added and dropped"}, rows)
	for _, st := range s.Stages {
		if !st.Codes && len(st.From) > 0 && slices.Contains([]string{"join", "unnest", "select"}, st.Kind) {
			p.say("The stage %s (%s) has these options.", code(st.ID), quote(st.Kind))
			s.settings(p, st)
			s.counted(p, st)
		}
	}
}
