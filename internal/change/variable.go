package change

import (
	"cmp"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/agreement"
	"icono/internal/stage"
	"icono/internal/trace"
)

// variable compares a column.
func (c *comparison) variable(old, now *trace.Stage, from, to int) Variable {
	f := now.Out.Field(to)
	v := Variable{Stage: now.ID, Name: f.Name, Coded: coded(f), Measured: measured(f)}
	m := newMatch(&v)
	for _, row := range now.Rows {
		was := old.Find(row.Key)
		if len(was) != 1 || len(now.Find(row.Key)) != 1 {
			continue // added, or made into several
		}
		if c.waits(0, old, row.Key) || c.waits(1, now, row.Key) {
			v.Waiting++
			continue
		}
		m.add(row.Key, Value(was[0].Values[from]), Value(row.Values[to]), func() []string { return c.causes(now, row.Key) })
	}
	m.end()
	return v
}

// coded reports whether a column holds categories, or whole numbers and truth values that
// a coder gave, which can be told apart like them.
func coded(f arrow.Field) bool {
	switch role := stage.RoleOf(f); {
	case role == stage.Code || role == stage.StatusRole:
		return true
	case measured(f):
		return f.Type.ID() == arrow.INT64 || f.Type.ID() == arrow.BOOL
	}
	return false
}

// measured reports whether a column is the value of a variable that a coder gave.
func measured(f arrow.Field) bool {
	role := stage.RoleOf(f)
	return stage.VariableOf(f) != "" && role != stage.Explanation && role != stage.Agreement
}

// match fills a variable, row by row.
type match struct {
	v           *Variable
	units       [][]string
	transitions map[[2]Value]int
	causes      tally
}

func newMatch(v *Variable) *match {
	return &match{v: v, transitions: map[[2]Value]int{}, causes: tally{}}
}

// add compares the values of a row; why is asked where they differ, and may be nil.
func (m *match) add(key string, a, b Value, why func() []string) {
	m.v.Both++
	if !a.Null && !b.Null {
		m.units = append(m.units, []string{a.Text, b.Text})
	}
	if a == b || a.Null && b.Null {
		return
	}
	m.v.Changed++
	r := Row{Key: key, From: a, To: b}
	if why != nil {
		r.Causes = why()
	}
	m.v.Rows = append(m.v.Rows, r)
	m.causes.add(r.Causes)
	m.transitions[[2]Value{a, b}]++
}

// end sums up.
func (m *match) end() {
	m.v.Causes = m.causes.counts()
	if !m.v.Coded {
		return
	}
	if alpha, known := agreement.Nominal(m.units); known {
		m.v.Alpha = &alpha
	}
	for t, n := range m.transitions {
		m.v.Transitions = append(m.v.Transitions, Transition{t[0], t[1], n})
	}
	slices.SortFunc(m.v.Transitions, func(a, b Transition) int {
		return cmp.Or(b.N-a.N, a.From.compare(b.From), a.To.compare(b.To))
	})
}

// compare puts no value first.
func (v Value) compare(o Value) int {
	if v.Null != o.Null {
		if v.Null {
			return -1
		}
		return 1
	}
	return cmp.Compare(v.Text, o.Text)
}
