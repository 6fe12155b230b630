package columns_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/columns"
	"icono/internal/stagetest"
)

// everyType is a schema with a column of each type that rows can be taken of.
func everyType() *arrow.Schema {
	types := []arrow.DataType{
		arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
		arrow.FixedWidthTypes.Float16, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64,
		arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary, &arrow.FixedSizeBinaryType{ByteWidth: 3},
		arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Date64, arrow.FixedWidthTypes.Time32s, arrow.FixedWidthTypes.Time64us,
		arrow.FixedWidthTypes.Timestamp_us, arrow.FixedWidthTypes.Duration_ms, &arrow.Decimal128Type{Precision: 9, Scale: 2},
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, arrow.Null,
		arrow.ListOf(arrow.BinaryTypes.String), arrow.LargeListOf(arrow.PrimitiveTypes.Int64), arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Float32),
		arrow.ListOf(arrow.ListOf(arrow.PrimitiveTypes.Int8)),
		arrow.StructOf(arrow.Field{Name: "a", Type: arrow.BinaryTypes.String, Nullable: true}, arrow.Field{Name: "b", Type: arrow.PrimitiveTypes.Int64, Nullable: true}),
	}
	var fields []arrow.Field
	for _, t := range types {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("%02d %s", len(fields), t.Name()), Type: t, Nullable: true})
	}
	return arrow.NewSchema(fields, nil)
}

// fill appends a value made of n, or null.
func fill(b array.Builder, n int) {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(n%2 == 0)
	case *array.StringBuilder:
		b.Append(strings.Repeat("ü", n%4))
	case *array.LargeStringBuilder:
		b.Append(fmt.Sprint("large ", n))
	case *array.BinaryDictionaryBuilder:
		if err := b.AppendString(fmt.Sprint("word ", n%5)); err != nil {
			panic(err)
		}
	case *array.BinaryBuilder:
		b.Append([]byte{byte(n), 0})
	case *array.FixedSizeBinaryBuilder:
		b.Append([]byte{byte(n), 1, 2})
	case *array.Date32Builder:
		b.Append(arrow.Date32(n))
	case *array.Date64Builder:
		b.Append(arrow.Date64(n * 86400000))
	case *array.Time32Builder:
		b.Append(arrow.Time32(n))
	case *array.Time64Builder:
		b.Append(arrow.Time64(n))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(n))
	case *array.DurationBuilder:
		b.Append(arrow.Duration(n))
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(int64(n)))
	case *array.NullBuilder:
		b.AppendNull()
	case *array.StructBuilder:
		b.Append(true)
		fill(b.FieldBuilder(0), n)
		b.FieldBuilder(1).AppendNull()
	case *array.FixedSizeListBuilder:
		b.Append(true)
		fill(b.ValueBuilder(), n)
		b.ValueBuilder().AppendNull()
	case array.ListLikeBuilder:
		b.Append(true)
		for i := range n % 3 {
			if i == 1 {
				b.ValueBuilder().AppendNull()
			} else {
				fill(b.ValueBuilder(), n)
			}
		}
	default:
		if err := b.AppendValueFromString(fmt.Sprint(n)); err != nil {
			panic(err)
		}
	}
}

