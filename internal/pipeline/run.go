package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/stage"
)

// RunSettings is what running needs besides the plan.
type RunSettings struct {
	Settings
	// Program is the version of the program, for reports.
	Program string
	// Only are the ids of the stages to run, with all that they need; none runs
	// every stage.
	Only []string
	// Dry writes no files: stages that write pass their rows on, and faults stop
	// nothing.
	Dry bool
	// Limit, if above 0, is the number of rows taken of the first table.
	Limit int64
	// TempDir holds spooled tables; "" is the system's.
	TempDir string
	// Drain ends the run early and tidily once it is closed.
	Drain <-chan struct{}
	// Progress, if not nil, is called now and then while the run goes on.
	Progress func([]Progress)
	// Memory is the allocator of all arrays; nil is Go's heap.
	Memory memory.Allocator
	// Tap, if not nil, is lent every batch that a stage yields, after its policy for
	// faults. Stages that run beside each other call it at the same time.
	Tap func(id string, rec arrow.Record) error
	// Show, if not nil, receives the rows of the stages that nothing reads.
	Show func(id string, t stage.Table) error
}

// StageError is an error of one stage of a run.
type StageError struct {
	ID  string
	Err error
}

// Error gives the stage and the cause.
func (e *StageError) Error() string { return fmt.Sprintf("stage %s: %v", e.ID, e.Err) }

// Unwrap gives the cause.
func (e *StageError) Unwrap() error { return e.Err }

// Run executes a plan without errors, and returns what each stage has done,
// also where it fails.
func Run(ctx context.Context, p *Plan, set RunSettings) ([]stage.StageFacts, error) {
	if set.Memory == nil {
		set.Memory = memory.DefaultAllocator
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	halt := newHalt(ctx, set.Drain)
	defer halt.wait()
	defer cancel()
	set.Drain = halt.drain
	r := &runner{plan: p, set: set, needed: make([]bool, len(p.Stages)), spools: make([]*spooled, len(p.Stages)), halt: halt}
	for i, s := range p.Stages {
		r.ledgers = append(r.ledgers, newLedger(set.Warn))
		if len(s.Readers) == 0 && len(set.Only) == 0 || slices.Contains(set.Only, s.ID) {
			for k, need := range p.Upstream(i) {
				r.needed[k] = r.needed[k] || need
			}
		}
	}
	stop := r.progress(ctx)
	err := r.run(ctx)
	stop()
	for _, s := range r.spools {
		err = errors.Join(err, s.close())
	}
	var facts []stage.StageFacts
	for i, s := range p.Stages {
		if r.needed[i] {
			facts = append(facts, r.ledgers[i].snapshot(s))
		}
	}
	if reason := halt.why(); err == nil && reason != "" {
		err = &StoppedError{reason}
	}
	return facts, err
}

type runner struct {
	plan    *Plan
	set     RunSettings
	needed  []bool
	ledgers []*ledger
	spools  []*spooled // of stages with several readers
	halt    *halt
}

// env returns what the stage at i is lent.
func (r *runner) env(i int) stage.Env {
	env := stage.Env{Stage: r.plan.Stages[i].ID, Seed: r.plan.Doc.Seed, Memory: r.set.Memory, Study: r.set.Study,
		Ledger: r.ledgers[i], Drain: r.set.Drain, Stop: r.stop, Run: func() stage.RunFacts { return r.facts(i) }}
	r.set.fill(&env)
	return env
}

// fill sets the defaults of an Env.
func (s Settings) fill(env *stage.Env) {
	env.Workers, env.BatchRows = s.Workers, s.BatchRows
	if env.Workers <= 0 {
		env.Workers = runtime.GOMAXPROCS(0)
	}
	if env.BatchRows <= 0 {
		env.BatchRows = 256
	}
	if env.Memory == nil {
		env.Memory = memory.DefaultAllocator
	}
	if env.Run == nil {
		env.Run = func() stage.RunFacts { return stage.RunFacts{} }
	}
}

// facts tells what the stages that the one at i depends on have done, in an order that
// does not depend on that of the file.
func (r *runner) facts(i int) stage.RunFacts {
	d := r.plan.Doc
	f := stage.RunFacts{Pipeline: filepath.Base(d.File.Name), Source: d.Text(), Name: d.Name, About: d.About, Seed: d.Seed,
		Version: r.set.Program, Partial: r.set.Limit > 0 || drained(r.set.Drain), Overrides: r.plan.overrides(), Limit: r.set.Limit}
	for _, k := range r.plan.reading(i) {
		f.Stages = append(f.Stages, r.ledgers[k].snapshot(r.plan.Stages[k]))
	}
	return f
}

func drained(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (r *runner) run(ctx context.Context) error {
	for _, i := range r.plan.preparing() {
		s := r.plan.Stages[i]
		if p, ok := s.Stage.(stage.Preparer); ok && r.needed[i] && !r.passes(s) {
			if err := p.Prepare(ctx, r.env(i), s.In); err != nil {
				return &StageError{s.ID, err}
			}
		}
	}
	for i, s := range r.plan.Stages {
		if !r.needed[i] || !r.last(i) {
			continue
		}
		if err := r.drain(ctx, i); err != nil {
			var known *StageError
			if !errors.As(err, &known) {
				err = &StageError{s.ID, err}
			}
			return err
		}
	}
	return nil
}

// passes reports a stage that would write in a run that writes no files.
func (r *runner) passes(s *Planned) bool { return r.set.Dry && len(s.Writes) > 0 && len(s.Inputs) == 1 }

// last reports whether nothing that runs reads the stage at i.
func (r *runner) last(i int) bool {
	for _, k := range r.plan.Stages[i].Readers {
		if r.needed[k] {
			return false
		}
	}
	return true
}

// drain pulls all rows of a stage that nothing reads.
func (r *runner) drain(ctx context.Context, i int) error {
	rows := r.rows(ctx, i)
	if r.set.Show != nil {
		return r.set.Show(r.plan.Stages[i].ID, stage.Table{Schema: r.plan.Stages[i].Out, Rows: rows})
	}
	for _, err := range rows {
		if err != nil {
			return err
		}
	}
	return nil
}

// preparing returns the indices of the stages in the order in which they are
// prepared: what checks data first, what costs last, so that nothing is
// downloaded or opened for a table that turns out to be wrong.
func (p *Plan) preparing() []int {
	rank := func(i int) int {
		s := p.Stages[i]
		if _, costs := s.Stage.(stage.Coster); costs {
			return 2
		}
		return min(1, len(s.Inputs))
	}
	order := slices.Clone(p.Order)
	slices.SortStableFunc(order, func(a, b int) int { return rank(a) - rank(b) })
	return order
}

// conserved checks that every row that went into a stage came out of it or was
// accounted for, before what reads the stage can end.
func (r *runner) conserved(i int) error {
	s := r.plan.Stages[i]
	if n := r.ledgers[i].missing(); len(s.Inputs) > 0 && n != 0 {
		return &StageError{s.ID, fmt.Errorf("%d rows went in, %d came out, and %d are not accounted for: this is a fault of the kind `%s`, please report it",
			r.ledgers[i].in.Load(), r.ledgers[i].out.Load(), n, s.Kind)}
	}
	return nil
}
