package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// rows starts the stage at i and watches what it yields.
func (r *runner) rows(ctx context.Context, i int) stage.Rows {
	s := r.plan.Stages[i]
	in := make([]stage.Table, len(s.Inputs))
	for k, from := range s.Inputs {
		rows := r.edge(ctx, from, i)
		if k == 0 { // the table whose rows are conserved
			rows = r.count(rows, i)
		}
		in[k] = stage.Table{Schema: s.In[k], Rows: rows}
	}
	if r.passes(s) {
		return r.watch(in[0].Rows, i)
	}
	out := s.Stage.Run(ctx, r.env(i), in)
	if len(s.Inputs) == 0 && r.set.Limit > 0 && i == r.limited() {
		out = limit(out, r.set.Limit)
	}
	return r.watch(out, i)
}

// limited returns the index of the source whose rows --limit counts: the first
// that names pictures, else the first.
func (r *runner) limited() int {
	first := -1
	for i, s := range r.plan.Stages {
		if len(s.Inputs) > 0 {
			continue
		}
		if stage.Find(s.Out, stage.Image) >= 0 {
			return i
		}
		if first < 0 {
			first = i
		}
	}
	return first
}

// edge returns the rows of the stage at i for its reader. A run that drains
// still passes on what lies spooled, but not to stages that cost.
func (r *runner) edge(ctx context.Context, i, reader int) stage.Rows {
	readers := 0
	for _, k := range r.plan.Stages[i].Readers {
		for _, from := range r.plan.Stages[k].Inputs {
			if from == i && r.needed[k] {
				readers++
			}
		}
	}
	if readers <= 1 {
		return r.rows(ctx, i)
	}
	if r.spools[i] == nil {
		r.spools[i] = &spooled{}
	}
	costly := r.costly(reader)
	return func(yield func(arrow.Record, error) bool) {
		s := r.spools[i]
		if err := s.fill(r, ctx, i); err != nil {
			yield(nil, err)
			return
		}
		for rec, err := range s.file.Rows(ctx, r.set.Memory) {
			if err == nil && costly && drained(r.set.Drain) {
				return
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

// costly reports whether the stage at i, or one that reads of it, costs time or
// money for each row.
func (r *runner) costly(i int) bool {
	if _, costs := r.plan.Stages[i].Stage.(stage.Coster); costs {
		return true
	}
	return slices.ContainsFunc(r.plan.Stages[i].Readers, func(k int) bool { return r.needed[k] && r.costly(k) })
}

// spooled holds the rows of a stage with several readers on disk.
type spooled struct {
	file *tabular.Spool
	err  error
	once sync.Once
}

// fill runs the stage once, for whichever reader asks first.
func (s *spooled) fill(r *runner, ctx context.Context, i int) error {
	s.once.Do(func() { s.err = s.run(r, ctx, i) })
	return s.err
}

func (s *spooled) run(r *runner, ctx context.Context, i int) (err error) {
	if s.file, err = tabular.NewSpool(r.set.TempDir, r.plan.Stages[i].Out); err != nil {
		return err
	}
	for rec, err := range r.rows(ctx, i) {
		if err == nil {
			err = s.file.Append(rec)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *spooled) close() error {
	if s == nil || s.file == nil {
		return nil
	}
	return s.file.Close()
}

// count counts the rows that go into the stage at i.
func (r *runner) count(rows stage.Rows, i int) stage.Rows {
	l := r.ledgers[i]
	return func(yield func(arrow.Record, error) bool) {
		for rec, err := range rows {
			if err == nil {
				l.in.Add(rec.NumRows())
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

// limit ends a stream after n rows.
func limit(rows stage.Rows, n int64) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		left := n
		for rec, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if rec.NumRows() > left {
				cut := rec.NewSlice(0, left)
				yield(cut, nil)
				cut.Release()
				return
			}
			left -= rec.NumRows()
			if !yield(rec, nil) || left == 0 {
				return
			}
		}
	}
}

// watch counts the rows and faults of the stage at i, applies its policy for
// faults, ends sources when the run drains, and names the stage in its errors.
func (r *runner) watch(rows stage.Rows, i int) stage.Rows {
	s, l := r.plan.Stages[i], r.ledgers[i]
	status := stage.FindAdded(s.Out, stage.StatusRole, s.ID)
	return func(yield func(arrow.Record, error) bool) {
		l.running.Store(true)
		defer l.running.Store(false)
		var seen int64
		for rec, err := range rows {
			if err != nil {
				yield(nil, r.named(s, err))
				return
			}
			if err := checkSchema(rec, s); err != nil {
				yield(nil, &StageError{s.ID, err})
				return
			}
			seen += rec.NumRows()
			out, err := r.faults(rec, i, status)
			if err != nil {
				yield(nil, &StageError{s.ID, err})
				return
			}
			l.out.Add(out.NumRows())
			if r.set.Tap != nil {
				if err := r.set.Tap(s.ID, out); err != nil {
					if out != rec {
						out.Release()
					}
					yield(nil, r.named(s, err))
					return
				}
			}
			more := yield(out, nil)
			if out != rec {
				out.Release()
			}
			if !more {
				return
			}
			if len(s.Inputs) == 0 && drained(r.set.Drain) {
				break
			}
		}
		if faults := l.faultCount.Load(); !drained(r.set.Drain) && !r.set.Dry && s.OnFault.Stop && faults > 0 && float64(faults) > s.OnFault.Share*float64(seen) {
			yield(nil, &StageError{s.ID, fmt.Errorf("%d of %d rows have faults, which is above the %g%% of `on_fault`", faults, seen, s.OnFault.Share*100)})
			return
		}
		if err := r.conserved(i); err != nil {
			yield(nil, err)
			return
		}
		l.done.Store(true)
	}
}

func (r *runner) named(s *Planned, err error) error {
	var known *StageError
	if errors.As(err, &known) {
		return err
	}
	return &StageError{s.ID, err}
}

// faults counts the rows whose status is not ok, and drops them or stops where
// the policy says so.
func (r *runner) faults(rec arrow.Record, i, status int) (arrow.Record, error) {
	if status < 0 {
		return rec, nil
	}
	s, l := r.plan.Stages[i], r.ledgers[i]
	text, ok := columns.Text(rec.Column(status))
	if !ok {
		return rec, nil
	}
	keep, bad := make([]bool, text.Len()), false
	for row := range keep {
		v := text.At(row)
		if keep[row] = v == string(stage.OK); keep[row] {
			continue
		}
		bad = true
		l.fault(v, 1)
		if l.firstFault() {
			l.describe(describeFault(rec, s, row, v))
		}
		// What an interruption left out is no fault of the data.
		left := v == string(stage.Skipped) && drained(r.set.Drain)
		if s.OnFault.Drop {
			l.Dropped(v, 1)
		}
		if s.OnFault.Stop && s.OnFault.Share == 0 && !left && !r.set.Dry {
			return nil, errors.New(describeFault(rec, s, row, v) + " (`on_fault: stop`)")
		}
	}
	if bad && s.OnFault.Drop {
		return columns.Filter(r.set.Memory, rec, keep)
	}
	return rec, nil
}

func describeFault(rec arrow.Record, s *Planned, row int, status string) string {
	text := "a row is " + status
	if k := stage.Find(rec.Schema(), stage.Key); k >= 0 {
		text = fmt.Sprintf("row %s is %s", columns.Format(rec.Column(k), row), status)
	}
	if e := stage.FindAdded(rec.Schema(), stage.ErrorText, s.ID); e >= 0 {
		if why := columns.Format(rec.Column(e), row); why != "" {
			text += ": " + why
		}
	}
	return text
}
