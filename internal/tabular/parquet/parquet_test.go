package parquet_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/tabular/parquet"
	"icono/internal/tabular/tabletest"
)

func write(t interface{ Fatal(...any) }, schema *arrow.Schema, o parquet.Options, recs ...arrow.Record) []byte {
	var buf bytes.Buffer
	w, err := parquet.NewWriter(&buf, schema, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range recs {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func open(t interface{ Fatal(...any) }, raw []byte) *parquet.File {
	f, err := parquet.Open("test.parquet", bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestRoundTrip writes random tables, cut in two ways, and reads them back:
// the files must be equal, and the cells and types those written.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(t, 0)
		schema := tabletest.Schema(6).Draw(t, "schema")
		rec := tabletest.Record(t, mem, schema, rapid.IntRange(0, 40).Draw(t, "rows"))
		defer rec.Release()
		o := parquet.Options{Compression: rapid.SampledFrom([]string{"", "snappy", "gzip", "none"}).Draw(t, "codec")}
		whole := write(t, schema, o, rec)
		parts := tabletest.Split(t, rec)
		cut := write(t, schema, o, parts...)
		for _, p := range parts {
			p.Release()
		}
		if !bytes.Equal(whole, cut) {
			t.Fatal("the bytes depend on the batches")
		}
		f := open(t, whole)
		for i, want := range schema.Fields() {
			if got := f.Schema().Field(i); got.Name != want.Name || !sameType(got.Type, want.Type) {
				t.Fatalf("column %d is %v, not %v", i, got, want)
			}
		}
		got, err := tabletest.Rows(f.Rows(context.Background(), mem, rapid.IntRange(1, 50).Draw(t, "batch")))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tabletest.Cells(rec), got); diff != "" && rec.NumRows() > 0 {
			t.Fatal(diff)
		}
	})
}

// sameType allows for dictionaries, which come back with 32-bit indices.
func sameType(got, want arrow.DataType) bool {
	if d, ok := want.(*arrow.DictionaryType); ok {
		g, ok := got.(*arrow.DictionaryType)
		return ok && arrow.TypeEqual(g.ValueType, d.ValueType)
	}
	if l, ok := want.(arrow.ListLikeType); ok {
		g, ok := got.(arrow.ListLikeType)
		return ok && got.ID() == want.ID() && arrow.TypeEqual(g.Elem(), l.Elem())
	}
	return arrow.TypeEqual(got, want)
}
