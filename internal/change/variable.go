package change

import (
	"cmp"
	"slices"

	"icono/internal/agreement"
	"icono/internal/stage"
	"icono/internal/trace"
)

// variable compares a column.
func (c *comparison) variable(old, now *trace.Stage, from, to int) Variable {
	v := Variable{Stage: now.ID, Name: now.Out.Field(to).Name, Coded: stage.RoleOf(now.Out.Field(to)) == stage.Code || stage.RoleOf(now.Out.Field(to)) == stage.StatusRole}
	var units [][]string
	transitions, causes := map[[2]Value]int{}, tally{}
	for _, row := range now.Rows {
		was := old.Find(row.Key)
		if len(was) != 1 || len(now.Find(row.Key)) != 1 {
			continue // added, or made into several
		}
		if c.waits(0, old, row.Key) || c.waits(1, now, row.Key) {
			v.Waiting++
			continue
		}
		v.Both++
		a, b := was[0].Values[from], row.Values[to]
		if !a.Null && !b.Null {
			units = append(units, []string{a.Text, b.Text})
		}
		if a == b {
			continue
		}
		v.Changed++
		r := Row{Key: row.Key, From: Value(a), To: Value(b), Causes: c.causes(now, row.Key)}
		v.Rows = append(v.Rows, r)
		causes.add(r.Causes)
		if v.Coded {
			transitions[[2]Value{r.From, r.To}]++
		}
	}
	if alpha, known := agreement.Nominal(units); known && v.Coded {
		v.Alpha = &alpha
	}
	for t, n := range transitions {
		v.Transitions = append(v.Transitions, Transition{t[0], t[1], n})
	}
	slices.SortFunc(v.Transitions, func(a, b Transition) int {
		return cmp.Or(b.N-a.N, cmp.Compare(a.From.Text, b.From.Text), cmp.Compare(a.To.Text, b.To.Text))
	})
	v.Causes = causes.counts()
	return v
}
