package answers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// querier reads single rows: from the store, or from one moment of it.
type querier struct {
	path string
	row  func(text string, args ...any) *sql.Row
}

// now reads what the store holds at each query's moment. Readers never wait for
// the writer, so that a lookup is not worth the cost of being cancellable.
func (s *Store) now(ctx context.Context) querier {
	ctx = context.WithoutCancel(ctx)
	return querier{s.path, func(text string, args ...any) *sql.Row {
		if p := s.prepared[text]; p != nil {
			return p.QueryRowContext(ctx, args...)
		}
		return s.read.QueryRowContext(ctx, text, args...)
	}}
}

// moment calls f with a querier that sees the store as it is now, whatever is
// written meanwhile.
func (s *Store) moment(ctx context.Context, f func(*sql.Tx, querier) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.explain(err)
	}
	defer tx.Rollback() // ends reading; there is nothing to undo
	stmts := map[string]*sql.Stmt{}
	return s.explain(f(tx, querier{s.path, func(text string, args ...any) *sql.Row {
		if stmts[text] == nil {
			p, err := tx.PrepareContext(ctx, text)
			if err != nil {
				return tx.QueryRowContext(ctx, text, args...) // gives the same error
			}
			stmts[text] = p
		}
		return stmts[text].QueryRowContext(ctx, args...)
	}}))
}

// any reports whether an answer or a fault may be stored.
func (q querier) any(k Key) bool {
	var there bool
	return q.row(sqlAny, k[:]).Scan(&there) != nil || there
}

// answer looks an answer up, nil where there is none, and whether it is known
// that a row of a stage uses it.
func (q querier) answer(k Key, stage, row string) (_ *Answer, used bool, err error) {
	var a Answer
	var sum int64
	u := &a.Usage
	err = q.row(sqlAnswer, k[:], stage, row).Scan(&a.Model, &a.Note, &u.Input, &u.CachedInput, &u.Output, &u.Reasoning, &sum, &a.Body, &used)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	case a.sum() != sum:
		return nil, false, &DamagedError{q.path, fmt.Errorf("the answer to request %s does not fit its checksum", k)}
	}
	return &a, used, nil
}

// fault looks a fault up; nil where there is none.
func (q querier) fault(k Key) (*FaultError, error) {
	f := &FaultError{Stored: true}
	err := q.row(sqlFault, k[:]).Scan(&f.Status, &f.Reason, &f.Count, &f.Usage.Input, &f.Usage.CachedInput, &f.Usage.Output, &f.Usage.Reasoning, &f.Raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// list runs a query and calls f for each row.
func (s *Store) list(ctx context.Context, f func(scan func(...any) error) error, text string, args ...any) error {
	rows, err := s.read.QueryContext(ctx, text, args...)
	if err != nil {
		return s.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return s.explain(err)
		}
	}
	return s.explain(rows.Err())
}

// Check reads the whole file: SQLite's own check, and each request and answer
// against its key or checksum.
func (s *Store) Check(ctx context.Context) error {
	var verdict string
	if err := s.read.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return s.explain(err)
	}
	if verdict != "ok" {
		return &DamagedError{s.path, errors.New(verdict)}
	}
	var all []Key
	if err := s.list(ctx, func(scan func(...any) error) error {
		var raw []byte
		err := scan(&raw)
		all = append(all, Key(append(raw, make([]byte, len(Key{}))...)))
		return err
	}, `SELECT key FROM requests`); err != nil {
		return err
	}
	q := s.now(ctx)
	for _, k := range all {
		if _, err := q.request(k); err != nil {
			return s.explain(err)
		}
		if _, _, err := q.answer(k, "", ""); err != nil {
			return s.explain(err)
		}
	}
	return nil
}
