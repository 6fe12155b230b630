package parquet_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	apq "github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"icono/internal/tabular/parquet"
	"icono/internal/tabular/tabletest"
)

// plain makes a table of common columns.
func plain(rows int) arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "score", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "ok", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "label", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, Nullable: true},
		{Name: "vector", Type: arrow.ListOf(arrow.PrimitiveTypes.Float32), Nullable: true},
		{Name: "at", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
	defer b.Release()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range rows {
		b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("post-%08d-%x", i, random.Uint64()))
		if i%7 == 0 {
			b.Field(1).AppendNull()
		} else {
			b.Field(1).(*array.Int64Builder).Append(int64(random.IntN(1000)))
		}
		b.Field(2).(*array.Float64Builder).Append(random.NormFloat64())
		b.Field(3).(*array.BooleanBuilder).Append(random.IntN(2) == 0)
		if err := b.Field(4).(*array.BinaryDictionaryBuilder).AppendString([]string{"protest", "portrait", "poster"}[random.IntN(3)]); err != nil {
			panic(err)
		}
		l := b.Field(5).(*array.ListBuilder)
		l.Append(true)
		for range i % 4 {
			l.ValueBuilder().(*array.Float32Builder).Append(random.Float32())
		}
		b.Field(6).(*array.TimestampBuilder).Append(arrow.Timestamp(1.7e15 + int64(i)))
	}
	return b.NewRecord()
}

// foreign writes a table with Arrow's writer, whose pages have other
// encodings.
func foreign(t *testing.T, rec arrow.Record, opts ...apq.WriterProperty) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := pqarrow.NewFileWriter(rec.Schema(), &buf, apq.NewWriterProperties(opts...), pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func samples(t *testing.T) map[string][]byte {
	rec := plain(2000)
	t.Cleanup(rec.Release)
	flat := array.NewRecord(arrow.NewSchema(rec.Schema().Fields()[:4], nil), rec.Columns()[:4], rec.NumRows())
	t.Cleanup(flat.Release)
	return map[string][]byte{
		"ours":      write(t, rec.Schema(), parquet.Options{}, rec),
		"ours none": write(t, rec.Schema(), parquet.Options{Compression: "none"}, rec),
		"arrow v1":  foreign(t, flat, apq.WithCompression(compress.Codecs.Snappy)),
		"arrow v2": foreign(t, flat, apq.WithDataPageVersion(apq.DataPageV2), apq.WithVersion(apq.V2_LATEST), apq.WithDictionaryDefault(false),
			apq.WithEncodingFor("id", apq.Encodings.DeltaByteArray), apq.WithEncodingFor("n", apq.Encodings.DeltaBinaryPacked), apq.WithEncodingFor("ok", apq.Encodings.RLE)),
		"arrow delta length": foreign(t, flat, apq.WithDictionaryDefault(false), apq.WithEncodingFor("id", apq.Encodings.DeltaLengthByteArray)),
	}
}

// TestForeign reads files of Arrow's writer.
func TestForeign(t *testing.T) {
	rec := plain(2000)
	defer rec.Release()
	want := tabletest.Cells(rec)
	for name, raw := range samples(t) {
		got, err := tabletest.Rows(open(t, raw).Rows(context.Background(), memory.NewGoAllocator(), 300))
		if err != nil || len(got) != len(want) {
			t.Errorf("%s: %d rows, %v", name, len(got), err)
			continue
		}
		for i, row := range got {
			for c, cell := range row {
				if cell != want[i][c] {
					t.Fatalf("%s: row %d, column %d: %s, not %s", name, i, c, cell, want[i][c])
				}
			}
		}
	}
}

// TestDamaged changes bytes of good files and cuts them off. Reading must end,
// without a panic, in an error or with all rows: a value may differ where the
// file has no checksum, a row may not be missing.
func TestDamaged(t *testing.T) {
	for name, raw := range samples(t) {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(3, 4))
			failed, read := 0, 0
			for range 300 {
				bad := bytes.Clone(raw)
				if random.IntN(10) == 0 {
					bad = bad[:random.IntN(len(bad))]
				} else {
					for range 1 + random.IntN(4) {
						bad[random.IntN(len(bad))] ^= 1 << random.IntN(8)
					}
					if random.IntN(3) == 0 { // where headers stand
						bad[len(bad)-9-random.IntN(min(2000, len(bad)-9))] = byte(random.Uint32())
					}
				}
				rows, err := readAll(bad)
				switch {
				case err != nil:
					failed++
				case rows != 2000:
					t.Fatalf("%d rows without an error", rows)
				default:
					read++
				}
			}
			t.Logf("%d errors, %d read whole", failed, read)
		})
	}
}

// readAll reads a file that may be damaged, and looks at every cell.
func readAll(raw []byte) (int, error) {
	f, err := parquet.Open("damaged.parquet", bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return 0, err
	}
	rows, err := tabletest.Rows(f.Rows(context.Background(), memory.NewGoAllocator(), 512))
	return len(rows), err
}

// FuzzOpen reads anything.
func FuzzOpen(f *testing.F) {
	rec := plain(20)
	defer rec.Release()
	f.Add(write(f, rec.Schema(), parquet.Options{}, rec))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		_, _ = readAll(raw) // must return
	})
}
