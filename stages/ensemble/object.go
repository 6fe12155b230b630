package ensemble

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
)

// object writes a row's inputs as one JSON object, in their order. What has no
// value is null, and so is a number that JSON cannot say.
func object(inputs []input, values []arrow.Array, row int) string {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range inputs {
		if i > 0 {
			b.WriteString(", ")
		}
		writeText(&b, p.name)
		b.WriteString(": ")
		if p.absent {
			b.WriteString(`""`)
			continue
		}
		write(&b, values[i], row)
	}
	b.WriteByte('}')
	return b.String()
}

func write(b *bytes.Buffer, a arrow.Array, row int) {
	if text, ok := columns.Text(a); ok {
		if text.IsNull(row) {
			b.WriteString("null")
		} else {
			writeText(b, text.At(row))
		}
		return
	}
	if a.IsNull(row) {
		b.WriteString("null")
		return
	}
	switch a := a.(type) {
	case array.ListLike:
		start, end := a.ValueOffsets(row)
		b.WriteByte('[')
		for at := start; at < end; at++ {
			if at > start {
				b.WriteString(", ")
			}
			write(b, a.ListValues(), int(at))
		}
		b.WriteByte(']')
		return
	case *array.Struct:
		b.WriteByte('{')
		for f := range a.NumField() {
			if f > 0 {
				b.WriteString(", ")
			}
			writeText(b, a.DataType().(*arrow.StructType).Field(f).Name)
			b.WriteString(": ")
			write(b, a.Field(f), row)
		}
		b.WriteByte('}')
		return
	}
	switch v := columns.Value(a, row).(type) {
	case nil:
		b.WriteString("null")
	case bool, int64, uint64:
		b.WriteString(columns.Format(a, row))
	case float64:
		bits := 64
		if a.DataType().ID() == arrow.FLOAT32 {
			bits = 32
		}
		writeNumber(b, v, bits)
	default:
		writeText(b, columns.Format(a, row))
	}
}

func writeNumber(b *bytes.Buffer, v float64, bits int) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		b.WriteString("null")
		return
	}
	form := byte('f')
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		form = 'e'
	}
	b.WriteString(strconv.FormatFloat(v, form, -1, bits))
}

// writeText writes a JSON string: characters as they are, but for those that JSON
// forbids.
func writeText(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)         // text always encodes
	b.Truncate(b.Len() - 1) // the newline
}

// present says which inputs have a value in a row. Blank text is none, and neither
// is a number that JSON cannot say.
func present(inputs []input, values []arrow.Array, row int) func(i int) bool {
	return func(i int) bool {
		if inputs[i].absent {
			return true
		}
		if text, ok := columns.Text(values[i]); ok {
			return strings.TrimSpace(text.At(row)) != ""
		}
		v := columns.Value(values[i], row)
		if f, ok := v.(float64); ok {
			return !math.IsNaN(f) && !math.IsInf(f, 0)
		}
		return v != nil
	}
}
