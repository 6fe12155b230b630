package answers

import (
	"context"
	"database/sql"
	"errors"
)

// groupLimit is the most writes that one commit takes.
const groupLimit = 1024

// write is one change of the store. Nobody waits where done is nil.
type write struct {
	do   func(*writer) error
	done chan error
}

// writer owns the one connection that changes the file.
type writer struct {
	path  string
	ctx   context.Context
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	bases bases
}

func newWriter(ctx context.Context, path string) (*writer, error) {
	// cell_size_check finds damaged pages as they are read.
	db, err := sql.Open("sqlite", source(path, "&mode=rw&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cell_size_check(1)"))
	if err != nil {
		return nil, err
	}
	// What is written was paid for: no caller's cancellation ends a write.
	w := &writer{path: path, ctx: context.WithoutCancel(ctx), db: db, stmts: map[string]*sql.Stmt{}}
	if w.conn, err = db.Conn(ctx); err == nil {
		err = w.bases.load(w)
	}
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *writer) close() error {
	for _, s := range w.stmts {
		s.Close()
	}
	if w.conn != nil {
		w.conn.Close()
	}
	return w.db.Close()
}

// stmt prepares a statement once.
func (w *writer) stmt(text string) (*sql.Stmt, error) {
	if s := w.stmts[text]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(w.ctx, text)
	if err == nil {
		w.stmts[text] = s
	}
	return s, err
}

// exec runs a statement and returns how many rows it changed.
func (w *writer) exec(text string, args ...any) (int64, error) {
	s, err := w.stmt(text)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(w.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// get runs a query for one row, with this transaction's changes.
func (w *writer) get(text string, args ...any) *sql.Row {
	s, err := w.stmt(text)
	if err != nil {
		return w.conn.QueryRowContext(w.ctx, text, args...) // gives the same error
	}
	return s.QueryRowContext(w.ctx, args...)
}

// transact makes all changes or none, durably.
func (w *writer) transact(group []*write) error {
	if _, err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, g := range group {
		if err := g.do(w); err != nil {
			return w.rollback(err)
		}
	}
	if _, err := w.exec("COMMIT"); err != nil {
		return w.rollback(err)
	}
	return nil
}

func (w *writer) rollback(err error) error {
	_, undone := w.conn.ExecContext(w.ctx, "ROLLBACK")
	if code(err) != 0 && undone != nil {
		undone = nil // SQLite has rolled back by itself
	}
	return errors.Join(err, undone, w.bases.load(w))
}

// writeAll is the store's one writer: it takes what waits, commits it at once
// and tells those who wait. While it commits, the next group gathers, so that
// many writers share each flush to the disk and a single one never waits.
func (s *Store) writeAll(w *writer) {
	defer close(s.ended)
	for first := range s.writes {
		group := append(make([]*write, 0, 64), first)
		for more := true; more && len(group) < groupLimit; {
			select {
			case next, ok := <-s.writes:
				if more = ok; ok {
					group = append(group, next)
				}
			default:
				more = false
			}
		}
		err := w.transact(group)
		if err == nil || len(group) == 1 {
			s.tell(group, err)
			continue
		}
		for _, g := range group { // one write's failure is not its neighbours'
			one := []*write{g}
			s.tell(one, w.transact(one))
		}
	}
	s.late = errors.Join(s.late, w.close())
}

func (s *Store) tell(group []*write, err error) {
	err = s.explain(err)
	for _, g := range group {
		if g.done != nil {
			g.done <- err
		} else if err != nil && s.late == nil {
			s.late = err
		}
	}
}

// submit hands a change to the writer.
func (s *Store) submit(w *write) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch {
	case s.readOnly:
		return errors.New("the answer store " + s.path + " is open for reading only")
	case s.closed:
		return ErrClosed
	}
	s.writes <- w
	return nil
}

// change makes a change and waits until it is durable.
func (s *Store) change(do func(*writer) error) error {
	w := &write{do, make(chan error, 1)}
	if err := s.submit(w); err != nil {
		return err
	}
	return <-w.done
}

// settle waits until everything handed over so far is written.
func (s *Store) settle() error {
	if s.readOnly {
		return nil
	}
	return s.change(func(*writer) error { return nil })
}
