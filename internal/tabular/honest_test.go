package tabular_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/tabular"
)

// textRecord is a table of texts, nil for null.
func textRecord(names []string, rows [][]*string) arrow.Record {
	fields := make([]arrow.Field, len(names))
	for i, n := range names {
		fields[i] = arrow.Field{Name: n, Type: arrow.BinaryTypes.String, Nullable: true}
	}
	b := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range rows {
		for i, s := range row {
			if s == nil {
				b.Field(i).AppendNull()
			} else {
				b.Field(i).(*array.StringBuilder).Append(*s)
			}
		}
	}
	return b.NewRecord()
}

// TestWhatIsSavedIsRead writes texts, nulls and names of all sorts and reads
// them back with the words for null that the kind load has by default.
func TestWhatIsSavedIsRead(t *testing.T) {
	text := rapid.OneOf(
		rapid.StringOfN(rapid.SampledFrom([]rune("ab ,;\t|\"\n\r'ü€=0.\ufeff\u2028")), 0, 8, -1),
		rapid.SampledFrom(append(tabular.MissingWords(), "", "007", "1", "na", "True", "1e5", "2024-01-01", "\r\n", "\r", "\"", "sep=;", "1,5", "1.234", "12345678901234567890", " ", "𝄞")))
	name := rapid.OneOf(rapid.StringOfN(rapid.SampledFrom([]rune("abü ,;\"\n=\ufeff")), 1, 5, -1), rapid.SampledFrom([]string{"sep=;", "NA", "PAR1", "%PDF", "ARROW1", "PK\x03\x04", "SQLite format 3", " a "}))
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(name, 1, 5, rapid.ID[string]).Draw(t, "names")
		var rows [][]*string
		types := map[string]string{}
		for _, n := range names {
			types[n] = "text"
		}
		for range rapid.IntRange(0, 8).Draw(t, "rows") {
			row := make([]*string, len(names))
			for i := range row {
				if rapid.IntRange(0, 4).Draw(t, "null") > 0 {
					s := text.Draw(t, "cell")
					row[i] = &s
				}
			}
			rows = append(rows, row)
		}
		var want [][]string
		for _, row := range rows {
			out := make([]string, len(row))
			for i, s := range row {
				if out[i] = "∅"; s != nil {
					out[i] = *s
				}
			}
			want = append(want, out)
		}
		rec := textRecord(names, rows)
		defer rec.Release()
		format := rapid.SampledFrom([]tabular.Format{tabular.CSV, tabular.TSV, tabular.JSONL, tabular.JSON, tabular.Parquet, tabular.Arrow}).Draw(t, "format")
		o := tabular.WriteOptions{}
		read1 := options{NA: na(), Types: types, Format: format}
		if format == tabular.CSV {
			o.Delimiter = rapid.SampledFrom([]string{",", ";", "|", "\t", "~", " "}).Draw(t, "delimiter")
			o.BOM = rapid.Bool().Draw(t, "mark")
			read1.Delimiter = o.Delimiter
		}
		raw := write(t, format, o, rec.Schema(), rec)
		_, got, err := read(t, read1, source(raw, "x"))
		if err != nil && len(rows) == 0 {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s: %q: %s", format, raw, d)
		}
	})
}

// TestNULInCSV names row and column.
func TestNULInCSV(t *testing.T) {
	good, bad := "x", "a\x00b"
	rec := textRecord([]string{"id", "text"}, [][]*string{{&good, &good}, {&good, &bad}})
	defer rec.Release()
	w, err := tabular.NewWriter(io.Discard, tabular.CSV, rec.Schema(), tabular.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err == nil || !strings.HasPrefix(err.Error(), "row 2 has the character U+0000 in the column \"text\"") {
		t.Error(err)
	}
	if raw := write(t, tabular.JSONL, tabular.WriteOptions{}, rec.Schema(), rec); !bytes.Contains(raw, []byte(`a\u0000b`)) {
		t.Errorf("%s", raw)
	}
}

// TestDelimiters: what can be written can be read, and nothing else.
func TestDelimiters(t *testing.T) {
	a, b := "x", "1.5"
	rec := textRecord([]string{"a", "b"}, [][]*string{{&a, &b}, {&b, &a}})
	defer rec.Release()
	taken := 0
	for c := range rune(0x250) {
		d := string(c)
		w, err := tabular.NewWriter(io.Discard, tabular.CSV, rec.Schema(), tabular.WriteOptions{Delimiter: d})
		got := readText(t, options{Delimiter: d}, "x.csv", "a"+d+"b\nx"+d+"1.5\n1.5"+d+"x\n")
		if err != nil {
			if !strings.Contains(got, "will not do") {
				t.Errorf("%q can be read and not written", d)
			}
			continue
		}
		taken++
		_ = w.Close()
		raw := write(t, tabular.CSV, tabular.WriteOptions{Delimiter: d}, rec.Schema(), rec)
		if got := readText(t, options{Delimiter: d}, "x.csv", string(raw)); got != "a:text,b:text\nx|1.5\n1.5|x" {
			t.Errorf("%q: %s", d, got)
		}
	}
	if taken != 33 {
		t.Errorf("%d delimiters", taken)
	}
}
