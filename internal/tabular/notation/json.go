package notation

import (
	"encoding/base64"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// JSON returns the function that writes values of the column as JSON. Integers
// keep all digits; NaN and the infinities, which JSON lacks, become null;
// dates and times become strings; bytes that are no UTF-8 become base64; lists
// become arrays, structs objects with their fields in order, and maps objects
// whose keys are the keys' text.
func JSON(arr arrow.Array) Func {
	if f := scalar(arr); f != nil {
		return f
	}
	switch a := arr.(type) {
	case *array.Null:
		return func(dst []byte, _ int) []byte { return append(dst, "null"...) }
	case *array.Float16:
		return func(dst []byte, i int) []byte { return appendJSONFloat(dst, float64(a.Value(i).Float32()), 32) }
	case *array.Float32:
		return func(dst []byte, i int) []byte { return appendJSONFloat(dst, float64(a.Value(i)), 32) }
	case *array.Float64:
		return func(dst []byte, i int) []byte { return appendJSONFloat(dst, a.Value(i), 64) }
	case *array.String:
		return func(dst []byte, i int) []byte { return AppendString(dst, a.Value(i)) }
	case *array.LargeString:
		return func(dst []byte, i int) []byte { return AppendString(dst, a.Value(i)) }
	case *array.Binary:
		return func(dst []byte, i int) []byte { return appendJSONBytes(dst, a.Value(i)) }
	case *array.LargeBinary:
		return func(dst []byte, i int) []byte { return appendJSONBytes(dst, a.Value(i)) }
	case *array.FixedSizeBinary:
		return func(dst []byte, i int) []byte { return appendJSONBytes(dst, a.Value(i)) }
	case *array.Dictionary:
		return orNull(a.Dictionary(), JSON(a.Dictionary()), a.GetValueIndex)
	case *array.Map: // before list, which it is too
		return mapping(a)
	case list:
		return sequence(a)
	case *array.Struct:
		return object(a)
	}
	text := moment(arr)
	if text == nil {
		text = func(dst []byte, i int) []byte { return append(dst, arr.ValueStr(i)...) }
	}
	return func(dst []byte, i int) []byte { return AppendString(dst, string(text(nil, i))) }
}

// orNull writes null where the value at the mapped index is null.
func orNull(values arrow.Array, f Func, at func(int) int) Func {
	null := Null(values)
	return func(dst []byte, i int) []byte {
		if i = at(i); null(i) {
			return append(dst, "null"...)
		}
		return f(dst, i)
	}
}

func same(i int) int { return i }

func sequence(a list) Func {
	element := orNull(a.ListValues(), JSON(a.ListValues()), same)
	return func(dst []byte, i int) []byte {
		start, end := a.ValueOffsets(i)
		dst = append(dst, '[')
		for j := int(start); j < int(end); j++ {
			if j > int(start) {
				dst = append(dst, ',')
			}
			dst = element(dst, j)
		}
		return append(dst, ']')
	}
}

func object(a *array.Struct) Func {
	t := a.DataType().(*arrow.StructType)
	names := make([][]byte, a.NumField())
	fields := make([]Func, a.NumField())
	for f := range fields {
		names[f] = append(AppendString(nil, t.Field(f).Name), ':')
		fields[f] = orNull(a.Field(f), JSON(a.Field(f)), same)
	}
	return func(dst []byte, i int) []byte {
		dst = append(dst, '{')
		for f, field := range fields {
			if f > 0 {
				dst = append(dst, ',')
			}
			dst = field(append(dst, names[f]...), i)
		}
		return append(dst, '}')
	}
}

func mapping(a *array.Map) Func {
	key, value := Text(a.Keys()), orNull(a.Items(), JSON(a.Items()), same)
	return func(dst []byte, i int) []byte {
		start, end := a.ValueOffsets(i)
		dst = append(dst, '{')
		for j := int(start); j < int(end); j++ {
			if j > int(start) {
				dst = append(dst, ',')
			}
			dst = append(AppendString(dst, string(key(nil, j))), ':')
			dst = value(dst, j)
		}
		return append(dst, '}')
	}
}

func appendJSONFloat(dst []byte, v float64, bits int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	return appendFloat(dst, v, bits)
}

func appendJSONBytes(dst, v []byte) []byte {
	if utf8.Valid(v) {
		return AppendString(dst, string(v))
	}
	dst = append(dst, '"')
	return append(base64.StdEncoding.AppendEncode(dst, v), '"')
}

const hex = "0123456789abcdef"

// AppendString appends s as a JSON string. Only what JSON asks for is escaped,
// and the line separators that some readers take for line ends; bytes that are
// no UTF-8 become U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(append(dst, s[start:i]...), "\ufffd"...)
			start = i + size
		case r == '\u2028', r == '\u2029':
			dst = append(append(dst, s[start:i]...), '\\', 'u', '2', '0', '2', hex[r&15])
			start = i + size
		}
		i += size
	}
	return append(append(dst, s[start:]...), '"')
}
