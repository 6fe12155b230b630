package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/tabular/notation"
)

// values is a view of an Arrow array as xitongsys takes values: int32, int64,
// float32, float64, bool and string, each in an interface.
type values struct {
	len  int
	null func(i int) bool
	// box returns the value of a row that is not null. A value that the file
	// cannot hold is an error of the view, see err.
	box func(i int) any
	// size returns the bytes of a row that is not null; nil if all rows have
	// width bytes.
	size  func(i int) int
	width int
	// number returns the value for the bounds; nil where there are none.
	number func(i int) int64
	err    error
}

func number[T int8 | int16 | int32 | uint8 | uint16 | uint32 | arrow.Date32 | arrow.Time32](v *values, at func(int) T, ordered bool) {
	v.width = 4
	v.box = func(i int) any { return int32(at(i)) }
	if ordered {
		v.number = func(i int) int64 { return int64(at(i)) }
	}
}

func number64[T int64 | uint64 | arrow.Time64 | arrow.Duration](v *values, at func(int) T, ordered bool) {
	v.width = 8
	v.box = func(i int) any { return int64(at(i)) }
	if ordered {
		v.number = func(i int) int64 { return int64(at(i)) }
	}
}

func text[T string | []byte](v *values, at func(int) T) {
	v.box = func(i int) any { return string(at(i)) }
	v.size = func(i int) int { return len(at(i)) + 4 }
}

// valuesOf returns the view of an array of a type that element knows.
func valuesOf(arr arrow.Array) *values {
	v := &values{len: arr.Len(), null: notation.Null(arr)}
	switch a := arr.(type) {
	case *array.Null:
		v.box = func(int) any { return nil }
	case *array.Boolean:
		v.width = 1
		v.box = func(i int) any { return a.Value(i) }
	case *array.Int8:
		number(v, a.Value, true)
	case *array.Int16:
		number(v, a.Value, true)
	case *array.Int32:
		number(v, a.Value, true)
	case *array.Int64:
		number64(v, a.Value, true)
	case *array.Uint8:
		number(v, a.Value, false)
	case *array.Uint16:
		number(v, a.Value, false)
	case *array.Uint32:
		number(v, a.Value, false)
	case *array.Uint64:
		number64(v, a.Value, false)
	case *array.Float32:
		v.width = 4
		v.box = func(i int) any { return a.Value(i) }
	case *array.Float64:
		v.width = 8
		v.box = func(i int) any { return a.Value(i) }
	case *array.String:
		text(v, a.Value)
	case *array.LargeString:
		text(v, a.Value)
	case *array.Binary:
		text(v, a.Value)
	case *array.LargeBinary:
		text(v, a.Value)
	case *array.FixedSizeBinary:
		text(v, a.Value)
	case *array.Date32:
		number(v, a.Value, true)
	case *array.Date64:
		number(v, func(i int) arrow.Date32 { return days(v, a.Value(i)) }, true)
	case *array.Time32:
		by := arrow.Time32(1)
		if a.DataType().(*arrow.Time32Type).Unit == arrow.Second {
			by = 1000
		}
		number(v, func(i int) arrow.Time32 { return a.Value(i) * by }, true)
	case *array.Time64:
		number64(v, a.Value, true)
	case *array.Duration:
		number64(v, a.Value, true)
	case *array.Timestamp:
		number64(v, instants(v, a), true)
	case *array.Dictionary:
		dictionaryValues(v, a)
	default:
		v.err = fmt.Errorf("values of type %s cannot be written to Parquet", arr.DataType())
	}
	return v
}

const msPerDay = 24 * 60 * 60 * 1000

func days(v *values, ms arrow.Date64) arrow.Date32 {
	if ms%msPerDay != 0 {
		v.err = fmt.Errorf("the date %d ms after 1970 is no whole day", ms)
	}
	return arrow.Date32(ms / msPerDay)
}

// instants returns timestamps in the unit of the file: seconds as milliseconds.
func instants(v *values, a *array.Timestamp) func(int) int64 {
	if a.DataType().(*arrow.TimestampType).Unit != arrow.Second {
		return func(i int) int64 { return int64(a.Value(i)) }
	}
	return func(i int) int64 {
		s := int64(a.Value(i))
		if s*1000/1000 != s {
			v.err = fmt.Errorf("the time %d s after 1970 is too far off for Parquet", s)
		}
		return s * 1000
	}
}

// dictionaryValues boxes each value of the dictionary once.
func dictionaryValues(v *values, a *array.Dictionary) {
	inner := valuesOf(a.Dictionary())
	boxes := make([]any, inner.len)
	v.err, v.width = inner.err, inner.width
	v.box = func(i int) any {
		at := a.GetValueIndex(i)
		if boxes[at] == nil {
			boxes[at] = inner.box(at)
			v.err = inner.err
		}
		return boxes[at]
	}
	if inner.size != nil {
		v.size = func(i int) int { return inner.size(a.GetValueIndex(i)) }
	}
	if inner.number != nil {
		v.number = func(i int) int64 { return inner.number(a.GetValueIndex(i)) }
	}
}

// rowSize returns the bytes that a row's values have in a file before
// compression, whatever the batch that holds it.
func rowSize(rec arrow.Record) func(i int) int {
	fixed := 0
	var sizes []func(int) int
	for _, col := range rec.Columns() {
		lists, inner := listOf(col)
		parts := []arrow.Array{inner}
		if s, ok := inner.(*array.Struct); ok && lists != nil {
			parts = parts[:0]
			for k := range s.NumField() {
				parts = append(parts, s.Field(k))
			}
		}
		for _, part := range parts {
			v := valuesOf(part)
			switch {
			case lists != nil && v.size == nil:
				sizes = append(sizes, func(i int) int {
					from, to := lists.ValueOffsets(i)
					return int(to-from)*v.width + 4
				})
			case lists != nil:
				sizes = append(sizes, func(i int) int { return listSize(lists, v, i) })
			case v.size == nil:
				fixed += v.width
			default:
				sizes = append(sizes, func(i int) int {
					if v.null(i) {
						return 0
					}
					return v.size(i)
				})
			}
		}
	}
	return func(i int) int {
		n := fixed
		for _, size := range sizes {
			n += size(i)
		}
		return n
	}
}

func listSize(lists array.ListLike, v *values, i int) int {
	n := 4
	if lists.IsNull(i) {
		return n
	}
	from, to := lists.ValueOffsets(i)
	for j := int(from); j < int(to); j++ {
		if !v.null(j) {
			n += v.size(j)
		}
	}
	return n
}

// listOf returns the array as a list and its values, or nil and the array.
func listOf(arr arrow.Array) (array.ListLike, arrow.Array) {
	if l, ok := arr.(array.ListLike); ok && elementType(arr.DataType()) != nil {
		return l, l.ListValues()
	}
	return nil, arr
}
