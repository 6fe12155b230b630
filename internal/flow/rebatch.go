package flow

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/stage"
)

// Rebatch cuts a stream into batches of the given number of rows, the last of
// which may be shorter. Nothing is copied where a batch, or a part of one,
// fits. Empty batches are left out.
func Rebatch(mem memory.Allocator, schema *arrow.Schema, in stage.Rows, rows int) stage.Rows {
	size := int64(max(1, rows))
	return func(yield func(arrow.Record, error) bool) {
		p := pieces{mem: mem, schema: schema}
		defer p.release()
		emit := func() bool {
			rec, err := p.join()
			if err != nil {
				yield(nil, err)
				return false
			}
			more := yield(rec, nil)
			rec.Release()
			return more
		}
		for rec, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			for at := int64(0); at < rec.NumRows(); {
				n := min(size-p.rows, rec.NumRows()-at)
				p.add(rec, at, n)
				at += n
				if p.rows == size && !emit() {
					return
				}
			}
		}
		if p.rows > 0 {
			emit()
		}
	}
}

// pieces are the parts of one batch to be.
type pieces struct {
	mem    memory.Allocator
	schema *arrow.Schema
	parts  []arrow.Record
	rows   int64
}

func (p *pieces) add(rec arrow.Record, at, n int64) {
	p.rows += n
	if n == rec.NumRows() {
		rec.Retain()
		p.parts = append(p.parts, rec)
		return
	}
	p.parts = append(p.parts, rec.NewSlice(at, at+n))
}

func (p *pieces) release() {
	for _, r := range p.parts {
		r.Release()
	}
	p.parts, p.rows = nil, 0
}

// join makes one record of the parts and lets go of them.
func (p *pieces) join() (arrow.Record, error) {
	defer p.release()
	if len(p.parts) == 1 {
		p.parts[0].Retain()
		return p.parts[0], nil
	}
	cols := make([]arrow.Array, 0, p.schema.NumFields())
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	for i, f := range p.schema.Fields() {
		arrs := make([]arrow.Array, len(p.parts))
		for k, r := range p.parts {
			arrs[k] = r.Column(i)
		}
		col, err := columns.Concat(p.mem, arrs)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		cols = append(cols, col)
	}
	return array.NewRecord(p.schema, cols, p.rows), nil
}
