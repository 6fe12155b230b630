package tabular_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/tabular"
	"icono/internal/tabular/notation"
	"icono/internal/tabular/tabletest"
)

type fataler interface{ Fatal(...any) }

func write(t fataler, f tabular.Format, o tabular.WriteOptions, schema *arrow.Schema, recs ...arrow.Record) []byte {
	var buf bytes.Buffer
	w, err := tabular.NewWriter(&buf, f, schema, o)
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

func source(raw []byte, name string) tabular.Source {
	return tabular.Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }}
}

// mixed is a small table of what is difficult in texts.
func mixed() arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "a,b", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "at", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, Nullable: true},
		{Name: "tags", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"say \"hi\"", "", "two\nlines", "tab\there", "\x01 ü \u2028"}, nil)
	b.Field(1).(*array.Float64Builder).AppendValues([]float64{0.1, math.NaN(), 1e300, math.Inf(-1), 3}, nil)
	b.Field(2).(*array.Int64Builder).AppendValues([]int64{math.MaxInt64, 0, 7, -1, 9007199254740993}, []bool{true, true, false, true, true})
	b.Field(3).(*array.TimestampBuilder).AppendValues([]arrow.Timestamp{0, 1, 1700000000123456, -1, 253402300799000000}, nil)
	l := b.Field(4).(*array.ListBuilder)
	for i := range 5 {
		if i == 1 {
			l.AppendNull()
			continue
		}
		l.Append(true)
		for range i {
			l.ValueBuilder().(*array.StringBuilder).Append("a\"b")
		}
	}
	return b.NewRecord()
}

func TestTexts(t *testing.T) {
	rec := mixed()
	defer rec.Release()
	for _, c := range []struct {
		format  tabular.Format
		options tabular.WriteOptions
		want    string
	}{
		{tabular.CSV, tabular.WriteOptions{}, strings.Join([]string{
			"text,\"a,b\",id,at,tags",
			"\"say \"\"hi\"\"\",0.1,9223372036854775807,1970-01-01T00:00:00Z,[]",
			"\"\",NaN,0,1970-01-01T00:00:00.000001Z,",
			"\"two\nlines\",1e+300,,2023-11-14T22:13:20.123456Z,\"[\"\"a\\\"\"b\"\",\"\"a\\\"\"b\"\"]\"",
			"\"tab\there\",-inf,-1,1969-12-31T23:59:59.999999Z,\"[\"\"a\\\"\"b\"\",\"\"a\\\"\"b\"\",\"\"a\\\"\"b\"\"]\"",
			"\x01 ü \u2028,3,9007199254740993,9999-12-31T23:59:59Z,\"[\"\"a\\\"\"b\"\",\"\"a\\\"\"b\"\",\"\"a\\\"\"b\"\",\"\"a\\\"\"b\"\"]\"", ""}, "\r\n")},
		{tabular.JSONL, tabular.WriteOptions{}, strings.Join([]string{
			`{"text":"say \"hi\"","a,b":0.1,"id":9223372036854775807,"at":"1970-01-01T00:00:00Z","tags":[]}`,
			`{"text":"","a,b":null,"id":0,"at":"1970-01-01T00:00:00.000001Z","tags":null}`,
			`{"text":"two\nlines","a,b":1e+300,"id":null,"at":"2023-11-14T22:13:20.123456Z","tags":["a\"b","a\"b"]}`,
			`{"text":"tab\there","a,b":null,"id":-1,"at":"1969-12-31T23:59:59.999999Z","tags":["a\"b","a\"b","a\"b"]}`,
			`{"text":"\u0001 ü \u2028","a,b":3,"id":9007199254740993,"at":"9999-12-31T23:59:59Z","tags":["a\"b","a\"b","a\"b","a\"b"]}`, ""}, "\n")},
	} {
		if diff := cmp.Diff(c.want, string(write(t, c.format, c.options, rec.Schema(), rec))); diff != "" {
			t.Errorf("%s: %s", c.format, diff)
		}
	}
	if got := write(t, tabular.CSV, tabular.WriteOptions{BOM: true, Delimiter: ";", NullText: "NA"}, rec.Schema(), rec); !bytes.HasPrefix(got, []byte("\xef\xbb\xbftext;a,b;id")) || !bytes.Contains(got, []byte(";NA;")) {
		t.Errorf("options: %q", got)
	}
}

