package codebook

import (
	"fmt"
	"strings"

	"icono/internal/stage"
)

// documentation says what a column means, for reports and for readers of files.
func (c *Codebook) documentation(col Column) stage.Documentation {
	v := &c.Variables[col.Variable]
	out := stage.Documentation{Source: c.Title}
	if col.Explanation {
		out.Text = fmt.Sprintf("Why the coder gave its value of %s, as written before the value.", v.Name)
		return out
	}
	out.Text = strings.TrimSpace(v.Question + "\n" + v.Definition)
	out.Level = string(v.Level)
	out.Notes = append(out.Notes, v.form())
	if v.When != "" {
		out.Notes = append(out.Notes, fmt.Sprintf("Coded only if %s. %s", strings.TrimSpace(string(v.When)), elsewhere(v)))
	}
	if c.Tree != nil {
		for _, q := range c.Tree.Questions {
			out.Notes = append(out.Notes, q.wording())
		}
	}
	if v.Type.coded() {
		for i, code := range v.codes() {
			m := stage.Meaning{Name: code.Name, Text: code.Definition, Examples: code.Examples, CounterExamples: code.CounterExamples}
			if m.Residual = i >= len(v.Categories); m.Residual {
				m.Text = strings.ToUpper(m.Text[:1]) + m.Text[1:] + "."
			}
			out.Meanings = append(out.Meanings, m)
		}
	}
	return out
}

// form words what values there are, and the level of measurement.
func (v *Variable) form() string {
	switch v.Type {
	case Categorical:
		if v.Level == Ordinal {
			return "One code for each item; ordinal level, from lowest to highest."
		}
		return "One code for each item; nominal level."
	case Multi:
		return "Any number of codes for each item, also none; nominal level."
	case Boolean:
		return "True (yes) or false (no)."
	case Integer:
		return fmt.Sprintf("A whole number%s; %s level.", v.bounds(), v.Level)
	case Number:
		return fmt.Sprintf("A number%s; %s level.", v.bounds(), v.Level)
	}
	return "A text in the coder's words."
}

// wording is a question of a tree with where its answers lead.
func (q *Question) wording() string {
	var leads []string
	for _, a := range q.answers() {
		leads = append(leads, a.Name+" leads to "+a.To)
	}
	text := strings.TrimSpace(q.Ask + " " + q.Definition)
	return fmt.Sprintf("Question %s: %s – %s.", q.ID, text, strings.Join(leads, ", "))
}
