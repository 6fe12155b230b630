package cli

import (
	"fmt"

	"icono/internal/pipeline"
	"icono/internal/price"
	"icono/internal/stage"
)

// moneyJSON is what a stage would ask and pay, in dollars and tokens.
type moneyJSON struct {
	Rows     int64    `json:"rows"`
	Stored   int64    `json:"stored"`
	Requests int64    `json:"requests"`
	Input    spanJSON `json:"input_tokens"`
	Output   spanJSON `json:"output_tokens"`
	Dollars  *struct {
		Low      float64 `json:"low"`
		Expected float64 `json:"expected"`
		High     float64 `json:"high"`
	} `json:"dollars"` // null where a price is unknown
	Unpriced int64    `json:"unpriced"`
	Reasons  []string `json:"reasons,omitempty"`
	Notes    []string `json:"notes"`
}

type spanJSON struct {
	Low      int64 `json:"low"`
	Expected int64 `json:"expected"`
	High     int64 `json:"high"`
}

func asJSON(q stage.Quote) *moneyJSON {
	m := &moneyJSON{Rows: q.Rows, Stored: q.Stored, Requests: q.Requests, Unpriced: q.Unpriced, Reasons: q.Reasons, Notes: q.Notes,
		Input: spanJSON{q.Input[0], q.Input[1], q.Input[2]}, Output: spanJSON{q.Output[0], q.Output[1], q.Output[2]}}
	if q.Unpriced == 0 {
		m.Dollars = &struct {
			Low      float64 `json:"low"`
			Expected float64 `json:"expected"`
			High     float64 `json:"high"`
		}{float64(q.Cost[0]) / float64(price.Dollar), float64(q.Cost[1]) / float64(price.Dollar), float64(q.Cost[2]) / float64(price.Dollar)}
	}
	return m
}

// planMoney prints what the stages that ask models would come to.
func (a *app) planMoney(p *pipeline.Plan, quotes map[string]stage.Quote, budget float64) {
	if len(quotes) == 0 {
		return
	}
	table := [][]string{{"asks", "rows", "stored", "requests", "tokens in", "tokens out", "dollars (low, expected, high)"}}
	var total stage.Quote
	var reasons, notes []string
	for _, s := range p.Stages {
		q, ok := quotes[s.ID]
		if !ok {
			continue
		}
		table = append(table, quoteRow(s.ID, q))
		total.Rows += q.Rows
		total.Stored += q.Stored
		total.Requests += q.Requests
		total.Unpriced += q.Unpriced
		for k := range 3 {
			total.Input[k] += q.Input[k]
			total.Output[k] += q.Output[k]
			total.Cost[k] += q.Cost[k]
		}
		for _, n := range q.Reasons {
			reasons = append(reasons, s.ID+": "+n)
		}
		for _, n := range q.Notes {
			notes = append(notes, s.ID+": "+n)
		}
	}
	if len(quotes) > 1 {
		table = append(table, quoteRow("total", total))
	}
	fmt.Fprintln(a.Out)
	a.table(a.Out, table, 1, 2, 3, 4, 5)
	for _, n := range append(reasons, notes...) {
		fmt.Fprintln(a.Out, n)
	}
	if budget > 0 {
		fmt.Fprintf(a.Out, "budget: $%g\n", budget)
	}
}

func quoteRow(id string, q stage.Quote) []string {
	dollars := fmt.Sprintf("%s, %s, %s", price.Money(q.Cost[0]).Short(), price.Money(q.Cost[1]).Short(), price.Money(q.Cost[2]).Short())
	switch {
	case q.Unpriced > 0 && q.Unpriced == q.Requests:
		dollars = "unknown"
	case q.Unpriced > 0:
		dollars += fmt.Sprintf(" and %d requests of unknown price", q.Unpriced)
	}
	return []string{id, number(q.Rows), number(q.Stored), number(q.Requests), number(q.Input[1]), number(q.Output[1]), dollars}
}
