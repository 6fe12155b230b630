package join

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/stage"
)

// What is counted.
const (
	noMatch    = "no match on the right"
	further    = "further matches"
	leftNull   = "left-hand rows without a value in `on`"
	rightNull  = "right-hand rows without a value in `on`"
	unused     = "right-hand rows that match none"
	notTaken   = "right-hand rows passed over for an earlier one"
	shared     = "rows that share a right-hand path with another"
	maxOut     = 8192 // rows of an output batch
	shownValue = 60   // characters of a value in a message
)

// Run implements stage.Stage.
func (j join) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	l, err := j.plan(in[0].Schema, in[1].Schema)
	if err != nil {
		return flow.Fail(err)
	}
	return func(yield func(arrow.Record, error) bool) {
		m := &merge{join: j, layout: l, env: env}
		defer m.release()
		if err := m.readRight(in[1]); err != nil {
			yield(nil, err)
			return
		}
		for rec, err := range in[0].Rows {
			if err == nil {
				err = m.match(rec)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !m.emit(rec, yield) {
				return
			}
		}
		m.tell()
	}
}

// merge is one run of the stage.
type merge struct {
	join
	*layout
	env     stage.Env
	right   []arrow.Array // the columns to take, whole
	keys    arena
	matcher matcher
	used    []uint8 // of each right-hand row: matched never, once, several times
	leftAt  []int   // rows of the current left-hand batch
	rightAt []int   // the right-hand rows beside them, -1 for none
	scratch []byte
	found   []int
	shares  int64
}

func (m *merge) release() {
	for _, a := range m.right {
		a.Release()
	}
}

// readRight reads the second table to its end and indexes it.
func (m *merge) readRight(t stage.Table) error {
	parts := make([][]arrow.Array, len(m.take))
	defer func() {
		for _, arrs := range parts {
			for _, a := range arrs {
				a.Release()
			}
		}
	}()
	for rec, err := range t.Rows {
		if err != nil {
			return err
		}
		if int64(len(m.keys.ends))+rec.NumRows() > maxRows {
			return errors.New("the second table has too many rows to be joined: exchange the tables")
		}
		k := newKeys(rec, m.layout.right)
		for row := range int(rec.NumRows()) {
			m.keys.add(k, row)
		}
		for i, at := range m.take {
			rec.Column(at).Retain()
			parts[i] = append(parts[i], rec.Column(at))
		}
	}
	for i, at := range m.take {
		col, err := m.whole(parts[i], t.Schema.Field(at).Type)
		if err != nil {
			return fmt.Errorf("column %q: %w", t.Schema.Field(at).Name, err)
		}
		m.right = append(m.right, col)
	}
	m.used = make([]uint8, len(m.keys.ends))
	if m.config.Match == path {
		m.matcher = newSuffixes(&m.keys)
	} else {
		m.matcher = newTable(&m.keys)
	}
	return m.checkTwins()
}

func (m *merge) whole(parts []arrow.Array, t arrow.DataType) (arrow.Array, error) {
	if len(parts) > 0 {
		return columns.Concat(m.env.Memory, parts)
	}
	b := array.NewBuilder(m.env.Memory, t)
	defer b.Release()
	return b.NewArray(), nil
}

// checkTwins refuses right-hand rows with equal keys, unless `many` allows
// them.
func (m *merge) checkTwins() error {
	n, some := m.matcher.twins()
	if n == 0 || m.config.Many == manyAll {
		return nil
	}
	if m.config.Many == manyFirst {
		m.env.Ledger.Counted(notTaken, int64(n))
		return nil
	}
	var lines []string
	for _, t := range some {
		lines = append(lines, fmt.Sprintf("rows %d and %d both have %s", t.first+1, t.second+1, m.shown(m.keys.at(t.first))))
	}
	if n > len(some) {
		lines = append(lines, fmt.Sprintf("and %d more", n-len(some)))
	}
	return fmt.Errorf("several rows of the second table have the same %s: %s (take the `first`, or `all` of them, with the option `many`)", m.onNames(), strings.Join(lines, "; "))
}

func (m *merge) onNames() string {
	var names []string
	for _, p := range m.config.On {
		names = append(names, "`"+p.Right+"`")
	}
	return strings.Join(names, ", ")
}

// match finds the pairs of rows for a left-hand batch.
func (m *merge) match(rec arrow.Record) error {
	m.leftAt, m.rightAt = m.leftAt[:0], m.rightAt[:0]
	k := newKeys(rec, m.layout.left)
	var none, null, more int64
	for row := range int(rec.NumRows()) {
		var ok bool
		m.found = m.found[:0]
		if m.scratch, ok = k.encode(m.scratch[:0], row); ok {
			m.found = m.matcher.find(m.found, m.scratch)
		} else {
			null++
		}
		if len(m.found) == 0 {
			if none++; m.config.How == left {
				m.leftAt, m.rightAt = append(m.leftAt, row), append(m.rightAt, -1)
			}
			continue
		}
		if len(m.found) > 1 && m.config.Many != manyAll {
			if m.config.Many == manyError {
				return fmt.Errorf("%s matches several rows of the second table equally well: %s in row %d and %s in row %d (take the `first`, or `all` of them, with the option `many`)",
					m.shown(m.scratch), m.shown(m.keys.at(m.found[0])), m.found[0]+1, m.shown(m.keys.at(m.found[1])), m.found[1]+1)
			}
			m.found = m.found[:1]
		}
		more += int64(len(m.found) - 1)
		for _, at := range m.found {
			m.leftAt, m.rightAt = append(m.leftAt, row), append(m.rightAt, at)
			if m.used[at] == 1 {
				m.shares++
			}
			m.used[at] = min(2, m.used[at]+1)
		}
	}
	if m.config.How == inner {
		m.env.Ledger.Dropped(noMatch, none)
	} else {
		m.env.Ledger.Counted(noMatch, none)
	}
	m.env.Ledger.Counted(leftNull, null)
	m.env.Ledger.Added(further, more)
	return nil
}

// shown words a key for a message.
func (m *merge) shown(key []byte) string {
	if len(m.layout.left) > 1 {
		return "the same values"
	}
	switch classOf(m.schema.Field(m.layout.left[0]).Type) {
	case text:
		return fmt.Sprintf("%.*q", shownValue, key)
	case integer:
		return fmt.Sprint(int64(binary.BigEndian.Uint64(key)))
	}
	return "the same value"
}
