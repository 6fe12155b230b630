package tabular_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/tabular"
	"icono/internal/tabular/notation"
	"icono/internal/tabular/tabletest"
)

// runDuckDB runs SQL, one statement a line. It needs node and a folder, named
// by ICONO_DUCKDB, in which `npm install @duckdb/node-api` was run.
func runDuckDB(t *testing.T, statements ...string) {
	t.Helper()
	dir := os.Getenv("ICONO_DUCKDB")
	node, err := exec.LookPath("node")
	if dir == "" || err != nil {
		t.Skip("skipped: needs node and ICONO_DUCKDB, a folder with the npm package @duckdb/node-api")
	}
	const script = `const {DuckDBInstance} = require(process.argv[1] + '/node_modules/@duckdb/node-api');
(async () => { const c = await (await DuckDBInstance.create(':memory:')).connect();
for (const s of process.argv.slice(2)) await c.run(s); })().catch(e => { console.error(e.message); process.exit(1); });`
	out, err := exec.Command(node, append([]string{"-e", script, "--", dir}, statements...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("DuckDB: %s", out)
	}
}

// TestDuckDBParquet has DuckDB read random files of ours and write them again,
// in pages of its own making; what we read of those must equal what was
// written first.
func TestDuckDBParquet(t *testing.T) {
	dir := t.TempDir()
	var statements []string
	var tables []arrow.Record
	options := []string{"", ", PARQUET_VERSION v2", ", COMPRESSION lz4_raw", ", COMPRESSION brotli, PARQUET_VERSION v2", ", COMPRESSION gzip", ", COMPRESSION uncompressed"}
	for i := range 30 {
		rec := rapid.Custom(func(rt *rapid.T) arrow.Record {
			return tabletest.Record(rt, memory.NewGoAllocator(), duckSchema(rt), rapid.IntRange(0, 200).Draw(rt, "rows"))
		}).Example(i)
		tables = append(tables, rec)
		raw := write(t, tabular.Parquet, tabular.WriteOptions{}, rec.Schema(), rec)
		in, out := filepath.Join(dir, fmt.Sprintf("%d.parquet", i)), filepath.Join(dir, fmt.Sprintf("out%d.parquet", i))
		if err := os.WriteFile(in, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		statements = append(statements, fmt.Sprintf("COPY (SELECT * FROM '%s') TO '%s' (FORMAT parquet%s)", in, out, options[i%len(options)]))
	}
	runDuckDB(t, append([]string{"SET TimeZone='UTC'"}, statements...)...)
	for i, rec := range tables {
		path := filepath.Join(dir, fmt.Sprintf("out%d.parquet", i))
		f, err := tabular.Open(context.Background(), tabular.Source{Name: path, Path: path, Open: opener(path)}, tabular.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := tabletest.Rows(f.Rows(context.Background(), memory.NewGoAllocator(), 64))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tabletest.Cells(rec), got); diff != "" && rec.NumRows() > 0 {
			t.Errorf("table %d, %v: %s", i, rec.Schema(), diff)
		}
	}
}

// duckSchema draws a schema whose values DuckDB does not change: it keeps
// nanoseconds without a zone only, and zones not at all, and treats names
// without regard to case.
func duckSchema(t *rapid.T) *arrow.Schema {
	schema := tabletest.Schema(7).Draw(t, "schema")
	fields := schema.Fields()
	for i := range fields {
		fields[i].Name = fmt.Sprintf("%s %d", strings.ToValidUTF8(strings.ReplaceAll(fields[i].Name, "\x00", ""), "?"), i)
		switch {
		case mentions(fields[i].Type, "Europe"), mentions(fields[i].Type, "time64"), mentions(fields[i].Type, "timestamp[ms"):
			fields[i].Type = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
		}
	}
	return arrow.NewSchema(fields, nil)
}

func mentions(t arrow.DataType, word string) bool { return strings.Contains(t.String(), word) }

// TestDuckDBCSV has DuckDB read CSV of ours as text, and write it as Parquet.
func TestDuckDBCSV(t *testing.T) {
	dir := t.TempDir()
	var statements []string
	var tables []arrow.Record
	for i := range 15 {
		rec := rapid.Custom(func(rt *rapid.T) arrow.Record {
			return tabletest.Record(rt, memory.NewGoAllocator(), duckSchema(rt), rapid.IntRange(2, 50).Draw(rt, "rows"))
		}).Example(i)
		if rec.NumCols() == 1 || holdsNUL(rec) { // DuckDB skips lines of one null
			continue
		}
		in, out := filepath.Join(dir, fmt.Sprintf("%d.csv", i)), filepath.Join(dir, fmt.Sprintf("csv%d.parquet", len(tables)))
		tables = append(tables, rec)
		if err := os.WriteFile(in, write(t, tabular.CSV, tabular.WriteOptions{}, rec.Schema(), rec), 0o600); err != nil {
			t.Fatal(err)
		}
		statements = append(statements, fmt.Sprintf("COPY (SELECT * FROM read_csv('%s', all_varchar=true, header=true, auto_detect=false, delim=',', quote='\"', escape='\"', new_line='\\r\\n', allow_quoted_nulls=false, columns={%s})) TO '%s' (FORMAT parquet)", in, columnList(rec), out))
	}
	runDuckDB(t, statements...)
	for i, rec := range tables {
		path := filepath.Join(dir, fmt.Sprintf("csv%d.parquet", i))
		f, err := tabular.Open(context.Background(), tabular.Source{Name: path, Path: path, Open: opener(path)}, tabular.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := tabletest.Rows(f.Rows(context.Background(), memory.NewGoAllocator(), 64))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(textCells(rec), got); diff != "" {
			t.Errorf("table %d: %s", i, diff)
		}
	}
}

func columnList(rec arrow.Record) string {
	var all []string
	for i := range rec.Columns() {
		all = append(all, fmt.Sprintf("'c%d': 'VARCHAR'", i))
	}
	return strings.Join(all, ", ")
}

func textCells(rec arrow.Record) [][]string {
	rows := make([][]string, rec.NumRows())
	for _, col := range rec.Columns() {
		text, null := notation.Text(col), notation.Null(col)
		for i := range rows {
			if null(i) {
				rows[i] = append(rows[i], "null")
			} else {
				rows[i] = append(rows[i], fmt.Sprintf("%q", text(nil, i)))
			}
		}
	}
	return rows
}
