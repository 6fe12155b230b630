package tabular

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// appendCell appends the value of a cell to the builder of its column. Numbers
// have decimal before their fraction, 0 for a point and no thousands. It reports
// whether the text fits the type.
func appendCell(b array.Builder, c cell, decimal byte) bool {
	if decimal != 0 {
		if text, ok := unify(b.Type(), c, decimal); ok {
			c.text = text
		} else {
			b.AppendNull()
			return false
		}
	}
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
		v, ok := parseBool(c.text)
		b.Append(v)
		return ok
	case *array.Date32Builder:
		micros, form := parseWritten(c.text)
		b.Append(arrow.Date32(micros / day))
		return form == dateForm
	case *array.TimestampBuilder:
		micros, form := parseWritten(c.text)
		b.Append(arrow.Timestamp(micros))
		return form != noTime && (form != zonedForm || b.Type().(*arrow.TimestampType).TimeZone != "")
	}
	return false
}

// fits reports whether appendCell takes a cell into a column of the type.
func fits(t arrow.DataType, c cell, decimal byte) (ok bool) {
	if decimal != 0 {
		if c.text, ok = unify(t, c, decimal); !ok {
			return false
		}
	}
	switch t.ID() {
	case arrow.INT64:
		_, ok = parseInt(c.text)
	case arrow.FLOAT64:
		_, ok = parseFloat(c.text)
	case arrow.BOOL:
		_, ok = parseBool(c.text)
	case arrow.DATE32:
		_, form := parseWritten(c.text)
		ok = form == dateForm
	case arrow.TIMESTAMP:
		_, form := parseWritten(c.text)
		ok = form != noTime
	default:
		ok = true
	}
	return ok
}

// unify returns the text of a cell, a number as parseInt and parseFloat take it.
// It reports whether the cell keeps to the notation.
func unify(t arrow.DataType, c cell, decimal byte) (text []byte, ok bool) {
	if c.kind != bareCell && c.kind != quotedCell || t.ID() != arrow.INT64 && t.ID() != arrow.FLOAT64 {
		return c.text, true
	}
	var scratch []byte
	return plainNumber(&scratch, c.text, decimal)
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
