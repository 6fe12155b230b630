// Package tabletest makes random tables for property tests, and compares
// tables by the values of their cells.
package tabletest

import (
	"fmt"
	"iter"
	"math"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"pgregory.net/rapid"

	"icono/internal/tabular/notation"
)

// Scalars returns the types of single values that every format holds.
func Scalars() []arrow.DataType {
	return []arrow.DataType{
		arrow.FixedWidthTypes.Boolean,
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
		arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64,
		arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary,
		&arrow.FixedSizeBinaryType{ByteWidth: 3},
		arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Time32s, arrow.FixedWidthTypes.Time32ms, arrow.FixedWidthTypes.Time64us, arrow.FixedWidthTypes.Time64ns,
		&arrow.TimestampType{Unit: arrow.Second}, &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"},
		&arrow.TimestampType{Unit: arrow.Microsecond}, &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "Europe/Berlin"},
		arrow.FixedWidthTypes.Duration_ms,
		arrow.Null,
	}
}

// Type draws a type: single values, dictionaries and lists.
func Type() *rapid.Generator[arrow.DataType] {
	return rapid.Custom(func(t *rapid.T) arrow.DataType {
		scalar := rapid.SampledFrom(Scalars())
		item := scalar.Filter(func(t arrow.DataType) bool { return t.ID() != arrow.NULL })
		switch rapid.IntRange(0, 9).Draw(t, "shape") {
		case 0:
			return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
		case 1:
			return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
		case 2:
			return arrow.ListOf(item.Draw(t, "item"))
		case 3:
			return arrow.LargeListOf(item.Draw(t, "item"))
		case 4:
			return arrow.FixedSizeListOf(int32(rapid.IntRange(1, 3).Draw(t, "length")), item.Draw(t, "item"))
		}
		return scalar.Draw(t, "type")
	})
}

// Schema draws a schema of different, difficult names.
func Schema(columns int) *rapid.Generator[*arrow.Schema] {
	return rapid.Custom(func(t *rapid.T) *arrow.Schema {
		name := rapid.OneOf(rapid.SampledFrom([]string{"name", "Name", "a.b", "x, type=y", "日本 é", "list", "element", "C1", "Schema", " ", "\"q\""}), rapid.StringN(1, 8, -1))
		names := rapid.SliceOfNDistinct(name, 1, columns, rapid.ID[string]).Draw(t, "names")
		fields := make([]arrow.Field, len(names))
		for i, n := range names {
			fields[i] = arrow.Field{Name: n, Type: Type().Draw(t, "type"), Nullable: true}
		}
		return arrow.NewSchema(fields, nil)
	})
}

// Record draws a batch of rows. The caller releases it.
func Record(t *rapid.T, mem memory.Allocator, schema *arrow.Schema, rows int) arrow.Record {
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for i, f := range schema.Fields() {
		nulls := rapid.IntRange(0, 4).Draw(t, "nulls") // none to all but all
		for range rows {
			if f.Type.ID() == arrow.NULL || rapid.IntRange(1, 5).Draw(t, "null") <= nulls {
				b.Field(i).AppendNull()
				continue
			}
			appendValue(t, b.Field(i))
		}
	}
	return b.NewRecord()
}

