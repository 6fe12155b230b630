package cli

import (
	"fmt"

	"icono/internal/pipeline"
	"icono/internal/stage"
)

// recallJSON is what a stage would compute.
type recallJSON struct {
	Rows    int64    `json:"rows"`
	Stored  int64    `json:"stored"`
	Compute int64    `json:"to_compute"`
	Phrases int64    `json:"phrases_to_compute"`
	Reasons []string `json:"reasons"`
	Notes   []string `json:"notes"`
}

// planVectors prints what the stages with models on this machine would compute.
func (a *app) planVectors(p *pipeline.Plan, recalls map[string]stage.Recall) {
	if len(recalls) == 0 {
		return
	}
	table := [][]string{{"vectors", "rows", "stored", "to compute", "phrases to compute"}}
	var notes []string
	for _, s := range p.Stages {
		r, ok := recalls[s.ID]
		if !ok {
			continue
		}
		table = append(table, []string{s.ID, number(r.Rows), number(r.Stored), number(r.Compute), number(r.Phrases)})
		for _, n := range append(r.Reasons, r.Notes...) {
			notes = append(notes, s.ID+": "+n)
		}
	}
	fmt.Fprintln(a.Out)
	a.table(a.Out, table, 1, 2, 3, 4)
	for _, n := range notes {
		fmt.Fprintln(a.Out, n)
	}
}