// TestTextRoundTrip reads random tables back with the standard library.
func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		schema := tabletest.Schema(5).Draw(t, "schema")
		rec := tabletest.Record(t, memory.NewGoAllocator(), schema, rapid.IntRange(0, 20).Draw(t, "rows"))
		defer rec.Release()
		for _, f := range []tabular.Format{tabular.CSV, tabular.TSV, tabular.JSONL, tabular.JSON} {
			if (f == tabular.CSV || f == tabular.TSV) && holdsNUL(rec) {
				refusesNUL(t, f, rec)
				continue
			}
			whole := write(t, f, tabular.WriteOptions{}, schema, rec)
			if !bytes.Equal(whole, write(t, f, tabular.WriteOptions{}, schema, tabletest.Split(t, rec)...)) {
				t.Fatalf("%s: the bytes depend on the batches", f)
			}
			switch f {
			case tabular.CSV, tabular.TSV:
				checkCSV(t, whole, f, rec)
			default:
				checkJSON(t, whole, f == tabular.JSON, rec)
			}
		}
	})
}

// holdsNUL reports whether a name or a cell has U+0000, which CSV cannot hold.
func holdsNUL(rec arrow.Record) bool {
	for c, col := range rec.Columns() {
		if strings.Contains(rec.ColumnName(c), "\x00") {
			return true
		}
		text, null := notation.Text(col), notation.Null(col)
		for i := range col.Len() {
			if !null(i) && bytes.IndexByte(text(nil, i), 0) >= 0 {
				return true
			}
		}
	}
	return false
}

func refusesNUL(t fataler, f tabular.Format, rec arrow.Record) {
	w, err := tabular.NewWriter(io.Discard, f, rec.Schema(), tabular.WriteOptions{})
	if err == nil {
		err = w.Write(rec)
	}
	if err == nil || !strings.Contains(err.Error(), "U+0000") || !strings.Contains(err.Error(), "column") {
		t.Fatal(f, "takes U+0000:", err)
	}
}

func checkCSV(t *rapid.T, raw []byte, f tabular.Format, rec arrow.Record) {
	r := csv.NewReader(bytes.NewReader(raw))
	if f == tabular.TSV {
		r.Comma = '\t'
	}
	rows, err := r.ReadAll()
	if err != nil {
		// Lines of nothing but an empty cell are skipped by that reader.
		t.Fatalf("%s: %v", f, err)
	}
	if rec.NumCols() == 1 {
		return
	}
	if int64(len(rows)) != rec.NumRows()+1 {
		t.Fatalf("%d lines for %d rows", len(rows), rec.NumRows())
	}
	for c, col := range rec.Columns() {
		text, null := notation.Text(col), notation.Null(col)
		for i := range col.Len() {
			want := ""
			if !null(i) {
				want = string(text(nil, i))
			}
			// encoding/csv reads CRLF within quotes as LF.
			if got := rows[i+1][c]; got != strings.ReplaceAll(want, "\r\n", "\n") {
				t.Fatalf("column %d, row %d: %q, not %q", c, i, got, want)
			}
		}
	}
}

