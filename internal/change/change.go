// Package change tells how two runs of a study differ: rows added and lost, codes that
// changed, and why each did.
package change

import (
	"cmp"
	"maps"
	"slices"

	"icono/internal/agreement"
	"icono/internal/stage"
	"icono/internal/trace"
)

// Report is how a run differs from an earlier one.
type Report struct {
	// Study says what was changed in the pipeline and its files.
	Study []string `json:"study"`
	// Tables are those of which rows came or went, by the stage that yields them.
	Tables    []Table    `json:"tables"`
	Variables []Variable `json:"variables"`
	// Cost is what the answers that each run uses cost, in dollars; Unpriced counts
	// those of unknown price. Waiting counts questions without an answer.
	Cost     [2]float64 `json:"dollars"`
	Unpriced [2]int     `json:"unpriced"`
	Waiting  [2]int     `json:"waiting"`
}

// Table is what became of the rows of a stage.
type Table struct {
	Stage  string   `json:"stage"`
	Before int      `json:"before"`
	After  int      `json:"after"`
	Added  []string `json:"added"` // keys
	Lost   []string `json:"lost"`
}

// Variable is a column of codes, or of what else a coder says, in both runs.
type Variable struct {
	Stage string `json:"stage"`
	Name  string `json:"name"`
	// Coded is set for categories; other columns have no transitions.
	Coded bool `json:"coded"`
	// Both are the rows that both runs have, with an answer on both sides or none;
	// Waiting those that one of them has no answer to yet.
	Both    int `json:"rows"`
	Waiting int `json:"waiting,omitempty"`
	Changed int `json:"changed"`
	// Alpha is Krippendorff's alpha (nominal) between the runs, null where it is not
	// defined.
	Alpha       *float64     `json:"alpha"`
	Transitions []Transition `json:"transitions,omitempty"`
	Causes      []Count      `json:"causes,omitempty"`
	Rows        []Row        `json:"changes,omitempty"`
}

// Share is that of the rows which changed.
func (v Variable) Share() float64 {
	if v.Both == 0 {
		return 0
	}
	return float64(v.Changed) / float64(v.Both)
}

// Transition is a number of rows with one change.
type Transition struct {
	From Value `json:"from"`
	To   Value `json:"to"`
	N    int   `json:"n"`
}

// Value is a value, or null.
type Value struct {
	Text string `json:"text"`
	Null bool   `json:"null,omitempty"`
}

// Count is a number of rows with one cause.
type Count struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Row is a row that changed, and why.
type Row struct {
	Key    string   `json:"key"`
	From   Value    `json:"from"`
	To     Value    `json:"to"`
	Causes []string `json:"causes"`
}

// Side is one of the two runs.
type Side struct {
	Run *trace.Run
	// Picture returns the SHA-256 of a picture of the study, "" where it cannot be read.
	Picture func(path string) string
	// Cost is what a stored answer cost in nanodollars, and whether that is known.
	Cost func(trace.Exchange) (int64, bool)
}

// Between tells how b differs from a.
func Between(a, b Side) *Report {
	c := &comparison{sides: [2]Side{a, b}, known: map[cell][]string{}}
	r := &Report{Study: []string{}, Tables: []Table{}, Variables: []Variable{}}
	for _, i := range b.Run.Plan.Order {
		s := b.Run.Stages[i]
		old := a.Run.Stage(s.ID)
		if old == nil || s.Key < 0 || old.Key < 0 {
			continue
		}
		if t := rows(old, s); len(t.Added)+len(t.Lost) > 0 {
			r.Tables = append(r.Tables, t)
		}
		if !coder(s) {
			continue
		}
		for _, at := range s.Made() {
			if from := old.Column(s.Out.Field(at).Name); from >= 0 && telling(s, at) {
				r.Variables = append(r.Variables, c.variable(old, s, from, at))
			}
		}
	}
	for i, side := range c.sides {
		r.Cost[i], r.Unpriced[i], r.Waiting[i] = spent(side)
	}
	return r
}

// coder reports whether a stage codes: it states how each row went.
func coder(s *trace.Stage) bool {
	return len(s.Inputs) == 1 && stage.FindAdded(s.Out, stage.StatusRole, s.ID) >= 0
}

// telling reports whether a column says something about the row, and not how sure the
// coder is or how it went.
func telling(s *trace.Stage, at int) bool {
	switch stage.RoleOf(s.Out.Field(at)) {
	case stage.Probability, stage.Score, stage.ErrorText, stage.Inclusion, stage.Agreed, stage.Agreement, stage.Explanation, stage.Phrase, stage.Words:
		return false
	}
	return true
}

// rows compares the keys of two tables.
func rows(old, now *trace.Stage) Table {
	t := Table{Stage: now.ID, Before: len(old.Rows), After: len(now.Rows), Added: []string{}, Lost: []string{}}
	for _, r := range now.Rows {
		if len(old.Find(r.Key)) == 0 {
			t.Added = append(t.Added, r.Key)
		}
	}
	for _, r := range old.Rows {
		if len(now.Find(r.Key)) == 0 {
			t.Lost = append(t.Lost, r.Key)
		}
	}
	return t
}

// spent is what the answers of a run cost, each once, and how many lack.
func spent(s Side) (dollars float64, unpriced, waiting int) {
	var total int64
	seen := map[string]bool{}
	for _, st := range s.Run.Stages {
		for e := range st.Exchanges() {
			k := e.Request.Key()
			if seen[string(k[:])] {
				continue
			}
			seen[string(k[:])] = true
			if e.Err != nil {
				if isWaiting(e) {
					waiting++
				}
				continue
			}
			cost, known := s.Cost(e)
			if total += cost; !known {
				unpriced++
			}
		}
	}
	return float64(total) / 1e9, unpriced, waiting
}

// variable compares a column.
func (c *comparison) variable(old, now *trace.Stage, from, to int) Variable {
	v := Variable{Stage: now.ID, Name: now.Out.Field(to).Name, Coded: stage.RoleOf(now.Out.Field(to)) == stage.Code || stage.RoleOf(now.Out.Field(to)) == stage.StatusRole}
	var units [][]string
	transitions, causes := map[[2]Value]int{}, map[string]int{}
	for _, row := range now.Rows {
		was := old.Find(row.Key)
		if len(was) != 1 || len(now.Find(row.Key)) != 1 {
			continue // added, or made into several
		}
		if waits(old, row.Key) || waits(now, row.Key) {
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
		r := Row{Key: row.Key, From: Value(a), To: Value(b), Causes: c.causes(now.ID, row.Key)}
		v.Rows = append(v.Rows, r)
		for _, cause := range r.Causes {
			causes[cause]++
		}
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
	for _, name := range slices.Sorted(maps.Keys(causes)) {
		v.Causes = append(v.Causes, Count{name, causes[name]})
	}
	slices.SortStableFunc(v.Causes, func(a, b Count) int { return b.N - a.N })
	return v
}
