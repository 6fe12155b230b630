// Package trace keeps what a run does to its rows, for those who ask afterwards:
// why a row has its code, and how two runs differ. A Recorder is given to the
// engine and to the desk that answers; a Run is what it has kept.
package trace

import (
	"cmp"
	"iter"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/answers"
	"icono/internal/columns"
	"icono/internal/pipeline"
	"icono/internal/stage"
)

// Run is what was kept of a run.
type Run struct {
	Plan *pipeline.Plan
	// Stages are those of the plan, in the file's order.
	Stages []*Stage
	// Facts are what each stage that ran has told, in the file's order.
	Facts []stage.StageFacts
}

// Stage returns the stage with an id, nil where there is none.
func (r *Run) Stage(id string) *Stage {
	for _, s := range r.Stages {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// FactsOf returns what the stage with an id has told.
func (r *Run) FactsOf(id string) stage.StageFacts {
	for _, f := range r.Facts {
		if f.ID == id {
			return f
		}
	}
	return stage.StageFacts{ID: id}
}

// Stage is a stage of a run, and the rows that it yielded.
type Stage struct {
	*pipeline.Planned
	// Key is the index of the column that identifies a row or, where the stage made
	// several rows of one, did: -1 where there is none.
	Key int
	// Rows are in the table's order.
	Rows  []Row
	heard map[string][]Exchange
	byKey map[string][]int
	seen  int
}

// Row is a row that a stage yielded.
type Row struct {
	// Key is that of the row, "" in a table without one. Number counts the rows of the
	// table from 1, those too that are not kept.
	Key    string
	Number int
	Values []Value // one a column
}

// Value is a cell as text: lists and structs as JSON, numbers in the shortest form
// that reads back. Null is no value, which is not the same as "".
type Value struct {
	Text string
	Null bool
}

// Exchange is one use of a stored answer: the question, and the answer or why there
// is none.
type Exchange struct {
	answers.Request
	Answer answers.Answer
	Err    error
}

// Find returns the rows with a key: none, one, or several where the stage makes
// several of one.
func (s *Stage) Find(key string) []Row {
	var out []Row
	for _, i := range s.byKey[key] {
		out = append(out, s.Rows[i])
	}
	return out
}

// Heard returns the answers that a row used, in an order that does not depend on
// the run: by repeat, then by question.
func (s *Stage) Heard(key string) []Exchange { return s.heard[key] }

// Column returns the index of a column by name, -1 where there is none.
func (s *Stage) Column(name string) int { return columns.Index(s.Out, name) }

// Recorder keeps rows and answers while a run goes on. It is safe for concurrent
// use.
type Recorder struct {
	keep func(key string) bool
	mu   sync.Mutex
	run  *Run
	text map[string]string // one copy of each text
}

// NewRecorder keeps the rows whose key keep accepts, all where it is nil.
func NewRecorder(keep func(key string) bool) *Recorder {
	if keep == nil {
		keep = func(string) bool { return true }
	}
	return &Recorder{keep: keep, text: map[string]string{}, run: &Run{}}
}

// Begin states the plan whose run is recorded.
func (r *Recorder) Begin(p *pipeline.Plan) {
	r.run.Plan = p
	for _, s := range p.Stages {
		r.run.Stages = append(r.run.Stages, &Stage{Planned: s, Key: keyOf(p, s), heard: map[string][]Exchange{}, byKey: map[string][]int{}})
	}
}

// keyOf is the column of the rows' keys: that of the stage's first input where its own
// table has none any more.
func keyOf(p *pipeline.Plan, s *pipeline.Planned) int {
	if at := stage.Find(s.Out, stage.Key); at >= 0 || len(s.Inputs) == 0 {
		return at
	}
	in := p.Stages[s.Inputs[0]]
	if at := keyOf(p, in); at >= 0 {
		return columns.Index(s.Out, in.Out.Field(at).Name)
	}
	return -1
}

// Tap is pipeline.RunSettings.Tap.
func (r *Recorder) Tap(id string, rec arrow.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.run.Stage(id)
	for i := range int(rec.NumRows()) {
		s.seen++
		row := Row{Number: s.seen, Values: make([]Value, rec.NumCols())}
		if s.Key >= 0 {
			row.Key = columns.Format(rec.Column(s.Key), i)
		}
		if !r.keep(row.Key) {
			continue
		}
		for c, col := range rec.Columns() {
			row.Values[c] = Value{Text: r.one(columns.Format(col, i)), Null: col.IsNull(i)}
		}
		row.Key = r.one(row.Key)
		s.byKey[row.Key] = append(s.byKey[row.Key], len(s.Rows))
		s.Rows = append(s.Rows, row)
	}
	return nil
}

func (r *Recorder) one(text string) string {
	if known, ok := r.text[text]; ok {
		return known
	}
	r.text[text] = text
	return text
}

// Heard is asking.Options.Heard. What a row uses twice is kept once.
func (r *Recorder) Heard(id string, q answers.Request, a answers.Answer, err error) {
	if !r.keep(q.Row) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.run.Stage(id)
	if s == nil {
		return
	}
	again := slices.ContainsFunc(s.heard[q.Row], func(e Exchange) bool { return e.Request.Key() == q.Key() })
	if !again {
		s.heard[q.Row] = append(s.heard[q.Row], Exchange{q, a, err})
	}
}

// End returns what was kept, with what the stages told.
func (r *Recorder) End(facts []stage.StageFacts) *Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.run.Facts = facts
	for _, s := range r.run.Stages {
		for _, list := range s.heard {
			slices.SortStableFunc(list, func(a, b Exchange) int {
				return cmp.Or(a.Repeat-b.Repeat, slices.Compare(a.Body, b.Body))
			})
		}
	}
	return r.run
}

// Exchanges yields all answers that the stage used, in no particular order.
func (s *Stage) Exchanges() iter.Seq[Exchange] {
	return func(yield func(Exchange) bool) {
		for _, list := range s.heard {
			for _, e := range list {
				if !yield(e) {
					return
				}
			}
		}
	}
}
