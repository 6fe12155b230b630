package tabular_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/tabular"
)

// benchRows is the number of rows of a table of four columns.
const benchRows = 200_000

func benchTable(format tabular.Format) []byte {
	var b bytes.Buffer
	if format == tabular.CSV {
		b.WriteString("ID,Time of Posting,Caption,Likes\n")
	}
	for i := range benchRows {
		at := time.Unix(int64(1_600_000_000+i*37), 0).UTC().Format("2006-01-02 15:04:05")
		if format == tabular.CSV {
			fmt.Fprintf(&b, "%d_%d,%s,\"A caption, number %d\",%d\n", i*7919, i, at, i, i%5000)
		} else {
			fmt.Fprintf(&b, "{\"ID\":\"%d_%d\",\"Time of Posting\":\"%s\",\"Caption\":\"A caption, number %d\",\"Likes\":%d}\n", i*7919, i, at, i, i%5000)
		}
	}
	return b.Bytes()
}

// BenchmarkRead reports ns a row of finding types and of reading rows, and
// what both together take in loops over encoding/csv, with and without the
// conversion of one number, a pass each.
func BenchmarkRead(b *testing.B) {
	for _, format := range []tabular.Format{tabular.CSV, tabular.JSONL} {
		b.Run(string(format), func(b *testing.B) {
			raw, plain := benchTable(format), benchTable(tabular.CSV)
			var open, read, loop time.Duration
			b.ReportAllocs()
			for b.Loop() {
				began := time.Now()
				f, err := tabular.Open(b.Context(), source(raw, "x."+string(format)), tabular.ReadOptions{})
				if err != nil {
					b.Fatal(err)
				}
				open += time.Since(began)
				began = time.Now()
				for _, err := range f.Rows(b.Context(), memory.DefaultAllocator, 256) {
					if err != nil {
						b.Fatal(err)
					}
				}
				read += time.Since(began)
				began = time.Now()
				plainLoop(b, plain)
				loop += time.Since(began)
			}
			rows := float64(b.N) * benchRows
			b.ReportMetric(float64(open)/rows, "types-ns/row")
			b.ReportMetric(float64(read)/rows, "rows-ns/row")
			b.ReportMetric(float64(open+read)/float64(2*loop), "ratio-to-encoding/csv")
		})
	}
}

// plainLoop reads a table with the standard library and converts its number.
func plainLoop(b *testing.B, raw []byte) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.ReuseRecord = true
	if _, err := r.Read(); err != nil {
		b.Fatal(err)
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			b.Fatal(err)
		}
		if _, err := strconv.ParseInt(row[3], 10, 64); err != nil {
			b.Fatal(err)
		}
	}
}
