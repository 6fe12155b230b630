package tabular_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/tabular"
	"icono/internal/tabular/tabletest"
)

// coded is a table with a dictionary and nested columns.
func coded(rows int) arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "label", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, Nullable: true},
		{Name: "v", Type: arrow.ListOf(arrow.PrimitiveTypes.Float32), Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
	defer b.Release()
	random := rand.New(rand.NewPCG(5, 6))
	for i := range rows {
		b.Field(0).(*array.StringBuilder).Append(strings.Repeat("é", i%5) + "post")
		if i%5 == 0 {
			b.Field(1).AppendNull()
		} else {
			b.Field(1).(*array.Int64Builder).Append(random.Int64())
		}
		if err := b.Field(2).(*array.BinaryDictionaryBuilder).AppendString([]string{"a", "b", "c"}[random.IntN(3)]); err != nil {
			panic(err)
		}
		l := b.Field(3).(*array.ListBuilder)
		l.Append(true)
		for range i % 3 {
			l.ValueBuilder().(*array.Float32Builder).Append(random.Float32())
		}
	}
	return b.NewRecord()
}

// ipcSamples are a file and a stream with dictionaries, as Arrow writes them.
func ipcSamples(t testing.TB, rec arrow.Record) map[string][]byte {
	t.Helper()
	out := map[string][]byte{"ours": write(t, tabular.Arrow, tabular.WriteOptions{}, rec.Schema(), rec)}
	half := rec.NumRows() / 2
	for name, opts := range map[string][]ipc.Option{"stream": nil, "stream zstd": {ipc.WithZstd()}} {
		var buf bytes.Buffer
		w := ipc.NewWriter(&buf, append(opts, ipc.WithSchema(rec.Schema()))...)
		for _, part := range []arrow.Record{rec.NewSlice(0, half), rec.NewSlice(half, rec.NumRows())} {
			if err := w.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		out[name] = buf.Bytes()
	}
	return out
}

func readIPC(raw []byte) ([][]string, error) {
	f, err := tabular.Open(context.Background(), source(raw, "t.arrow"), tabular.ReadOptions{Format: tabular.Arrow})
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return tabletest.Rows(f.Rows(context.Background(), memory.NewGoAllocator(), 100))
}

func TestArrowFiles(t *testing.T) {
	rec := coded(300)
	defer rec.Release()
	for name, raw := range ipcSamples(t, rec) {
		got, err := readIPC(raw)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(tabletest.Cells(rec), got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, n := range []int{0, 4, 9, len(raw) / 2, len(raw) - 1, len(raw) - 8, len(raw) - 300} {
			if rows, err := readIPC(raw[:n]); err == nil {
				t.Errorf("%s: %d of %d bytes gave %d rows and no error", name, n, len(raw), len(rows))
			}
		}
	}
}

// TestArrowDamaged: an error, or all rows, but never a panic or a part.
func TestArrowDamaged(t *testing.T) {
	rec := coded(300)
	defer rec.Release()
	for name, raw := range ipcSamples(t, rec) {
		random := rand.New(rand.NewPCG(7, 8))
		failed := 0
		for range 400 {
			bad := bytes.Clone(raw)
			for range 1 + random.IntN(3) {
				at := random.IntN(len(bad))
				if random.IntN(2) == 0 { // descriptions are at the ends
					at = random.IntN(min(900, len(bad)))
				}
				bad[at] ^= byte(1 << random.IntN(8))
			}
			rows, err := readIPC(bad)
			if err != nil {
				failed++
			} else if len(rows) != 300 {
				t.Fatalf("%s: %d rows without an error", name, len(rows))
			}
		}
		t.Logf("%s: %d of 400 are errors", name, failed)
	}
}

// FuzzArrow reads anything.
func FuzzArrow(f *testing.F) {
	rec := coded(5)
	defer rec.Release()
	for _, raw := range ipcSamples(f, rec) {
		f.Add(raw)
	}
	for _, name := range []string{"javascript", "javascript-float16"} {
		raw, err := os.ReadFile("testdata/arrow/" + name + ".arrow")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(_ *testing.T, raw []byte) {
		_, _ = readIPC(raw) // must return
	})
}
