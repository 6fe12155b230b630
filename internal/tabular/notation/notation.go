// Package notation writes single Arrow values as text: as the cells of a CSV file
// and as JSON.
//
// A Func is bound to one column, so that the type is looked at once a column
// and not once a value. Both forms are deterministic: the shortest decimal that
// reads back for a float, ISO 8601 for dates and times.
package notation

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"
	_ "time/tzdata" // the same zones on every machine
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Func appends the value of row i to dst. The row must not be null.
type Func func(dst []byte, i int) []byte

// list is what the Arrow list arrays share.
type list interface {
	arrow.Array
	ListValues() arrow.Array
	ValueOffsets(i int) (start, end int64)
}

// Text returns the function that writes cells of the column. Lists, structs
// and maps are written as JSON, bytes that are no UTF-8 as base64.
func Text(arr arrow.Array) Func {
	if f := scalar(arr); f != nil {
		return f
	}
	switch a := arr.(type) {
	case *array.Float16:
		return func(dst []byte, i int) []byte { return appendFloat(dst, float64(a.Value(i).Float32()), 32) }
	case *array.Float32:
		return func(dst []byte, i int) []byte { return appendFloat(dst, float64(a.Value(i)), 32) }
	case *array.Float64:
		return func(dst []byte, i int) []byte { return appendFloat(dst, a.Value(i), 64) }
	case *array.String:
		return func(dst []byte, i int) []byte { return append(dst, a.Value(i)...) }
	case *array.LargeString:
		return func(dst []byte, i int) []byte { return append(dst, a.Value(i)...) }
	case *array.Binary:
		return func(dst []byte, i int) []byte { return appendBytes(dst, a.Value(i)) }
	case *array.LargeBinary:
		return func(dst []byte, i int) []byte { return appendBytes(dst, a.Value(i)) }
	case *array.FixedSizeBinary:
		return func(dst []byte, i int) []byte { return appendBytes(dst, a.Value(i)) }
	case *array.Dictionary:
		value := Text(a.Dictionary())
		return func(dst []byte, i int) []byte { return value(dst, a.GetValueIndex(i)) }
	case list, *array.Struct, *array.Map:
		return JSON(arr)
	}
	if t := moment(arr); t != nil {
		return t
	}
	return func(dst []byte, i int) []byte { return append(dst, arr.ValueStr(i)...) }
}

// scalar returns the function for values that are written alike in both forms.
func scalar(arr arrow.Array) Func {
	switch a := arr.(type) {
	case *array.Boolean:
		return func(dst []byte, i int) []byte { return strconv.AppendBool(dst, a.Value(i)) }
	case *array.Int8:
		return func(dst []byte, i int) []byte { return strconv.AppendInt(dst, int64(a.Value(i)), 10) }
	case *array.Int16:
		return func(dst []byte, i int) []byte { return strconv.AppendInt(dst, int64(a.Value(i)), 10) }
	case *array.Int32:
		return func(dst []byte, i int) []byte { return strconv.AppendInt(dst, int64(a.Value(i)), 10) }
	case *array.Int64:
		return func(dst []byte, i int) []byte { return strconv.AppendInt(dst, a.Value(i), 10) }
	case *array.Uint8:
		return func(dst []byte, i int) []byte { return strconv.AppendUint(dst, uint64(a.Value(i)), 10) }
	case *array.Uint16:
		return func(dst []byte, i int) []byte { return strconv.AppendUint(dst, uint64(a.Value(i)), 10) }
	case *array.Uint32:
		return func(dst []byte, i int) []byte { return strconv.AppendUint(dst, uint64(a.Value(i)), 10) }
	case *array.Uint64:
		return func(dst []byte, i int) []byte { return strconv.AppendUint(dst, a.Value(i), 10) }
	case *array.Duration:
		return func(dst []byte, i int) []byte { return strconv.AppendInt(dst, int64(a.Value(i)), 10) }
	}
	return nil
}

// moment returns the function for dates and times, or nil.
func moment(arr arrow.Array) Func {
	switch a := arr.(type) {
	case *array.Date32:
		return func(dst []byte, i int) []byte { return a.Value(i).ToTime().AppendFormat(dst, time.DateOnly) }
	case *array.Date64:
		return func(dst []byte, i int) []byte { return a.Value(i).ToTime().AppendFormat(dst, time.DateOnly) }
	case *array.Time32:
		unit := a.DataType().(*arrow.Time32Type).Unit
		return func(dst []byte, i int) []byte { return a.Value(i).ToTime(unit).AppendFormat(dst, clock) }
	case *array.Time64:
		unit := a.DataType().(*arrow.Time64Type).Unit
		return func(dst []byte, i int) []byte { return a.Value(i).ToTime(unit).AppendFormat(dst, clock) }
	case *array.Timestamp:
		return timestamp(a)
	}
	return nil
}

const (
	clock    = "15:04:05.999999999"
	wallTime = "2006-01-02T" + clock
)

func timestamp(a *array.Timestamp) Func {
	t := a.DataType().(*arrow.TimestampType)
	if t.TimeZone == "" {
		return func(dst []byte, i int) []byte { return appendTime(dst, a.Value(i), t.Unit, time.UTC, wallTime) }
	}
	zone := zoneOf(t.TimeZone)
	return func(dst []byte, i int) []byte { return appendTime(dst, a.Value(i), t.Unit, zone, time.RFC3339Nano) }
}

// zoneOf returns the zone that a type names, UTC if nobody knows it. The type's
// own GetZone keeps what it finds in the type, which then no longer equals
// another one of the same zone.
func zoneOf(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	if t, err := time.Parse("-07:00", name); err == nil {
		return t.Location()
	}
	return time.UTC
}

// appendTime does not use Timestamp.ToTime, which goes through nanoseconds and
// so wraps round for years outside of 1678 to 2262.
func appendTime(dst []byte, v arrow.Timestamp, unit arrow.TimeUnit, zone *time.Location, layout string) []byte {
	n := int64(v)
	var t time.Time
	switch unit {
	case arrow.Second:
		t = time.Unix(n, 0)
	case arrow.Millisecond:
		t = time.UnixMilli(n)
	case arrow.Microsecond:
		t = time.UnixMicro(n)
	default:
		t = time.Unix(n/1e9, n%1e9)
	}
	return t.In(zone).AppendFormat(dst, layout)
}

func appendFloat(dst []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "inf"...)
	case math.IsInf(v, -1):
		return append(dst, "-inf"...)
	}
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, v, 'g', -1, bits)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, bits)
}

func appendBytes(dst, v []byte) []byte {
	if utf8.Valid(v) {
		return append(dst, v...)
	}
	return base64.StdEncoding.AppendEncode(dst, v)
}
