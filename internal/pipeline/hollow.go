package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"icono/internal/stage"
)

// Hollow says what makes the result of a run worth nothing though nothing
// failed: files without rows, and the stage that took them; stages of which
// every row has a fault.
func Hollow(p *Plan, facts []stage.StageFacts) []string {
	byID := map[string]stage.StageFacts{}
	for _, f := range facts {
		byID[f.ID] = f
	}
	var out, emptied []string
	for i, s := range p.Stages {
		f, ran := byID[s.ID]
		if !ran {
			continue
		}
		if n := total(f.Faults); n > 0 && n == f.In {
			out = append(out, fmt.Sprintf("every row of `%s` has a fault: %s; %s", s.ID, words(f.Faults), f.FirstFault))
		}
		if len(s.Writes) > 0 && f.In == 0 {
			if why := p.emptied(i, byID); !slices.Contains(emptied, why) {
				emptied = append(emptied, why)
				out = append(out, fmt.Sprintf("no row reached `%s`: %s", s.ID, why))
			}
		}
	}
	return out
}

// emptied says which stage left the one at i without rows.
func (p *Plan) emptied(i int, facts map[string]stage.StageFacts) string {
	for len(p.Stages[i].Inputs) > 0 {
		i = p.Stages[i].Inputs[0]
		f := facts[p.Stages[i].ID]
		if f.In > 0 {
			return fmt.Sprintf("`%s` dropped all %d (%s)", f.ID, f.In, words(f.Dropped))
		}
	}
	return fmt.Sprintf("`%s` has none", p.Stages[i].ID)
}

func total(counts []stage.Count) int64 {
	var n int64
	for _, c := range counts {
		n += c.N
	}
	return n
}

func words(counts []stage.Count) string {
	parts := make([]string, len(counts))
	for i, c := range counts {
		parts[i] = fmt.Sprintf("%d %s", c.N, c.Name)
	}
	return strings.Join(parts, ", ")
}
