package report

import (
	"slices"
	"strings"
)

// maxOpen is how long, in bytes, the definitions of categories are shown without
// being asked for.
const maxOpen = 1600

// explain puts into a section what its variable means.
func (v *variable) explain(s *section) {
	s.Definition = v.means.Text
	if len(v.means.Notes) <= 2 {
		s.Notes = strings.Join(v.means.Notes, " ")
	} else {
		s.Rules = v.means.Notes
	}
}

// legend adds to a chart what its categories mean.
func (v *variable) legend(c *barChart) {
	size, phrases := 0, true
	for i := range c.Bars {
		m, ok := v.means.Meaning(c.Bars[i].Label)
		if !ok || c.Bars[i].Apart {
			continue
		}
		c.Bars[i].Meaning, c.Bars[i].Residual = newSense(m.Text, m.Examples, m.CounterExamples, m.Phrases), m.Residual
		if said := c.Bars[i].Meaning; !said.empty() {
			c.Legend = true
			phrases = phrases && said.Text == "" && said.Phrases != ""
			size += len(said.Text) + len(said.Examples) + len(said.Not) + len(said.Phrases)
		}
	}
	c.Open = c.Legend && size <= maxOpen
	if c.Meant = "What belongs to it"; phrases {
		c.Meant = "Its phrases"
	}
}

// residual counts the codes for what the categories leave over.
func (v *variable) residual() int {
	n := 0
	for _, m := range v.means.Meanings {
		if m.Residual && slices.Contains(v.names, m.Name) {
			n++
		}
	}
	return n
}

// sense is what belongs to a category, in words.
type sense struct{ Text, Examples, Not, Phrases string }

func newSense(text string, examples, not, phrases []string) sense {
	return sense{text, sentence(examples), sentence(not), strings.Join(phrases, " · ")}
}

// sentence lists things and ends in a full stop.
func sentence(things []string) string {
	text := strings.Join(things, "; ")
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return text
	}
	return text + "."
}

func (s sense) empty() bool { return s == sense{} }
