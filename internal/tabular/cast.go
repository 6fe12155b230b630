package tabular

import (
	"context"
	"fmt"
	"iter"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/tabular/notation"
)

// cast is a file whose columns have types already, with those changed that
// later steps do not know (null, half floats, decimals, intervals) or that the
// user wants as text.
type cast struct {
	File
	name   string
	schema *arrow.Schema
	change map[int]bool
	vacant map[int]bool // columns that hold nothing, so that any type will do
}

// castColumns returns the file with the types that the user sets, which can
// only be text or what the file has.
func castColumns(name string, f File, types map[string]string) (File, error) {
	c := &cast{File: f, name: name, change: map[int]bool{}, vacant: map[int]bool{}}
	fields := append([]arrow.Field{}, f.Schema().Fields()...)
	for i, field := range fields {
		want := known(field.Type)
		c.vacant[i] = field.Type.ID() == arrow.NULL
		if word, is := types[field.Name]; is {
			set := typeNamed(word)
			switch {
			case set.ID() == arrow.STRING:
				if !columns.IsText(field.Type) {
					want = set
				}
			case set.ID() != want.ID():
				return nil, fmt.Errorf("%s: the column %q holds %s, and `types` wants %s; a file of this format has types of its own, of which only text can be made", name, field.Name, field.Type, typeName(set))
			}
		}
		if want != field.Type {
			c.change[i] = true
			fields[i].Type = want
		}
	}
	return c.with(fields), nil
}

// castTo returns the file with columns widened to the types of others.
func castTo(name string, f File, fields []arrow.Field) File {
	c := &cast{File: f, name: name, change: map[int]bool{}}
	for i, field := range f.Schema().Fields() {
		c.change[i] = !arrow.TypeEqual(field.Type, fields[i].Type)
	}
	return c.with(fields)
}

// with gives the file the columns, if some change.
func (c *cast) with(fields []arrow.Field) File {
	for _, changes := range c.change {
		if changes {
			meta := c.File.Schema().Metadata()
			c.schema = arrow.NewSchema(fields, &meta)
			return c
		}
	}
	return c.File
}

// known returns the type under which later steps know the values of another.
func known(t arrow.DataType) arrow.DataType {
	switch t.ID() {
	case arrow.FLOAT16:
		return arrow.PrimitiveTypes.Float32
	case arrow.NULL, arrow.DECIMAL128, arrow.DECIMAL256, arrow.INTERVAL_MONTHS, arrow.INTERVAL_DAY_TIME, arrow.INTERVAL_MONTH_DAY_NANO:
		return arrow.BinaryTypes.String
	}
	return t
}

// Schema implements File.
func (c *cast) Schema() *arrow.Schema { return c.schema }

// Rows implements File.
func (c *cast) Rows(ctx context.Context, mem memory.Allocator, batchRows int) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		var row int64
		for rec, err := range c.File.Rows(ctx, mem, batchRows) {
			if err == nil {
				rec, err = c.record(mem, rec, row)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			row += rec.NumRows()
			more := yield(rec, nil)
			rec.Release()
			if !more {
				return
			}
		}
	}
}

// record changes a batch that begins at a row. The caller releases the result.
func (c *cast) record(mem memory.Allocator, rec arrow.Record, row int64) (arrow.Record, error) {
	cols := append([]arrow.Array{}, rec.Columns()...)
	var made []arrow.Array
	defer func() {
		for _, a := range made {
			a.Release()
		}
	}()
	for i, field := range c.schema.Fields() {
		if !c.change[i] {
			continue
		}
		a, bad := convert(mem, cols[i], field.Type)
		made = append(made, a)
		if bad >= 0 {
			return nil, fmt.Errorf("%s: the column %q is to be text (`types`), and its bytes are not UTF-8", c.Position(row+int64(bad)), field.Name)
		}
		cols[i] = a
	}
	return array.NewRecord(c.schema, cols, rec.NumRows()), nil
}

// convert returns a column under another type, and the first row that has no
// such value, -1 for none.
func convert(mem memory.Allocator, arr arrow.Array, t arrow.DataType) (out arrow.Array, bad int) {
	b := array.NewBuilder(mem, t)
	defer b.Release()
	b.Reserve(arr.Len())
	null, text, bad := notation.Null(arr), notation.Text(arr), -1
	var buf []byte
	for i := range arr.Len() {
		if null(i) {
			b.AppendNull()
			continue
		}
		switch b := b.(type) {
		case *array.Float32Builder:
			b.Append(arr.(*array.Float16).Value(i).Float32())
		case *array.Int64Builder:
			b.Append(columns.Value(arr, i).(int64))
		case *array.Float64Builder:
			v := columns.Value(arr, i)
			if n, is := v.(int64); is {
				v = float64(n)
			}
			b.Append(v.(float64))
		case *array.StringBuilder:
			if raw, is := rawBytes(arr, i); is && !utf8.Valid(raw) && bad < 0 {
				bad = i
			}
			buf = text(buf[:0], i)
			b.BinaryBuilder.Append(buf)
		}
	}
	return b.NewArray(), bad
}

// rawBytes returns the value of a column of bytes.
func rawBytes(arr arrow.Array, i int) ([]byte, bool) {
	switch a := arr.(type) {
	case *array.Binary:
		return a.Value(i), true
	case *array.LargeBinary:
		return a.Value(i), true
	case *array.FixedSizeBinary:
		return a.Value(i), true
	}
	return nil, false
}
