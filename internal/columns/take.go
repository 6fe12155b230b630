package columns

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Take returns the rows of rec at the indices, in their order. An index of -1
// makes a row of nulls. The caller releases the result.
func Take(mem memory.Allocator, rec arrow.Record, rows []int) (arrow.Record, error) {
	cols := make([]arrow.Array, 0, rec.NumCols())
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	for i, c := range rec.Columns() {
		taken, err := TakeArray(mem, c, rows)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
		}
		cols = append(cols, taken)
	}
	return array.NewRecord(rec.Schema(), cols, int64(len(rows))), nil
}

// Filter returns the rows of rec for which keep holds. If that is all of them,
// it is rec itself, retained. The caller releases the result.
func Filter(mem memory.Allocator, rec arrow.Record, keep []bool) (arrow.Record, error) {
	rows := make([]int, 0, len(keep))
	for i, k := range keep {
		if k {
			rows = append(rows, i)
		}
	}
	if int64(len(rows)) == rec.NumRows() {
		rec.Retain()
		return rec, nil
	}
	return Take(mem, rec, rows)
}

// TakeArray returns the values of arr at the indices; -1 gives null. The
// caller releases the result.
func TakeArray(mem memory.Allocator, arr arrow.Array, rows []int) (arrow.Array, error) {
	switch a := arr.(type) {
	case *array.String:
		return takeStrings(mem, a, rows), nil
	case *array.Dictionary:
		indices, err := TakeArray(mem, a.Indices(), rows)
		if err != nil {
			return nil, err
		}
		defer indices.Release()
		return array.NewDictionaryArray(a.DataType(), indices, a.Dictionary()), nil
	case *array.Null:
		return array.NewNull(len(rows)), nil
	}
	b := array.NewBuilder(mem, arr.DataType())
	defer b.Release()
	b.Reserve(len(rows))
	add, err := Appender(b, arr)
	if err != nil {
		return nil, err
	}
	for _, at := range rows {
		if at < 0 || arr.IsNull(at) {
			b.AppendNull()
			continue
		}
		add(at)
	}
	return b.NewArray(), nil
}

func takeStrings(mem memory.Allocator, a *array.String, rows []int) arrow.Array {
	size := 0
	for _, at := range rows {
		if at >= 0 && a.IsValid(at) {
			size += len(a.Value(at))
		}
	}
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.Reserve(len(rows))
	b.ReserveData(size)
	for _, at := range rows {
		if at < 0 || a.IsNull(at) {
			b.AppendNull()
		} else {
			b.Append(a.Value(at))
		}
	}
	return b.NewArray()
}

// appender is a builder of fixed-width or binary values.
type appender[T any] interface{ Append(T) }

func each[T any](b array.Builder, value func(int) T) func(int) {
	dst := b.(appender[T])
	return func(i int) { dst.Append(value(i)) }
}

// Appender returns a function that appends the value of row i of arr, which is
// not null, to b, a builder of the same type.
func Appender(b array.Builder, arr arrow.Array) (func(i int), error) {
	switch a := arr.(type) {
	case *array.Boolean:
		return each(b, a.Value), nil
	case *array.Int8:
		return each(b, a.Value), nil
	case *array.Int16:
		return each(b, a.Value), nil
	case *array.Int32:
		return each(b, a.Value), nil
	case *array.Int64:
		return each(b, a.Value), nil
	case *array.Uint8:
		return each(b, a.Value), nil
	case *array.Uint16:
		return each(b, a.Value), nil
	case *array.Uint32:
		return each(b, a.Value), nil
	case *array.Uint64:
		return each(b, a.Value), nil
	case *array.Float16:
		return each(b, a.Value), nil
	case *array.Float32:
		return each(b, a.Value), nil
	case *array.Float64:
		return each(b, a.Value), nil
	case *array.String:
		return each(b, a.Value), nil
	case *array.LargeString:
		return each(b, a.Value), nil
	case *array.Binary:
		return each(b, a.Value), nil
	case *array.LargeBinary:
		return each(b, a.Value), nil
	case *array.FixedSizeBinary:
		return each(b, a.Value), nil
	case *array.Date32:
		return each(b, a.Value), nil
	case *array.Date64:
		return each(b, a.Value), nil
	case *array.Time32:
		return each(b, a.Value), nil
	case *array.Time64:
		return each(b, a.Value), nil
	case *array.Timestamp:
		return each(b, a.Value), nil
	case *array.Duration:
		return each(b, a.Value), nil
	case *array.Decimal128:
		return each(b, a.Value), nil
	case *array.Decimal256:
		return each(b, a.Value), nil
	}
	return nestedAppender(b, arr)
}

// list is what array.List, LargeList and FixedSizeList share.
type list interface {
	arrow.Array
	ListValues() arrow.Array
	ValueOffsets(i int) (start, end int64)
}

func nestedAppender(b array.Builder, arr arrow.Array) (func(int), error) {
	switch a := arr.(type) {
	case list:
		lb, ok := b.(interface {
			Append(bool)
			ValueBuilder() array.Builder
		})
		if !ok {
			break
		}
		values := a.ListValues()
		add, err := Appender(lb.ValueBuilder(), values)
		if err != nil {
			return nil, err
		}
		return func(i int) {
			lb.Append(true)
			start, end := a.ValueOffsets(i)
			for j := int(start); j < int(end); j++ {
				if values.IsNull(j) {
					lb.ValueBuilder().AppendNull()
				} else {
					add(j)
				}
			}
		}, nil
	case *array.Struct:
		sb, ok := b.(*array.StructBuilder)
		if !ok {
			break
		}
		adds := make([]func(int), a.NumField())
		for f := range adds {
			var err error
			if adds[f], err = Appender(sb.FieldBuilder(f), a.Field(f)); err != nil {
				return nil, err
			}
		}
		return func(i int) {
			sb.Append(true)
			for f, add := range adds {
				if a.Field(f).IsNull(i) {
					sb.FieldBuilder(f).AppendNull()
				} else {
					add(i)
				}
			}
		}, nil
	}
	return nil, fmt.Errorf("rows of type %s cannot be taken", arr.DataType())
}
