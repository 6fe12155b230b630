package parquet_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/columns"
	"icono/internal/tabular/parquet"
	"icono/internal/tabular/tabletest"
)

// things is a column with lists of structs, beside others.
func things() *arrow.Schema {
	thing := arrow.StructOf(arrow.Field{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true}, arrow.Field{Name: "score", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		arrow.Field{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, arrow.Field{Name: "sure", Type: arrow.FixedWidthTypes.Boolean, Nullable: true})
	return arrow.NewSchema([]arrow.Field{{Name: "ID", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "found. things", Type: arrow.ListOf(thing), Nullable: true},
		{Name: "tags", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true}, {Name: "more", Type: arrow.ListOf(thing), Nullable: true}}, nil)
}

func drawThings(t *rapid.T, mem memory.Allocator, rows int) arrow.Record {
	b := array.NewRecordBuilder(mem, things())
	defer b.Release()
	fill := func(l *array.ListBuilder) {
		switch rapid.IntRange(0, 4).Draw(t, "list") {
		case 0:
			l.AppendNull()
			return
		case 1:
			l.Append(true)
			return
		}
		l.Append(true)
		s := l.ValueBuilder().(*array.StructBuilder)
		for range rapid.IntRange(1, 5).Draw(t, "things") {
			if rapid.IntRange(0, 5).Draw(t, "null") == 0 {
				s.AppendNull()
				continue
			}
			s.Append(true)
			for k := range s.NumField() {
				if rapid.Bool().Draw(t, "member") {
					s.FieldBuilder(k).AppendNull()
					continue
				}
				switch f := s.FieldBuilder(k).(type) {
				case *array.StringBuilder:
					f.Append(rapid.StringN(0, 8, -1).Draw(t, "text"))
				case *array.Float64Builder:
					f.Append(rapid.Float64().Draw(t, "number"))
				case *array.Int64Builder:
					f.Append(rapid.Int64().Draw(t, "integer"))
				case *array.BooleanBuilder:
					f.Append(rapid.Bool().Draw(t, "sure"))
				}
			}
		}
	}
	for i := range rows {
		b.Field(0).(*array.StringBuilder).Append(string(rune('a' + i%26)))
		fill(b.Field(1).(*array.ListBuilder))
		b.Field(2).AppendNull()
		fill(b.Field(3).(*array.ListBuilder))
	}
	return b.NewRecord()
}

// TestListsOfStructs writes lists of structs and reads them with Arrow's own
// reader of Parquet, as other programs do: null and empty lists, null elements and
// null members stay what they are, and the bytes do not depend on the batches.
func TestListsOfStructs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewGoAllocator()
		rec := drawThings(t, mem, rapid.IntRange(1, 30).Draw(t, "rows"))
		defer rec.Release()
		raw := write(t, things(), parquet.Options{}, rec)
		parts := tabletest.Split(t, rec)
		if cut := write(t, things(), parquet.Options{}, parts...); !bytes.Equal(raw, cut) {
			t.Fatal("the bytes depend on the batches")
		}
		for _, p := range parts {
			p.Release()
		}
		f, err := file.NewParquetReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, mem)
		if err != nil {
			t.Fatal(err)
		}
		table, err := r.ReadTable(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer table.Release()
		for c, field := range things().Fields() {
			if got := table.Schema().Field(c); got.Name != field.Name || got.Type.ID() != field.Type.ID() {
				t.Fatalf("column %d is %v, not %v", c, got, field)
			}
			var want, got []any
			for i := range int(rec.NumRows()) {
				want = append(want, columns.Value(rec.Column(c), i))
			}
			for _, chunk := range table.Column(c).Data().Chunks() {
				for i := range chunk.Len() {
					got = append(got, columns.Value(chunk, i))
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s: %s", field.Name, d)
			}
		}
		// icono itself reads what is deeper than a list of values as JSON text.
		rows, err := tabletest.Rows(open(t, raw).Rows(context.Background(), mem, 7))
		if err != nil || len(rows) != int(rec.NumRows()) {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
	})
}

func TestStructsWithoutMembers(t *testing.T) {
	s := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.ListOf(arrow.StructOf()), Nullable: true}}, nil)
	if _, err := parquet.NewWriter(&bytes.Buffer{}, s, parquet.Options{}); err == nil {
		t.Error("a struct without members is written")
	}
}
