package join

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
	"icono/internal/option"
)

// Classes of types: values of one class can be equal.
const (
	text    = "text"
	integer = "a whole number"
	number  = "a number"
	truth   = "true or false"
	day     = "a date"
	moment  = "a time"
	zoned   = "a time in a time zone"
)

// classOf returns the class of a type, "" if values of it are never compared.
func classOf(t arrow.DataType) string {
	switch t := t.(type) {
	case *arrow.BooleanType:
		return truth
	case *arrow.Float16Type, *arrow.Float32Type, *arrow.Float64Type:
		return number
	case *arrow.Date32Type, *arrow.Date64Type:
		return day
	case *arrow.TimestampType:
		if t.TimeZone != "" {
			return zoned
		}
		return moment
	}
	switch {
	case columns.IsText(t):
		return text
	case arrow.IsInteger(t.ID()):
		return integer
	}
	return ""
}

func pairOf(l, r string) option.Pair { return option.Pair{Left: l, Right: r} }

// keys encodes the values of the columns in `on` so that equal values have
// equal bytes, whatever their types within a class.
type keys struct {
	parts []func(dst []byte, row int) ([]byte, bool)
}

// newKeys reads the columns of a record at the indices.
func newKeys(rec arrow.Record, at []int) keys {
	var k keys
	for _, i := range at {
		k.parts = append(k.parts, encoder(rec.Column(i), len(at) > 1))
	}
	return k
}

// encode appends the key of a row to dst; false means that a value is null, or
// is NaN.
func (k keys) encode(dst []byte, row int) ([]byte, bool) {
	ok := true
	for _, part := range k.parts {
		if dst, ok = part(dst, row); !ok {
			return dst, false
		}
	}
	return dst, true
}

func encoder(arr arrow.Array, several bool) func([]byte, int) ([]byte, bool) {
	if t, ok := columns.Text(arr); ok {
		return func(dst []byte, row int) ([]byte, bool) {
			if t.IsNull(row) {
				return dst, false
			}
			s := t.At(row)
			if several {
				dst = binary.AppendUvarint(dst, uint64(len(s)))
			}
			return append(dst, s...), true
		}
	}
	if a, ok := arr.(*array.Int64); ok {
		return func(dst []byte, row int) ([]byte, bool) { return appendInt(dst, a.Value(row)), a.IsValid(row) }
	}
	return func(dst []byte, row int) ([]byte, bool) {
		switch v := columns.Value(arr, row).(type) {
		case bool:
			if v {
				return append(dst, 1), true
			}
			return append(dst, 0), true
		case int64:
			return appendInt(dst, v), true
		case uint64:
			if v <= math.MaxInt64 {
				return appendInt(dst, int64(v)), true
			}
			return append(binary.BigEndian.AppendUint64(dst, v), '+'), true
		case float64:
			return binary.BigEndian.AppendUint64(dst, math.Float64bits(v+0)), v == v // +0: -0 is 0
		case time.Time:
			return appendInt(appendInt(dst, v.Unix()), int64(v.Nanosecond())), true
		}
		return dst, false
	}
}

func appendInt(dst []byte, v int64) []byte { return binary.BigEndian.AppendUint64(dst, uint64(v)) }
