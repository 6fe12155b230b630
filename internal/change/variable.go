package change

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/agreement"
	"icono/internal/stage"
	"icono/internal/trace"
)

// variable compares a column.
func (c *comparison) variable(old, now *trace.Stage, from, to int) Variable {
	f := now.Out.Field(to)
	v := Variable{Stage: now.ID, Name: f.Name, Coded: coded(f), Measured: measured(f), Beside: beside(f), Lost: len(moved(old, now))}
	m := newMatch(&v, f)
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
	return stage.VariableOf(f) != "" && role != stage.Explanation && role != stage.Agreement && !beside(f) || role == stage.Score && merged(f)
}

// beside reports whether a column says how sure a coder is, or what decided.
func beside(f arrow.Field) bool {
	return stage.RoleOf(f) == stage.Probability || stage.RoleOf(f) == stage.Phrase
}

// match fills a variable, row by row.
type match struct {
	v           *Variable
	scale       agreement.Scale
	pairs       agreement.Tally
	number      bool // the column holds numbers with fractions
	moved       Moved
	numbers     int // values that changed and are numbers on both sides
	transitions map[[2]Value]int
	causes      tally
}

func newMatch(v *Variable, f arrow.Field) *match {
	m := &match{v: v, scale: agreement.ScaleOf(f), number: arrow.IsFloating(f.Type.ID()), transitions: map[[2]Value]int{}, causes: tally{}}
	if m.number && m.scale.Level == "" {
		m.scale.Level = agreement.Interval
	}
	return m
}

// add compares the values of a row; why is asked where they differ, and may be nil.
func (m *match) add(key string, a, b Value, why func() []string) {
	m.v.Both++
	if !a.Null && !b.Null {
		m.pairs.Add(a.Text, b.Text)
	}
	if a == b || a.Null && b.Null {
		return
	}
	m.v.Changed++
	if x, y, ok := numbers(a, b); ok && m.number {
		m.numbers++
		m.moved.Mean += math.Abs(y - x)
		m.moved.Most = max(m.moved.Most, math.Abs(y-x))
	}
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
	if m.numbers > 0 {
		m.moved.Mean /= float64(m.numbers)
		m.v.Moved = &m.moved
	}
	if !m.v.Coded && (!m.v.Measured || !m.number) {
		return
	}
	if alpha, level, known := m.pairs.Alpha(m.scale); known {
		m.v.Alpha, m.v.Level, m.v.Pairs = &alpha, string(level), m.pairs.Units()
	}
	if !m.v.Coded {
		return
	}
	for t, n := range m.transitions {
		m.v.Transitions = append(m.v.Transitions, Transition{t[0], t[1], n})
	}
	slices.SortFunc(m.v.Transitions, func(a, b Transition) int {
		return cmp.Or(b.N-a.N, a.From.compare(b.From), a.To.compare(b.To))
	})
}

// numbers are two values as numbers.
func numbers(a, b Value) (x, y float64, ok bool) {
	x, wrong := strconv.ParseFloat(a.Text, 64)
	y, bad := strconv.ParseFloat(b.Text, 64)
	return x, y, wrong == nil && bad == nil && !math.IsNaN(x+y) && !math.IsInf(x+y, 0)
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
