// Package stagetest is the conformance suite that every kind must pass, and
// what tests of kinds need: tables of Go values, a recording ledger, a folder
// that stands for a study.
package stagetest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/stage"
)

// Memory returns an allocator; the test fails if anything allocated with it is
// not released when the test ends.
func Memory(t testing.TB) memory.Allocator {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	return mem
}

// Env returns what the engine lends to a stage, with a ledger that records and
// a folder of the test's own.
func Env(t testing.TB, mem memory.Allocator) (stage.Env, *Ledger) {
	l := NewLedger()
	return stage.Env{Stage: "tested", Seed: 2021, Workers: 2, BatchRows: 256, Memory: mem, Study: Folder(t.TempDir()),
		Ledger: l, Drain: make(chan struct{}), Stop: func(string) {}, Run: func() stage.RunFacts { return stage.RunFacts{} }}, l
}

// Folder is a study in a folder of this machine.
type Folder string

// Open opens a file of the folder.
func (f Folder) Open(path string) (io.ReadCloser, error) { return os.Open(f.Resolve(path)) }

// Resolve gives the path on this machine.
func (f Folder) Resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(string(f), filepath.FromSlash(path))
}

// Pictures lists the files below a folder, or those that a glob finds.
func (f Folder) Pictures(pattern string) ([]string, error) {
	var out []string
	add := func(path string) error {
		rel, err := filepath.Rel(string(f), path)
		out = append(out, filepath.ToSlash(rel))
		return err
	}
	if info, err := os.Stat(f.Resolve(pattern)); err == nil && info.IsDir() {
		err := filepath.WalkDir(f.Resolve(pattern), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				err = add(path)
			}
			return err
		})
		return out, err
	}
	found, err := filepath.Glob(f.Resolve(pattern))
	for _, path := range found {
		err = errors.Join(err, add(path))
	}
	return out, err
}

// Collect pulls a stream to its end or first error and returns its rows as
// values of columns.Value.
func Collect(rows stage.Rows) ([][]any, error) {
	out := [][]any{}
	for rec, err := range rows {
		if err != nil {
			return out, err
		}
		out = append(out, Values(rec)...)
	}
	return out, nil
}

// Values returns the rows of a record as values of columns.Value.
func Values(rec arrow.Record) [][]any {
	out := make([][]any, rec.NumRows())
	for i := range out {
		for _, c := range rec.Columns() {
			out[i] = append(out[i], columns.Value(c, i))
		}
	}
	return out
}

// Run runs a stage over tables as the engine does: probe, schema, prepare, run.
// Errors of the first three end the test.
func Run(t testing.TB, ctx context.Context, s stage.Stage, env stage.Env, in ...stage.Table) stage.Table {
	t.Helper()
	schemas := make([]*arrow.Schema, len(in))
	for i := range in {
		schemas[i] = in[i].Schema
	}
	if p, ok := s.(stage.Prober); ok {
		if err := p.Probe(ctx, env, true); err != nil {
			t.Fatalf("Probe: %v", err)
		}
	}
	out, err := s.Schema(schemas)
	if err != nil {
		t.Fatalf("Schema: %v", err)
	}
	if p, ok := s.(stage.Preparer); ok {
		if err := p.Prepare(ctx, env, schemas); err != nil {
			t.Fatalf("Prepare: %v", err)
		}
	}
	return stage.Table{Schema: out, Rows: s.Run(ctx, env, in)}
}

// Batches lends a record in batches of the given number of rows, with an empty
// batch before each where empty says so. The record stays the caller's.
func Batches(rec arrow.Record, size int, empty bool) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		lend := func(from, to int64) bool {
			part := rec.NewSlice(from, to)
			defer part.Release()
			return yield(part, nil)
		}
		for at := int64(0); at < rec.NumRows(); at += int64(size) {
			if empty && !lend(at, at) || !lend(at, min(at+int64(size), rec.NumRows())) {
				return
			}
		}
		if empty {
			lend(0, 0)
		}
	}
}

// Schema makes a schema of fields.
func Schema(fields ...arrow.Field) *arrow.Schema { return arrow.NewSchema(fields, nil) }

// Key is the field of a key column.
func Key(name string) arrow.Field {
	return stage.Mark(arrow.Field{Name: name, Type: arrow.BinaryTypes.String}, stage.Key, "load")
}

// Text, Int, Float and Bool are fields that may be null.
func Text(name string) arrow.Field {
	return arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
}

// Int is the field of a column of int64.
func Int(name string) arrow.Field {
	return arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Int64, Nullable: true}
}

// Float is the field of a column of float64.
func Float(name string) arrow.Field {
	return arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64, Nullable: true}
}

// Bool is the field of a column of booleans.
func Bool(name string) arrow.Field {
	return arrow.Field{Name: name, Type: arrow.FixedWidthTypes.Boolean, Nullable: true}
}

// Dictionary is the field of a column of text with a dictionary.
func Dictionary(name string) arrow.Field {
	return arrow.Field{Name: name, Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, Nullable: true}
}

// Record builds a record of Go values, released when the test ends.
func Record(t testing.TB, mem memory.Allocator, schema *arrow.Schema, rows ...[]any) arrow.Record {
	t.Helper()
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for r, row := range rows {
		if len(row) != schema.NumFields() {
			t.Fatalf("row %d has %d values for %d columns", r, len(row), schema.NumFields())
		}
		for c, v := range row {
			if err := Append(b.Field(c), v); err != nil {
				t.Fatalf("row %d, column %s: %v", r, schema.Field(c).Name, err)
			}
		}
	}
	rec := b.NewRecord()
	t.Cleanup(rec.Release)
	return rec
}

// Table builds a table of one batch, released when the test ends.
func Table(t testing.TB, mem memory.Allocator, schema *arrow.Schema, rows ...[]any) stage.Table {
	t.Helper()
	return stage.Table{Schema: schema, Rows: Batches(Record(t, mem, schema, rows...), max(1, len(rows)), false)}
}