func checkJSON(t *rapid.T, raw []byte, isArray bool, rec arrow.Record) {
	var rows []map[string]any
	if isArray {
		if err := json.Unmarshal(raw, &rows); err != nil {
			t.Fatal(err)
		}
	} else {
		for line := range bytes.Lines(raw) {
			d := json.NewDecoder(bytes.NewReader(line))
			d.UseNumber()
			var row map[string]any
			if err := d.Decode(&row); err != nil {
				t.Fatalf("%v: %q", err, line)
			}
			rows = append(rows, row)
		}
	}
	if int64(len(rows)) != rec.NumRows() {
		t.Fatalf("%d objects for %d rows", len(rows), rec.NumRows())
	}
	for c, col := range rec.Columns() {
		text, null := notation.Text(col), notation.Null(col)
		for i := range col.Len() {
			got, there := rows[i][strings.ToValidUTF8(rec.ColumnName(c), "\ufffd")]
			if !there || null(i) && got != nil {
				t.Fatalf("column %q, row %d: %v", rec.ColumnName(c), i, got)
			}
			if s, ok := got.(string); ok && !null(i) && s != strings.ToValidUTF8(string(text(nil, i)), "\ufffd") {
				t.Fatalf("column %q, row %d: %q, not %q", rec.ColumnName(c), i, s, text(nil, i))
			}
			if n, ok := got.(json.Number); ok && string(n) != string(text(nil, i)) {
				t.Fatalf("column %q, row %d: %s, not %s", rec.ColumnName(c), i, n, text(nil, i))
			}
		}
	}
}

// TestArrowRoundTrip writes and reads Arrow IPC and Parquet through the
// package's own doors, from a path and from a stream.
func TestArrowRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(t, 0)
		schema := tabletest.Schema(5).Draw(rt, "schema")
		rec := tabletest.Record(rt, mem, schema, rapid.IntRange(0, 30).Draw(rt, "rows"))
		defer rec.Release()
		for _, f := range []tabular.Format{tabular.Arrow, tabular.Parquet} {
			raw := write(rt, f, tabular.WriteOptions{}, schema, rec)
			parts := tabletest.Split(rt, rec)
			cut := write(rt, f, tabular.WriteOptions{}, schema, parts...)
			for _, p := range parts {
				p.Release()
			}
			if !bytes.Equal(raw, cut) {
				rt.Fatalf("%s: the bytes depend on the batches", f)
			}
			src := source(raw, "t."+string(f))
			if rapid.Bool().Draw(rt, "path") {
				src.Path = filepath.Join(t.TempDir(), "t")
				if err := os.WriteFile(src.Path, raw, 0o600); err != nil {
					rt.Fatal(err)
				}
			}
			file, err := tabular.Open(context.Background(), src, tabular.ReadOptions{Format: f})
			if err != nil {
				rt.Fatal(err)
			}
			for range 2 { // restartable
				got, err := tabletest.Rows(file.Rows(context.Background(), mem, rapid.IntRange(1, 9).Draw(rt, "batch")))
				if err != nil {
					rt.Fatal(err)
				}
				if diff := cmp.Diff(tabletest.Cells(rec), got); diff != "" && rec.NumRows() > 0 {
					rt.Fatalf("%s: %s", f, diff)
				}
			}
			if err := file.Close(); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

func TestWriterErrors(t *testing.T) {
	field := func(name string, t arrow.DataType) arrow.Field { return arrow.Field{Name: name, Type: t} }
	for _, c := range []struct {
		format tabular.Format
		o      tabular.WriteOptions
		fields []arrow.Field
		want   string
	}{
		{tabular.CSV, tabular.WriteOptions{}, []arrow.Field{field("a", arrow.Null), field("a", arrow.Null)}, `two columns are called "a"`},
		{tabular.CSV, tabular.WriteOptions{Delimiter: ";;"}, []arrow.Field{field("a", arrow.Null)}, `delimiter ";;" will not do`},
		{tabular.Parquet, tabular.WriteOptions{Compression: "lzo"}, []arrow.Field{field("a", arrow.Null)}, `no compression "lzo"`},
		{tabular.Parquet, tabular.WriteOptions{}, []arrow.Field{field("who", arrow.StructOf(field("x", arrow.Null)))}, `column "who": values of type struct`},
		{tabular.Parquet, tabular.WriteOptions{}, []arrow.Field{field("l", arrow.ListOf(arrow.ListOf(arrow.Null)))}, `column "l": values of type list`},
		{"xlsx", tabular.WriteOptions{}, nil, `cannot be written as "xlsx"`},
	} {
		if _, err := tabular.NewWriter(io.Discard, c.format, arrow.NewSchema(c.fields, nil), c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, not %s", err, c.want)
		}
	}
}

func opener(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}
