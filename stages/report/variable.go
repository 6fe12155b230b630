package report

import (
	"fmt"
	"slices"
	"strings"
)

// section describes a variable.
func (m *composer) section(i int, v *variable) section {
	id := fmt.Sprintf("variable-%d", i+1)
	s := section{ID: id, Name: v.name, Intro: m.intro(v)}
	s.Chart = barChart{Bars: v.bars(), Total: v.coded + v.empty, Certain: v.certainty.n > 0}
	s.Chart.Caption = m.figure(say("Rows by category of ", v.name, fmt.Sprintf(" (%s; %d without a code).", plural(v.coded, "coded row", "coded rows"), v.empty)))
	s.Chart.Table = s.Chart.Caption.asTable(say("Rows by category of ", v.name, "; shares are of coded rows."))
	if h := &v.certainty; h.n > 0 {
		s.Certainty = m.certainty(v)
	}
	if m.config.PerCategory > 0 && v.coded > 0 {
		s.Galleries, s.Drawn = m.galleries(id, v)
	}
	if rows := v.least.sorted(); len(rows) > 0 {
		g := &gallery{ID: id + "-least"}
		g.Caption = m.figure(say("The ", "", plural(int64(len(rows)), "row", "rows")+" with the lowest probability of ", v.name, ", lowest first."))
		g.Items = m.items(g.ID, rows)
		s.Least = g
	}
	return s
}

// intro says who coded the variable, and how its categories came about.
func (m *composer) intro(v *variable) prose {
	var out prose
	if v.stage != "" {
		out = say("Coded by the stage ", v.stage, m.kindOf(v.stage)+". ")
	} else {
		out = say("A column of the table; no stage of the pipeline has coded it. ")
	}
	switch n := int64(len(v.names)); {
	case v.declared > 0 && int(n) > v.declared:
		out = append(out, word{Text: fmt.Sprintf("%s declared; %s are not among them and stand last. ",
			plural(int64(v.declared), "category is", "categories are"), plural(n-int64(v.declared), "value", "values"))})
	case v.declared > 0:
		out = append(out, word{Text: plural(n, "category", "categories") + ", in the order of the codebook. "})
	default:
		out = append(out, word{Text: plural(n, "category", "categories") + ", as found in the table, most frequent first. "})
	}
	if v.beyond > 0 {
		out = append(out, word{Text: fmt.Sprintf("Only the first %d values are told apart. ", maxCategories)})
	}
	if v.multiple {
		out = append(out, word{Text: "A row can have several codes, so shares can add up to more than 100 %. "})
	}
	if n := v.certainty.outside; n > 0 {
		out = append(out, word{Text: fmt.Sprintf("%s a probability that is no number from 0 to 1, and left out of all figures about probability.", plural(n, "row has", "rows have"))})
	}
	return out
}

// kindOf returns " (clip)" for the stage that the run tells of.
func (m *composer) kindOf(id string) string {
	for _, s := range m.facts.Stages {
		if s.ID == id {
			return " (" + s.Kind + ")"
		}
	}
	return ""
}

func (m *composer) certainty(v *variable) *certaintyChart {
	h := &v.certainty
	c := &certaintyChart{}
	c.Columns, c.Top = h.columns()
	c.Alt = fmt.Sprintf("Histogram of %s in %d classes from 0 to 1: %s.", plural(h.n, "probability", "probabilities"), bins, h.spread())
	c.Caption = m.figure(say("Probability that the coder gave to its code of ", v.name,
		fmt.Sprintf(" (n = %s; %s). Such probabilities weigh the categories on offer against each other; they are not shares of correct codes.", grouped(h.n), h.spread())))
	c.Table = c.Caption.asTable(say("Rows by probability of ", v.name, "; a class holds its lower bound."))
	return c
}

// galleries shows rows of each category.
func (m *composer) galleries(id string, v *variable) ([]gallery, prose) {
	var out []gallery
	c := m.figure(say("Up to ", "", plural(int64(m.config.PerCategory), "row", "rows")+" of each category of ", v.name,
		fmt.Sprintf(", drawn at random by the seed %d. Looking at them is no substitute for a validation with human coders.", m.facts.Seed)))
	for i, name := range v.names {
		rows := v.examples[i].sorted()
		g := gallery{ID: fmt.Sprintf("%s-category-%d", id, i+1), Title: name}
		g.Items = m.items(g.ID, rows)
		g.Of = say(fmt.Sprintf("%s of %s", grouped(int64(len(rows))), grouped(v.counts[i].rows)))
		out = append(out, g)
	}
	out[0].Caption = c
	return out, c.Text
}

// items makes the pictures of rows.
func (m *composer) items(galleryID string, rows []*row) []item {
	var out []item
	for _, r := range rows {
		m.photos++
		it := item{ID: fmt.Sprintf("picture-%d", m.photos), Gallery: galleryID, Key: r.key, Code: strings.Join(r.codes, "; "),
			Phrase: r.phrase, Probability: chance(r.probability), Show: r.show, Alt: "Picture of " + r.key}
		if it.Code != "" {
			it.Alt += ", coded " + it.Code
		}
		if m.config.Pictures != none && m.all.image >= 0 {
			s, ok := m.shots[r.image]
			if !ok {
				s = shot{Missing: "the row names no picture"}
			}
			it.Shot = &s
		}
		out = append(out, it)
	}
	return out
}

// sample shows rows where nothing is coded.
func (m *composer) sample() *gallery {
	rows := m.all.examples.sorted()
	if len(rows) == 0 {
		return nil
	}
	g := &gallery{ID: "sample-rows", Caption: m.figure(say(fmt.Sprintf("%s of %s, drawn at random by the seed %d.",
		plural(int64(len(rows)), "row", "rows"), grouped(m.all.rows), m.facts.Seed)))}
	g.Items = m.items(g.ID, rows)
	return g
}

// order puts categories that were not declared into an order of their own:
// frequent ones first, then by name. Declared ones come before them.
func (v *variable) order() {
	fixed := v.declared
	at := make([]int, len(v.names))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at[fixed:], func(a, b int) int {
		if d := v.counts[b].rows - v.counts[a].rows; d != 0 {
			return int(max(-1, min(1, d)))
		}
		return strings.Compare(v.names[a], v.names[b])
	})
	v.arrange(at)
}

// arrange puts the categories at the given indices into their order.
func (v *variable) arrange(at []int) {
	names, counts, examples := make([]string, len(at)), make([]count, len(at)), make([]lowest, len(at))
	for to, from := range at {
		names[to], counts[to], examples[to] = v.names[from], v.counts[from], v.examples[from]
		v.index[names[to]] = to
	}
	v.names, v.counts, v.examples, v.ranks = names, counts, examples, make([]int, len(at))
	for to, from := range at {
		v.ranks[from] = to
	}
}
