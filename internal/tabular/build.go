package tabular

import (
	"fmt"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// appendCell appends the value of a cell to the builder of its column. It
// reports whether the text fits the type.
func appendCell(b array.Builder, c cell) bool {
	switch b := b.(type) {
	case *array.StringBuilder:
		b.BinaryBuilder.Append(c.text)
		return true
	case *array.Int64Builder:
		v, ok := parseInt(c.text)
		b.Append(v)
		return ok
	case *array.Float64Builder:
		v, ok := parseFloat(c.text)
		b.Append(v)
		return ok
	case *array.BooleanBuilder:
		ok := isBool(c.text)
		b.Append(ok && (c.text[0] == 't' || c.text[0] == 'T'))
		return ok
	case *array.Date32Builder:
		t, err := time.Parse(time.DateOnly, string(c.text))
		b.Append(arrow.Date32FromTime(t))
		return err == nil
	case *array.TimestampBuilder:
		t, zoned, ok := parseTime(string(c.text))
		b.Append(arrow.Timestamp(t.UnixMicro()))
		return ok && (!zoned || b.Type().(*arrow.TimestampType).TimeZone != "")
	}
	return false
}

// typeName is how messages call a type: by the word that `types` takes.
func typeName(t arrow.DataType) string {
	switch t.ID() {
	case arrow.INT64:
		return "an int"
	case arrow.FLOAT64:
		return "a float"
	case arrow.BOOL:
		return "a bool"
	case arrow.DATE32:
		return "a date"
	case arrow.TIMESTAMP:
		return "a datetime"
	}
	return fmt.Sprint(t)
}
