package answers

import (
	"bytes"
	"database/sql"
	"fmt"
)

// basesKept is how many bases are compared with a new request: enough for the
// stages of a run and the recent wordings of their prompts.
const basesKept = 8

// base is a stored request body that others are stored as changes of.
type base struct {
	id   int64
	body []byte
}

// bases are the newest bases in the file, newest first.
type bases []base

func (b *bases) load(w *writer) error {
	*b = nil
	rows, err := w.conn.QueryContext(w.ctx, `SELECT id, body FROM bases ORDER BY id DESC LIMIT ?`, basesKept)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var one base
		if err := rows.Scan(&one.id, &one.body); err != nil {
			return err
		}
		*b = append(*b, one)
	}
	return rows.Err()
}

// overlap is how many bytes a body shares with a base at its start and end.
func overlap(base, body []byte) (prefix, suffix int) {
	n := min(len(base), len(body))
	for prefix < n && base[prefix] == body[prefix] {
		prefix++
	}
	for suffix < n-prefix && base[len(base)-1-suffix] == body[len(body)-1-suffix] {
		suffix++
	}
	return prefix, suffix
}

// addRequest stores a request, unless it is known.
func (w *writer) addRequest(k Key, r Request) error {
	var id any
	var prefix, suffix int
	for _, b := range w.bases {
		if p, s := overlap(b.body, r.Body); p+s > prefix+suffix {
			id, prefix, suffix = b.id, p, s
		}
	}
	// A long body with little in common starts a new base.
	if len(r.Body) >= 1024 && 4*(prefix+suffix) < len(r.Body) {
		var known int
		if err := w.get(sqlRequestKnown, k[:]).Scan(&known); err != sql.ErrNoRows {
			return err
		}
		if _, err := w.exec(sqlAddBase, r.Body); err != nil {
			return err
		}
		var last int64
		if err := w.get(`SELECT last_insert_rowid()`).Scan(&last); err != nil {
			return err
		}
		w.bases = append(bases{{last, bytes.Clone(r.Body)}}, w.bases[:min(len(w.bases), basesKept-1)]...)
		id, prefix, suffix = last, len(r.Body), 0
	}
	middle := append([]byte{}, r.Body[prefix:len(r.Body)-suffix]...) // never nil, which would be NULL
	_, err := w.exec(sqlAddRequest, k[:], r.Provider, r.Model, r.BaseURL, r.Repeat, id, prefix, suffix, middle)
	return err
}

// request reads a stored request, without its row, and checks it against its
// key.
func (q querier) request(k Key) (Request, error) {
	var r Request
	var id sql.NullInt64
	var prefix, suffix int
	var middle, whole []byte
	if err := q.row(sqlRequest, k[:]).Scan(&r.Provider, &r.Model, &r.BaseURL, &r.Repeat, &id, &prefix, &suffix, &middle); err != nil {
		return r, err
	}
	if id.Valid {
		if err := q.row(sqlBase, id.Int64).Scan(&whole); err != nil {
			return r, err
		}
	}
	if prefix < 0 || suffix < 0 || prefix+suffix > len(whole) {
		return r, &DamagedError{q.path, fmt.Errorf("request %s names more bytes than its base has", k)}
	}
	r.Body = append(append(append([]byte{}, whole[:prefix]...), middle...), whole[len(whole)-suffix:]...)
	if r.Key() != k {
		return r, &DamagedError{q.path, fmt.Errorf("request %s does not fit its key", k)}
	}
	return r, nil
}