func appendValue(t *rapid.T, b array.Builder) {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(rapid.Bool().Draw(t, "v"))
	case *array.Int8Builder:
		b.Append(rapid.Int8().Draw(t, "v"))
	case *array.Int16Builder:
		b.Append(rapid.Int16().Draw(t, "v"))
	case *array.Int32Builder:
		b.Append(rapid.Int32().Draw(t, "v"))
	case *array.Int64Builder:
		b.Append(rapid.Int64().Draw(t, "v"))
	case *array.Uint8Builder:
		b.Append(rapid.Uint8().Draw(t, "v"))
	case *array.Uint16Builder:
		b.Append(rapid.Uint16().Draw(t, "v"))
	case *array.Uint32Builder:
		b.Append(rapid.Uint32().Draw(t, "v"))
	case *array.Uint64Builder:
		b.Append(rapid.Uint64().Draw(t, "v"))
	case *array.Float32Builder:
		b.Append(rapid.OneOf(rapid.Float32(), rapid.Just(float32(math.NaN())), rapid.Just(float32(math.Inf(-1)))).Draw(t, "v"))
	case *array.Float64Builder:
		b.Append(rapid.OneOf(rapid.Float64(), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(math.Copysign(0, -1))).Draw(t, "v"))
	case *array.StringBuilder:
		b.Append(text(t))
	case *array.LargeStringBuilder:
		b.Append(text(t))
	case *array.BinaryBuilder: // large binary too
		b.Append(rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "v"))
	case *array.FixedSizeBinaryBuilder:
		b.Append(rapid.SliceOfN(rapid.Byte(), 3, 3).Draw(t, "v"))
	case *array.Date32Builder:
		b.Append(arrow.Date32(rapid.Int32Range(-700000, 2900000).Draw(t, "v")))
	case *array.Time32Builder:
		b.Append(arrow.Time32(rapid.Int32Range(0, 86399).Draw(t, "v")))
	case *array.Time64Builder:
		b.Append(arrow.Time64(rapid.Int64Range(0, 86399e6).Draw(t, "v")))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(rapid.Int64Range(-2e9, 2e9).Draw(t, "v")))
	case *array.DurationBuilder:
		b.Append(arrow.Duration(rapid.Int64().Draw(t, "v")))
	case *array.BinaryDictionaryBuilder:
		if err := b.AppendString(rapid.SampledFrom([]string{"", "protest", "Wahl ü", "a", "b"}).Draw(t, "v")); err != nil {
			t.Fatal(err)
		}
	case array.ListLikeBuilder:
		n := rapid.IntRange(0, 3).Draw(t, "n")
		if f, ok := b.Type().(*arrow.FixedSizeListType); ok {
			n = int(f.Len())
		}
		b.Append(true)
		for range n {
			if rapid.IntRange(0, 5).Draw(t, "null item") == 0 {
				b.ValueBuilder().AppendNull()
				continue
			}
			appendValue(t, b.ValueBuilder())
		}
	default:
		t.Fatalf("no values for %s", b.Type())
	}
}

func text(t *rapid.T) string {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", " ", "\"", "a,b", "1\r\n2", "\t", "NA", "null", "0123", "\u2028", strings.Repeat("x", 300)})).Draw(t, "v")
}

// Split cuts a batch into slices, some of which are empty. The caller releases
// them.
func Split(t *rapid.T, rec arrow.Record) []arrow.Record {
	var parts []arrow.Record
	for at := int64(0); at < rec.NumRows(); {
		end := rapid.Int64Range(at, rec.NumRows()).Draw(t, "cut")
		parts = append(parts, rec.NewSlice(at, end))
		at = end
	}
	return parts
}

// Cell returns a value's notation, from which all that differs differs: null
// from empty, a list's elements from one another.
func Cell(arr arrow.Array, i int) string {
	if notation.Null(arr)(i) {
		return "null"
	}
	if l, ok := arr.(array.ListLike); ok {
		from, to := l.ValueOffsets(i)
		var cells []string
		for j := from; j < to; j++ {
			cells = append(cells, Cell(l.ListValues(), int(j)))
		}
		return "[" + strings.Join(cells, " ") + "]"
	}
	return fmt.Sprintf("%q", notation.Text(arr)(nil, i))
}

// Rows returns all cells of a table, and releases nothing: batches are lent.
func Rows(rows iter.Seq2[arrow.Record, error]) ([][]string, error) {
	var all [][]string
	for rec, err := range rows {
		if err != nil {
			return all, err
		}
		all = append(all, Cells(rec)...)
	}
	return all, nil
}

// Cells returns the cells of a batch, by rows.
func Cells(rec arrow.Record) [][]string {
	rows := make([][]string, rec.NumRows())
	for i := range rows {
		for _, col := range rec.Columns() {
			rows[i] = append(rows[i], Cell(col, i))
		}
	}
	return rows
}