// random draws a record, cut out of a larger one.
func random(t *rapid.T, mem memory.Allocator, s *arrow.Schema) arrow.Record {
	b := array.NewRecordBuilder(mem, s)
	defer b.Release()
	n := rapid.IntRange(0, 12).Draw(t, "rows")
	for range n {
		seed := rapid.IntRange(0, 99).Draw(t, "value")
		for c := range s.NumFields() {
			if (seed+c)%4 == 0 {
				b.Field(c).AppendNull()
			} else {
				fill(b.Field(c), seed)
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	from := rapid.IntRange(0, n).Draw(t, "from")
	return rec.NewSlice(int64(from), int64(rapid.IntRange(from, n).Draw(t, "to")))
}

type quiet struct{ *rapid.T }

func (quiet) Helper() {}

// Take gives what picking plain Go values gives, for every type.
func TestTake(t *testing.T) {
	s := everyType()
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(quiet{t}, 0)
		rec := random(t, mem, s)
		defer rec.Release()
		values := stagetest.Values(rec)
		at := rapid.SliceOfN(rapid.IntRange(-1, int(rec.NumRows())-1), 0, 20).Draw(t, "at")
		taken, err := columns.Take(mem, rec, at)
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Release()
		want := [][]any{}
		for _, i := range at {
			if i < 0 {
				want = append(want, make([]any, s.NumFields()))
			} else {
				want = append(want, values[i])
			}
		}
		if d := cmp.Diff(want, stagetest.Values(taken)); d != "" || !taken.Schema().Equal(s) {
			t.Fatal(d)
		}
	})
}

func TestFilter(t *testing.T) {
	s := everyType()
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(quiet{t}, 0)
		rec := random(t, mem, s)
		defer rec.Release()
		keep := rapid.SliceOfN(rapid.Bool(), int(rec.NumRows()), int(rec.NumRows())).Draw(t, "keep")
		kept, err := columns.Filter(mem, rec, keep)
		if err != nil {
			t.Fatal(err)
		}
		defer kept.Release()
		want := [][]any{}
		for i, row := range stagetest.Values(rec) {
			if keep[i] {
				want = append(want, row)
			}
		}
		if d := cmp.Diff(want, stagetest.Values(kept)); d != "" {
			t.Fatal(d)
		}
	})
}

// Concat gives one value after the other, whatever the slices and
// dictionaries.
func TestConcat(t *testing.T) {
	s := everyType()
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(quiet{t}, 0)
		var recs []arrow.Record
		want := make([][]any, s.NumFields())
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			rec := random(t, mem, s)
			defer rec.Release()
			recs = append(recs, rec)
			for c := range want {
				for i := range int(rec.NumRows()) {
					want[c] = append(want[c], columns.Value(rec.Column(c), i))
				}
			}
		}
		for c, f := range s.Fields() {
			var arrs []arrow.Array
			for _, r := range recs {
				arrs = append(arrs, r.Column(c))
			}
			all, err := columns.Concat(mem, arrs)
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			var got []any
			for i := range all.Len() {
				got = append(got, columns.Value(all, i))
			}
			if d := cmp.Diff(want[c], got); d != "" || !arrow.TypeEqual(all.DataType(), f.Type) {
				t.Fatalf("%s: %s", f.Name, d)
			}
			all.Release()
		}
	})
}

func TestConcatRefuses(t *testing.T) {
	mem := stagetest.Memory(t)
	narrow := func(from int) arrow.Array {
		b := array.NewBuilder(mem, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
		defer b.Release()
		for i := range 100 {
			if err := b.AppendString(fmt.Sprint(from + i)); err != nil {
				t.Fatal(err)
			}
		}
		return b.NewArray()
	}
	a, b := narrow(0), narrow(100)
	defer a.Release()
	defer b.Release()
	if c, err := columns.Concat(mem, []arrow.Array{a, b}); err == nil {
		t.Errorf("200 values in a dictionary of int8: %v", c)
	}
	list := array.NewBuilder(mem, arrow.ListOf(a.DataType()))
	defer list.Release()
	l := list.NewArray()
	defer l.Release()
	if _, err := columns.Concat(mem, []arrow.Array{l, l}); err == nil {
		t.Error("lists of dictionaries are put together")
	}
}

// BenchmarkTake measures text columns at growing sizes: ns/row must not grow.
func BenchmarkTake(b *testing.B) {
	for _, n := range []int{1 << 8, 1 << 14, 1 << 20} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			builder := array.NewStringBuilder(memory.DefaultAllocator)
			var at []int
			for i := range n {
				builder.Append(fmt.Sprint("row number ", i))
				if i%2 == 0 {
					at = append(at, i)
				}
			}
			arr := builder.NewArray()
			for b.Loop() {
				out, err := columns.TakeArray(memory.DefaultAllocator, arr, at)
				if err != nil {
					b.Fatal(err)
				}
				out.Release()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
		})
	}
}
