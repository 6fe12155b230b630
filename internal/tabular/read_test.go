package tabular_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/columns"
	"icono/internal/tabular"
)

// Options are short for ReadOptions.
type options = tabular.ReadOptions

// na are the words that the kind load takes for null by default.
func na() []string { return []string{"NA", "N/A", "NaN", "null", "NULL", "None"} }

// word is the name of a type.
func word(t arrow.DataType) string {
	switch t.ID() {
	case arrow.STRING:
		return "text"
	case arrow.INT64:
		return "int"
	case arrow.FLOAT64:
		return "float"
	case arrow.DATE32:
		return "date"
	case arrow.TIMESTAMP:
		if t.(*arrow.TimestampType).TimeZone != "" {
			return "zoned"
		}
		return "datetime"
	}
	return t.String()
}

// header renders the columns of a table: "ID:text,Likes:int".
func header(f tabular.File) string {
	var out []string
	for _, field := range f.Schema().Fields() {
		out = append(out, field.Name+":"+word(field.Type))
	}
	return strings.Join(out, ",")
}

// cells renders the rows of a table, null as ∅.
func cells(ctx context.Context, f tabular.File, mem memory.Allocator, batch int) ([][]string, error) {
	var out [][]string
	for rec, err := range f.Rows(ctx, mem, batch) {
		if err != nil {
			return out, err
		}
		if !rec.Schema().Equal(f.Schema()) {
			return out, fmt.Errorf("a batch has the schema %v, and the table %v", rec.Schema(), f.Schema())
		}
		if n := rec.NumRows(); n == 0 || n > int64(batch) {
			return out, fmt.Errorf("a batch has %d rows, and %d were asked for", n, batch)
		}
		for i := range int(rec.NumRows()) {
			row := make([]string, rec.NumCols())
			for k, col := range rec.Columns() {
				if row[k] = columns.Format(col, i); col.IsNull(i) {
					row[k] = "∅"
				}
			}
			out = append(out, row)
		}
	}
	return out, nil
}

// read opens a table and reads it several times, in batches of several sizes;
// all must be equal, and nothing may leak. It returns header and rows.
func read(t fataler, o options, srcs ...tabular.Source) (string, [][]string, error) {
	f, err := tabular.OpenAll(context.Background(), srcs, o)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	var first [][]string
	var failed error
	for i, batch := range []int{100, 1, 3} {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		rows, err := cells(context.Background(), f, mem, batch)
		if n := mem.CurrentAlloc(); n != 0 {
			t.Fatal(n, "bytes leak")
		}
		if i == 0 {
			first, failed = rows, err
			continue
		}
		if fmt.Sprint(err) != fmt.Sprint(failed) || err == nil && !cmp.Equal(first, rows) {
			t.Fatal("reading again in batches of", batch, "differs:", failed, err, cmp.Diff(first, rows))
		}
	}
	return header(f), first, failed
}

// readText is read for one table given as text; its rows are joined by |.
func readText(t fataler, o options, name, text string) string {
	head, rows, err := read(t, o, source([]byte(text), name))
	if err != nil {
		return "error: " + err.Error()
	}
	out := []string{head}
	for _, row := range rows {
		out = append(out, strings.Join(row, "|"))
	}
	return strings.Join(out, "\n")
}

var update = flag.Bool("update", false, "write the golden files")

// TestExports reads small files as the tools of the field write them.
func TestExports(t *testing.T) {
	files, err := filepath.Glob("testdata/exports/*")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		seen++
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, rows, err := read(t, options{NA: na()}, source(raw, filepath.Base(file)))
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			for i, column := range strings.Split(head, ",") {
				fmt.Fprintf(&got, "%s", column)
				for _, row := range rows {
					fmt.Fprintf(&got, " | %s", strings.ReplaceAll(row[i], "\n", "⏎"))
				}
				got.WriteString("\n")
			}
			golden := file + ".golden"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got.String()); d != "" {
				t.Error(d)
			}
		})
	}
	if seen < 11 {
		t.Errorf("%d exports", seen)
	}
}

func TestEarlyEnd(t *testing.T) {
	for name, text := range map[string]string{"a.csv": "a\n1\n2\n3\n4\n", "a.jsonl": "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", "a.json": "[{\"a\":1},{\"a\":2},{\"a\":3}]"} {
		f, err := tabular.OpenAll(t.Context(), []tabular.Source{source([]byte(text), name), source([]byte(text), name)}, options{})
		if err != nil {
			t.Fatal(err)
		}
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		for range f.Rows(t.Context(), mem, 1) {
			break
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		seen := 0
		var last error
		for _, err := range f.Rows(ctx, mem, 1) {
			if last = err; err == nil {
				seen++
			}
			cancel()
		}
		if seen != 1 || !errors.Is(last, context.Canceled) {
			t.Errorf("%s: %d batches and the error %v after it was cancelled", name, seen, last)
		}
		if _, err := tabular.Open(ctx, source([]byte(text), name), options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: opened under a cancelled context: %v", name, err)
		}
		if n := mem.CurrentAlloc(); n != 0 {
			t.Errorf("%s: %d bytes leak", name, n)
		}
	}
}

func TestPosition(t *testing.T) {
	csv := "id;text\n1;\"two\nlines\"\n\n2;x\n"
	json := "[\n  {\"id\": 1,\n   \"text\": \"a\"},\n  {\"id\": 2}\n]"
	f, err := tabular.OpenAll(t.Context(), []tabular.Source{source([]byte(csv), "a.csv"), source([]byte(json), "b.json"), source([]byte("{\"id\":5}\n\n{\"id\":6}\n"), "c.jsonl")}, options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range int64(7) {
		got = append(got, f.Position(i))
	}
	if d := cmp.Diff([]string{"a.csv:2", "a.csv:5", "b.json:2", "b.json:4", "c.jsonl:1", "c.jsonl:3", "the table"}, got); d != "" {
		t.Error(d)
	}
}
