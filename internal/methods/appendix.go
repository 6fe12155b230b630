package methods

import (
	"fmt"
	"slices"
	"strings"

	"icono/internal/answers"
	"icono/internal/price"
	"icono/internal/stage"
)

// cost tells what the answers took.
func (s *Sheet) cost(p *page) {
	var rows [][]string
	var all price.Money
	var usage answers.Usage
	var n, unpriced int64
	for _, st := range s.Stages {
		for _, a := range st.Asked {
			rows = append(rows, []string{code(st.ID), code(a.Model), number(a.Answers), number(a.Usage.Input), number(a.Usage.CachedInput), number(a.Usage.Output), number(a.Usage.Reasoning), costOf(a.Cost, a.Answers, a.Unpriced)})
			all, usage, n, unpriced = all+a.Cost, usage.Plus(a.Usage), n+a.Answers, unpriced+a.Unpriced
		}
	}
	if len(rows) == 0 {
		return
	}
	p.head(2, "Usage and cost")
	p.say("Costs are those of the answers that the study uses, by its price tables, those of batches where they came with one. What was paid for answers that are not used is not in them. Answers of people and of local programs count as free.")
	rows = append(rows, []string{"all", "", number(n), number(usage.Input), number(usage.CachedInput), number(usage.Output), number(usage.Reasoning), costOf(all, n, unpriced)})
	p.table([]string{"Stage", "Model asked", "Answers", "Tokens in", "of these cached", "Tokens out", "of these reasoning", "Cost"}, rows)
	var known []string
	for _, st := range s.Stages {
		for _, a := range st.Asked {
			if text := fmt.Sprintf("%s (%s)", code(a.Model), quote(a.Prices)); a.Cost > 0 && a.Prices != "" && !slices.Contains(known, text) {
				known = append(known, text)
			}
		}
	}
	if len(known) > 0 {
		p.say("Prices of %s.", strings.Join(known, ", "))
	}
}

func costOf(m price.Money, answers, unpriced int64) string {
	switch {
	case unpriced == 0:
		return `\` + m.Short()
	case unpriced == answers:
		return "unknown"
	}
	return fmt.Sprintf(`\%s, and %d answers of unknown price`, m.Short(), unpriced)
}

// software tells what a rerun needs.
func (s *Sheet) software(p *page) {
	p.head(2, "Software and reuse")
	p.say("Software: icono %s. Seed of the pipeline: %s.", quote(s.Program), code(fmt.Sprint(s.Seed)))
	p.table([]string{"Pipeline file", "SHA-256"}, fileRows(s.Pipeline))
	var rows [][]string
	for _, st := range s.Stages {
		for _, f := range st.Cassettes {
			rows = append(rows, []string{code(st.ID), code(f.Path), hash(f)})
		}
	}
	if len(rows) > 0 {
		p.say("These files hold recorded answers. With them, %s repeats the study without keys, network or cost.", code("icono run --record none"))
		p.table([]string{"Stage", "Recorded answers", "SHA-256"}, rows)
	} else {
		p.say("There are no files with recorded answers.")
	}
	switch l := s.Lock; {
	case l == nil:
		p.say("The study has no lock.")
	case l.Differences == 0:
		p.say("The lock %s (SHA-256 %s, written by icono %s) states what the study is made from; all of it is as in the lock.", code(l.Path), hash(l.File), quote(l.Program))
	default:
		p.say("The lock %s (SHA-256 %s, written by icono %s) states what the study is made from. **%s not as in the lock;** %s lists them.", code(l.Path), hash(l.File), quote(l.Program), things(l.Differences), code("icono verify"))
	}
	p.blank("where data, codes and pipeline can be had, under which licence, and what cannot be shared and why")
}

func things(n int) string {
	if n == 1 {
		return "1 thing is"
	}
	return fmt.Sprintf("%d things are", n)
}

// appendix holds the variables and the prompts.
func (s *Sheet) appendix(p *page) {
	p.head(2, "Appendix A: variables")
	for _, st := range s.Stages {
		for _, v := range st.Variables {
			p.head(3, "%s", code(v.Column))
			s.variable(p, st, v)
		}
	}
	head := false
	for _, st := range s.Stages {
		for _, a := range st.Asked {
			if len(a.Prompts) == 0 && !a.Varied {
				continue
			}
			if !head {
				p.head(2, "Appendix B: prompts")
				head = true
			}
			p.head(3, "%s", code(st.ID))
			if a.Varied {
				p.say("The instructions differ from row to row and are not shown here. The recorded answers hold those of each row.")
			}
			for i, text := range a.Prompts {
				if len(a.Prompts) > 1 {
					p.say("Prompt %d of %d, SHA-256 `%s`:", i+1, len(a.Prompts), sum(text))
				} else {
					p.say("SHA-256 `%s`:", sum(text))
				}
				p.block(text)
			}
		}
	}
}

func (s *Sheet) variable(p *page, st Stage, v Variable) {
	parts := []string{"Made by the stage " + code(st.ID) + "."}
	if v.Source != "" {
		parts = append(parts, "From "+quote(v.Source)+".")
	}
	if v.Level != "" {
		parts = append(parts, "Level of measurement: "+quote(v.Level)+".")
	}
	p.say("%s", strings.Join(parts, " "))
	for _, text := range append([]string{v.Text}, v.Notes...) {
		if text != "" {
			p.say("%s", quote(text))
		}
	}
	if len(v.Names) > 0 {
		p.say("Categories, in order: %s.", list(v.Names, quote))
	}
	p.table([]string{"Category", "Definition", "Examples", "Not"}, meanings(v.Meanings))
}

// meanings are the rows of a codebook's table.
func meanings(all []stage.Meaning) [][]string {
	var rows [][]string
	for _, m := range all {
		var what []string
		if m.Text != "" {
			what = append(what, quote(m.Text))
		}
		if len(m.Phrases) > 0 {
			what = append(what, "phrases: "+list(m.Phrases, code))
		}
		if m.Residual {
			what = append(what, "(for what the other categories leave over)")
		}
		rows = append(rows, []string{quote(m.Name), strings.Join(what, " "), listed(m.Examples), listed(m.CounterExamples)})
	}
	return rows
}

func listed(texts []string) string {
	var out []string
	for _, t := range texts {
		out = append(out, quote(t))
	}
	return strings.Join(out, "; ")
}
