package answers

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"io"
	"slices"
)

// use is a request and the rows of a stage that made it.
type use struct {
	key    Key
	rows   []string
	repeat int
}

// Export writes the stage's cassette: what the store and the session's own
// cassette hold, one request a line, sorted by row, repeat and key, so that the
// bytes do not depend on the order of asking. Only requests for which keep
// returns true are written; nil keeps all, those of former prompts too. It
// returns how many lines it wrote.
func (s *Session) Export(ctx context.Context, w io.Writer, keep func(Key) bool) (int, error) {
	n, b := 0, bufio.NewWriterSize(w, 1<<16)
	write := func(q *querier, byKey map[Key]*use) error {
		list := make([]*use, 0, len(byKey))
		for k, u := range byKey {
			if keep == nil || keep(k) {
				list = append(list, u)
			}
		}
		slices.SortFunc(list, func(x, y *use) int {
			return cmp.Or(cmp.Compare(x.rows[0], y.rows[0]), cmp.Compare(x.repeat, y.repeat), bytes.Compare(x.key[:], y.key[:]))
		})
		for _, u := range list {
			e, err := s.entry(q, u)
			if err != nil {
				return err
			}
			if e == nil {
				continue
			}
			if err := e.encode(b); err != nil {
				return err
			}
			n++
		}
		return b.Flush()
	}
	byKey := map[Key]*use{}
	if c := s.o.Cassette; c != nil {
		for _, p := range c.order {
			byKey[p.key] = &use{p.key, p.rows, p.repeat}
		}
	}
	if s.o.Store == nil {
		return n, write(nil, byKey)
	}
	if err := s.o.Store.settle(); err != nil {
		return 0, err
	}
	err := s.o.Store.moment(ctx, func(tx *sql.Tx, q querier) error {
		if err := collect(ctx, tx, s.stage, byKey); err != nil {
			return err
		}
		return write(&q, byKey)
	})
	return n, err
}

// collect adds what the store knows of a stage's requests.
func collect(ctx context.Context, tx *sql.Tx, stage string, byKey map[Key]*use) error {
	rows, err := tx.QueryContext(ctx, `SELECT u.key, u.row, r.repeat FROM uses u JOIN requests r ON r.key = u.key WHERE u.stage = ?`, stage)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key []byte
		var row string
		var repeat int
		if err := rows.Scan(&key, &row, &repeat); err != nil {
			return err
		}
		var k Key
		copy(k[:], key)
		u := byKey[k]
		if u == nil {
			u = &use{key: k, repeat: repeat}
			byKey[k] = u
		}
		// The cassette's list is shared: it must not grow in place.
		if i, there := slices.BinarySearch(u.rows, row); !there {
			u.rows = slices.Insert(slices.Clone(u.rows), i, row)
		}
	}
	return rows.Err()
}

// entry brings together what is known of a request; nil where that is neither
// an answer nor a fault.
func (s *Session) entry(q *querier, u *use) (*entry, error) {
	var e, shipped *entry
	var err error
	if c := s.o.Cassette; c != nil {
		if shipped, err = c.find(u.key); err != nil {
			return nil, err
		}
	}
	if q != nil {
		e = &entry{key: u.key}
		if e.answer, _, err = q.answer(u.key, "", ""); err == nil && e.answer == nil {
			e.fault, err = q.fault(u.key)
		}
		if err != nil {
			return nil, err
		}
		if e.answer == nil && e.fault == nil {
			e = nil
		} else if e.request, err = q.request(u.key); err != nil {
			return nil, err
		}
	}
	switch {
	case e == nil && shipped == nil:
		return nil, nil
	case e == nil:
		e = shipped
	case shipped != nil:
		e = e.over(shipped)
	}
	e.rows = u.rows
	return e, nil
}
