// Package change tells how two runs of a study differ: rows added and lost, codes that
// changed, and why each did.
package change

import (
	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
	"icono/internal/trace"
)

// Report is how a run differs from an earlier one.
type Report struct {
	// Values is set where only values were compared: there are no causes and costs.
	Values bool `json:"values_only,omitempty"`
	// Study says what was changed in the pipeline and its files.
	Study []string `json:"study"`
	// Tables are those of which rows came or went, by the stage that yields them.
	Tables    []Table    `json:"tables"`
	Variables []Variable `json:"variables"`
	// Data are the columns of data that differ, which no coder has made.
	Data []Variable `json:"data,omitempty"`
	// New and Gone are variables that one of the runs has, with their stages.
	New  []string `json:"new,omitempty"`
	Gone []string `json:"gone,omitempty"`
	// Faults counts the rows that a stage could not code, where there are some.
	Faults []Faults `json:"faults,omitempty"`
	// Cost is what the answers that each run uses cost, in dollars; Unpriced counts
	// those of unknown price. Waiting counts questions without an answer.
	Cost     [2]float64 `json:"dollars"`
	Unpriced [2]int     `json:"unpriced"`
	Waiting  [2]int     `json:"waiting"`
}

// Variable is a column of codes, or of what else a coder says, in both runs.
type Variable struct {
	Stage string `json:"stage"`
	Name  string `json:"name"`
	// Coded is set for categories, and for whole numbers and truth values that a coder
	// gave; other columns have no transitions.
	Coded bool `json:"coded"`
	// Measured is set for the values of all variables of coders.
	Measured bool `json:"measured,omitempty"`
	// Beside is set for what stands beside a code: how sure the coder is, or what decided.
	Beside bool `json:"beside,omitempty"`
	// Both are the rows that both runs have, with an answer on both sides or none;
	// Waiting those that one of them has no answer to yet.
	Both    int `json:"rows"`
	Waiting int `json:"waiting,omitempty"`
	Changed int `json:"changed"`
	// Lost are the rows of the stage that the later run has not.
	Lost int `json:"lost,omitempty"`
	// Alpha is Krippendorff's alpha between the runs, null where it is not defined; Level
	// that of measurement that it was computed for, Pairs the rows with a value in both.
	Alpha *float64 `json:"alpha"`
	Level string   `json:"alpha_level,omitempty"`
	Pairs int64    `json:"alpha_rows,omitempty"`
	// Moved says how far the numbers that changed lie apart, for numbers with fractions.
	Moved       *Moved       `json:"moved,omitempty"`
	Transitions []Transition `json:"transitions,omitempty"`
	Causes      []Count      `json:"causes,omitempty"`
	Rows        []Row        `json:"changes,omitempty"`
}

// Moved are absolute differences.
type Moved struct {
	Mean float64 `json:"mean"`
	Most float64 `json:"most"`
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

// Count is a number of rows with one cause. In Alone of them nothing else differs, so
// that the change is certain to come from it.
type Count struct {
	Name  string `json:"name"`
	N     int    `json:"n"`
	Alone int    `json:"alone"`
}

// Faults are the rows that a stage tried and could not code.
type Faults struct {
	Stage  string `json:"stage"`
	Before int    `json:"before"`
	After  int    `json:"after"`
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
	c := &comparison{sides: [2]Side{a, b}, old: pairUp(a.Run, b.Run), known: map[cell][]string{},
		waiting: [2]map[cell]bool{{}, {}}, read: [2]map[string][]source{{}, {}}, differ: map[string][]altered{}}
	r := &Report{Study: []string{}, Tables: []Table{}, Variables: []Variable{}}
	kept := map[string]bool{}
	for _, i := range b.Run.Plan.Order {
		s := b.Run.Stages[i]
		old := c.old[s.ID]
		if old != nil && s.Key >= 0 && old.Key >= 0 {
			if t := c.table(old, s); len(t.Added)+len(t.Lost) > 0 {
				r.Tables = append(r.Tables, t)
			}
		}
		r.Data = append(r.Data, c.data(old, s)...)
		if !coder(s) {
			continue
		}
		for _, at := range s.Made() {
			if !telling(s.Out.Field(at)) {
				continue
			}
			from := counterpart(old, s, at)
			if from < 0 {
				r.New = append(r.New, label(s, at))
				continue
			}
			kept[label(old, from)] = true
			r.Variables = append(r.Variables, c.variable(old, s, from, at))
		}
		if f := (Faults{s.ID, c.faults(0, old), c.faults(1, s)}); f.Before+f.After > 0 {
			r.Faults = append(r.Faults, f)
		}
	}
	for _, i := range a.Run.Plan.Order {
		s := a.Run.Stages[i]
		for _, at := range s.Made() {
			if coder(s) && telling(s.Out.Field(at)) && !kept[label(s, at)] {
				r.Gone = append(r.Gone, label(s, at))
			}
		}
	}
	for i, side := range c.sides {
		r.Cost[i], r.Unpriced[i], r.Waiting[i] = spent(side)
	}
	return r
}

// counterpart is the index of a column in the table of what its stage was, -1 where it
// is new.
func counterpart(old, now *trace.Stage, at int) int {
	switch f := now.Out.Field(at); {
	case old == nil || old.Key < 0 || now.Key < 0 || !coder(old):
		return -1
	case stage.RoleOf(f) == stage.StatusRole:
		return stage.FindAdded(old.Out, stage.StatusRole, old.ID)
	default:
		return old.Column(f.Name)
	}
}

func label(s *trace.Stage, at int) string { return s.Out.Field(at).Name + " (" + s.ID + ")" }

// faults counts the rows that a stage could not code, without those that wait for answers.
func (c *comparison) faults(side int, s *trace.Stage) int {
	if s == nil || !coder(s) {
		return 0
	}
	n, at := 0, stage.FindAdded(s.Out, stage.StatusRole, s.ID)
	for _, r := range s.Rows {
		if v := stage.Status(r.Values[at].Text); !r.Values[at].Null && v != stage.OK && v != stage.Skipped && !c.waits(side, s, r.Key) {
			n++
		}
	}
	return n
}

// coder reports whether a stage codes: it states how each row went.
func coder(s *trace.Stage) bool {
	return len(s.Inputs) == 1 && stage.FindAdded(s.Out, stage.StatusRole, s.ID) >= 0
}

// telling reports whether a column says something about the row, or how sure the coder
// is of that or what decided, and not how it went. Scores are of single labels, but for
// those that were merged.
func telling(f arrow.Field) bool {
	switch stage.RoleOf(f) {
	case stage.Score:
		return merged(f)
	case stage.ErrorText, stage.Inclusion, stage.Agreed, stage.Agreement, stage.Explanation, stage.Words:
		return false
	}
	return true
}

// merged reports whether a column is the result of a merge.
func merged(f arrow.Field) bool { return len(stage.InputsOf(f)) > 0 }

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
