package answers

import (
	"context"
	"fmt"
	"os"
)

// Imported counts what an import found.
type Imported struct {
	Answers, Faults int // new in the store
	Known           int // there already
}

// Import merges a cassette file into the store as answers of a stage: all of
// it, or nothing where a line is wrong or contradicts the store.
func (s *Store) Import(ctx context.Context, stage, path string) (Imported, error) {
	var got Imported
	err := s.change(func(w *writer) error {
		got = Imported{}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		lines := map[Key]int{}
		return readLines(path, f, func(e *entry, at place) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			there := "the store " + s.path
			if n := lines[e.key]; n > 0 {
				there = fmt.Sprintf("%s:%d", path, n)
			}
			lines[e.key] = at.line
			return w.merge(stage, e, fmt.Sprintf("%s:%d", path, at.line), there, &got)
		})
	})
	if err != nil {
		return Imported{}, err
	}
	return got, nil
}

// merge adds a cassette's entry to the store.
func (w *writer) merge(stage string, e *entry, here, there string, got *Imported) error {
	q := w.querier()
	a, _, err := q.answer(e.key, "", "")
	if err != nil {
		return err
	}
	f, err := q.fault(e.key)
	if err != nil {
		return err
	}
	stored := &entry{key: e.key, answer: a, fault: f}
	if e.conflicts(stored) {
		return &ConflictError{e.rows[0], e.key, here, there}
	}
	switch m := stored.over(e); {
	case a == nil && m.answer != nil:
		got.Answers++
		_, err = w.putAnswer(stage, e.key, e.request, *m.answer, false)
	case a == nil && m.fault != f:
		if f == nil {
			got.Faults++
		} else {
			got.Known++
		}
		if _, err = w.exec(sqlDropFault, e.key[:]); err == nil {
			err = w.putFault(stage, e.key, e.request, m.fault)
		}
	default:
		got.Known++
	}
	for _, row := range e.rows {
		if err == nil {
			err = w.addUse(stage, row, e.key)
		}
	}
	return err
}
