package report

import (
	"fmt"
	"strings"
)

// galleries shows rows of each category, and names the categories without any.
func (m *composer) galleries(id string, v *variable) ([]gallery, prose) {
	var out []gallery
	var unused []string
	c := m.figure(say("Up to ", "", plural(int64(m.config.PerCategory), "row", "rows")+" of each category of ", v.name,
		fmt.Sprintf(", drawn at random by the seed %d. %s", m.facts.Seed, m.caution(v))))
	for i, name := range v.names {
		rows := v.examples[i].sorted()
		if len(rows) == 0 {
			unused = append(unused, name)
			continue
		}
		g := gallery{ID: fmt.Sprintf("%s-category-%d", id, i+1), Title: name}
		g.Items = m.items(g.ID, rows)
		g.Of = say(fmt.Sprintf("%s of %s", grouped(int64(len(rows))), grouped(v.counts[i].rows)))
		out = append(out, g)
	}
	if len(out) > 0 {
		out[0].Caption = c
	} else {
		m.figures--
	}
	return out, without(unused)
}

// caution says what looking at rows does not do.
func (m *composer) caution(v *variable) string {
	if m.people(v.stage) {
		return "Looking at them is no substitute for a second coder."
	}
	return "Looking at them is no substitute for a validation with human coders."
}

// maxUnused is how many categories without rows are named.
const maxUnused = 20

// without names the categories that no row has.
func without(names []string) prose {
	if len(names) == 0 {
		return nil
	}
	if len(names) == 1 {
		return say("No row has the code ", names[0], ".")
	}
	out := say("No row has one of the codes ")
	for i, name := range names {
		switch {
		case i == maxUnused:
			return append(out, word{Text: fmt.Sprintf(" or %d more.", len(names)-i)})
		case i == 0:
		case i == len(names)-1:
			out = append(out, word{Text: " or "})
		default:
			out = append(out, word{Text: ", "})
		}
		out = append(out, word{name, true})
	}
	return append(out, word{Text: "."})
}

// items makes the pictures of rows.
func (m *composer) items(galleryID string, rows []*row) []item {
	var out []item
	for _, r := range rows {
		m.photos++
		it := item{ID: fmt.Sprintf("picture-%d", m.photos), Gallery: galleryID, Key: r.key, Code: strings.Join(r.codes, "; "),
			Phrase: r.phrase, Probability: chance(r.probability), Show: r.show, Answers: r.answers, Alt: "Picture of " + r.key}
		if it.Code != "" {
			it.Alt += ", coded " + it.Code
		}
		if m.config.Pictures != none && m.all.image >= 0 {
			s, ok := m.shots[r.image]
			if !ok {
				s = shot{Missing: "the row names no picture"}
			}
			it.Shot = &s
			if s.Missing == "" {
				m.shown++
				it.Overlay = m.overlay(r, s)
			}
		}
		it.Texts, it.Seen, it.Way = r.texts, m.list(r), r.way
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
