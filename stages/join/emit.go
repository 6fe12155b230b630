package join

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
)

// emit yields the pairs of rows that match found for a left-hand batch.
func (m *merge) emit(rec arrow.Record, yield func(arrow.Record, error) bool) bool {
	for from := 0; from < len(m.leftAt); from += maxOut {
		to := min(from+maxOut, len(m.leftAt))
		out, err := m.combine(rec, m.leftAt[from:to], m.rightAt[from:to])
		if err != nil {
			yield(nil, err)
			return false
		}
		more := yield(out, nil)
		out.Release()
		if !more {
			return false
		}
	}
	return true
}

// combine makes a record of left-hand rows and the right-hand rows beside them.
func (m *merge) combine(rec arrow.Record, leftAt, rightAt []int) (arrow.Record, error) {
	var cols []arrow.Array
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	whole := len(leftAt) == int(rec.NumRows())
	for i, at := range leftAt {
		whole = whole && i == at
	}
	for _, c := range rec.Columns() {
		if whole {
			c.Retain()
			cols = append(cols, c)
			continue
		}
		taken, err := columns.TakeArray(m.env.Memory, c, leftAt)
		if err != nil {
			return nil, err
		}
		cols = append(cols, taken)
	}
	for _, c := range m.right {
		taken, err := columns.TakeArray(m.env.Memory, c, rightAt)
		if err != nil {
			return nil, err
		}
		cols = append(cols, taken)
	}
	return array.NewRecord(m.schema, cols, int64(len(leftAt))), nil
}

// tell counts what became of the right-hand rows.
func (m *merge) tell() {
	var null, never int64
	for row, times := range m.used {
		switch {
		case m.keys.null[row]:
			null++
		case times == 0:
			never++
		}
	}
	m.env.Ledger.Counted(rightNull, null)
	if n, _ := m.matcher.twins(); m.config.Many == manyFirst {
		never -= int64(n) // counted as passed over
	}
	m.env.Ledger.Counted(unused, never)
	if m.config.Match == path {
		m.env.Ledger.Counted(shared, m.shares)
	}
}
