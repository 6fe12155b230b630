package columns

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Value returns the value of row i as a plain Go value: nil, bool, int64,
// uint64, float64, string, []byte, time.Time, []any or map[string]any.
func Value(arr arrow.Array, i int) any {
	if arr.IsNull(i) {
		return nil
	}
	switch a := arr.(type) {
	case *array.Null: // which has no bitmap that says so
		return nil
	case *array.Boolean:
		return a.Value(i)
	case *array.Int8:
		return int64(a.Value(i))
	case *array.Int16:
		return int64(a.Value(i))
	case *array.Int32:
		return int64(a.Value(i))
	case *array.Int64:
		return a.Value(i)
	case *array.Uint8:
		return int64(a.Value(i))
	case *array.Uint16:
		return int64(a.Value(i))
	case *array.Uint32:
		return int64(a.Value(i))
	case *array.Uint64:
		return a.Value(i)
	case *array.Float16:
		return float64(a.Value(i).Float32())
	case *array.Float32:
		return float64(a.Value(i))
	case *array.Float64:
		return a.Value(i)
	case *array.String:
		return a.Value(i)
	case *array.LargeString:
		return a.Value(i)
	case *array.Binary:
		return a.Value(i)
	case *array.LargeBinary:
		return a.Value(i)
	case *array.Date32:
		return a.Value(i).ToTime()
	case *array.Date64:
		return a.Value(i).ToTime()
	case *array.Timestamp:
		return a.Value(i).ToTime(a.DataType().(*arrow.TimestampType).Unit)
	case *array.Dictionary:
		return Value(a.Dictionary(), a.GetValueIndex(i))
	case list:
		start, end := a.ValueOffsets(i)
		out := make([]any, 0, end-start)
		for j := int(start); j < int(end); j++ {
			out = append(out, Value(a.ListValues(), j))
		}
		return out
	case *array.Struct:
		out := make(map[string]any, a.NumField())
		for f := range a.NumField() {
			out[a.DataType().(*arrow.StructType).Field(f).Name] = Value(a.Field(f), i)
		}
		return out
	}
	return arr.ValueStr(i)
}

// Format returns the value of row i as text: "" for null, the shortest decimal
// that reads back for a number, ISO 8601 for times, JSON for lists and structs.
func Format(arr arrow.Array, i int) string {
	if s, ok := Text(arr); ok {
		return s.At(i)
	}
	switch v := Value(arr, i).(type) {
	case nil:
		return ""
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case float64:
		bits := 64
		if arr.DataType().ID() == arrow.FLOAT32 {
			bits = 32
		}
		return formatFloat(v, bits)
	case string:
		return v
	case []byte:
		return string(v)
	case time.Time:
		return formatTime(arr.DataType(), v)
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return arr.ValueStr(i)
		}
		return string(text)
	}
}

func formatFloat(v float64, bits int) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.FormatFloat(v, 'g', -1, bits)
	}
	return strconv.FormatFloat(v, 'f', -1, bits)
}

func formatTime(t arrow.DataType, v time.Time) string {
	switch t := t.(type) {
	case *arrow.Date32Type, *arrow.Date64Type:
		return v.Format(time.DateOnly)
	case *arrow.TimestampType:
		if t.TimeZone == "" {
			return v.Format("2006-01-02T15:04:05.999999999")
		}
		if zone, err := time.LoadLocation(t.TimeZone); err == nil {
			v = v.In(zone)
		}
	}
	return v.Format(time.RFC3339Nano)
}
