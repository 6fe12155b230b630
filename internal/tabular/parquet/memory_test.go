package parquet

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// heap returns the bytes in use after a collection.
func heap() int64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// posts is a batch of n rows with texts of a length.
func posts(n, length int) arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "text", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range n {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprint(i, strings.Repeat("x", length)))
	}
	return b.NewRecord()
}

// A writer between two row groups holds what it tells about a group in the
// footer, and no more: neither rows, nor pages, nor an index of pages.
func TestHeldBetweenGroups(t *testing.T) {
	rec := posts(groupRows, 10)
	defer rec.Release()
	w, err := NewWriter(io.Discard, rec.Schema(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	several := func(n int) int64 {
		for range n {
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
		}
		return heap()
	}
	const warm, more = 12, 30 // the compressors' own buffers come with the first groups
	few := several(warm)
	half := several(more)
	grown := min(half-few, several(more)-half) // the collector itself holds now more, now less
	if len(w.group) != 0 || len(w.pw.PagesMapBuf) != 0 || w.pw.ColumnIndexes != nil || w.pw.OffsetIndexes != nil {
		t.Error("rows, pages or page indexes are held between two groups")
	}
	if grown > more*2*2048 {
		t.Errorf("%d groups of 2 columns made the writer %d bytes larger", more, grown)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(w.pw.Footer.RowGroups); n != warm+2*more {
		t.Errorf("%d row groups", n)
	}
}

// Long texts end a row group before its number of rows is reached.
func TestGroupsEndByBytes(t *testing.T) {
	rec := posts(70, 1<<20)
	defer rec.Release()
	w, err := NewWriter(io.Discard, rec.Schema(), Options{Compression: "none"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for i, g := range w.pw.Footer.RowGroups {
		if g.TotalByteSize > groupBytes+2<<20 {
			t.Errorf("row group %d has %d bytes", i+1, g.TotalByteSize)
		}
	}
	if n := len(w.pw.Footer.RowGroups); n != 3 {
		t.Errorf("%d row groups for 70 MB", n)
	}
}

// The encoders of zstd hold windows of a page, not of many megabytes.
func TestPackerIsSmall(t *testing.T) {
	page := make([]byte, pageBytes)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range page {
		page[i] = byte(r.IntN(16))
	}
	before := heap()
	p, err := newPacker(xparquet.CompressionCodec_ZSTD)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 4 {
				if len(p.zstd.EncodeAll(page, nil)) >= len(page) {
					t.Error("nothing was compressed")
				}
			}
		})
	}
	all.Wait()
	if held := heap() - before; held > 12<<20 {
		t.Errorf("the encoders hold %d MB", held>>20)
	}
	runtime.KeepAlive(p)
	runtime.KeepAlive(page)
}
