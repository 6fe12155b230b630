package tabular

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
)

// plainSchema is a schema with dictionaries replaced by their values' type.
func plainSchema(s *arrow.Schema) *arrow.Schema {
	fields := append([]arrow.Field{}, s.Fields()...)
	for i, f := range fields {
		if d, ok := f.Type.(*arrow.DictionaryType); ok {
			fields[i].Type = d.ValueType
		}
	}
	meta := s.Metadata()
	return arrow.NewSchema(fields, &meta)
}

// rebatcher copies rows into records of one size, so that what is written does
// not depend on how a table was cut, with dictionaries decoded.
type rebatcher struct {
	size  int
	b     *array.RecordBuilder
	rows  int
	write func(arrow.Record) error
}

func newRebatcher(schema *arrow.Schema, size int, write func(arrow.Record) error) *rebatcher {
	return &rebatcher{size: size, b: array.NewRecordBuilder(memory.DefaultAllocator, schema), write: write}
}

func (r *rebatcher) add(rec arrow.Record) error {
	n := int(rec.NumRows())
	for from := 0; from < n; {
		to := min(n, from+r.size-r.rows)
		for i, col := range rec.Columns() {
			if err := appendRange(r.b.Field(i), col, from, to); err != nil {
				return err
			}
		}
		r.rows += to - from
		from = to
		if r.rows == r.size {
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush writes the rows that are left.
func (r *rebatcher) flush() error {
	if r.rows == 0 {
		return nil
	}
	rec := r.b.NewRecord()
	defer rec.Release()
	r.rows = 0
	return r.write(rec)
}

func appendRange(b array.Builder, col arrow.Array, from, to int) error {
	if text, ok := columns.Text(col); ok {
		if sb, ok := b.(*array.StringBuilder); ok {
			for i := from; i < to; i++ {
				if text.IsNull(i) {
					sb.AppendNull()
				} else {
					sb.Append(text.At(i))
				}
			}
			return nil
		}
	}
	if d, ok := col.(*array.Dictionary); ok {
		add, err := columns.Appender(b, d.Dictionary())
		if err != nil {
			return err
		}
		for i := from; i < to; i++ {
			if d.IsNull(i) {
				b.AppendNull()
			} else {
				add(d.GetValueIndex(i))
			}
		}
		return nil
	}
	if col.DataType().ID() == arrow.NULL {
		b.AppendNulls(to - from)
		return nil
	}
	add, err := columns.Appender(b, col)
	if err != nil {
		return err
	}
	for i := from; i < to; i++ {
		if col.IsNull(i) {
			b.AppendNull()
		} else {
			add(i)
		}
	}
	return nil
}
