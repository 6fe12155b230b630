package tabular

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/tabular/parquet"
)

// Writer writes record batches to a file. What was written is complete only
// after Close returned nil; Close does not close the underlying writer. After
// an error the file is of no use.
type Writer interface {
	Write(arrow.Record) error
	Close() error
}

// WriteOptions say how a table is to be written. Those that do not concern the
// format are ignored.
type WriteOptions struct {
	// BOM puts a byte-order mark before CSV and TSV, so that Excel takes them
	// for UTF-8.
	BOM bool
	// Delimiter between cells of CSV: one character; "" for a comma.
	Delimiter string
	// NullText stands for null in CSV and TSV; "" by default, while an empty
	// text is written as "".
	NullText string
	// Compression of Parquet: zstd (the default), snappy, gzip or none.
	Compression string
	// Metadata goes into the key-value metadata of Parquet.
	Metadata map[string]string
}

// NewWriter starts a file of a format. Column names must differ, and a column
// whose type the format cannot hold is an error here, not later. The bytes
// written depend on the rows only, not on how they were cut into batches, but
// for Arrow IPC, which keeps the batches.
func NewWriter(w io.Writer, f Format, schema *arrow.Schema, o WriteOptions) (Writer, error) {
	seen := make(map[string]bool, schema.NumFields())
	for _, field := range schema.Fields() {
		if seen[field.Name] {
			return nil, fmt.Errorf("two columns are called %q: rename one of them", field.Name)
		}
		seen[field.Name] = true
	}
	switch f {
	case CSV, TSV:
		return newCSVWriter(w, f, schema, o)
	case JSONL, JSON:
		return newJSONWriter(w, f == JSON, schema), nil
	case Parquet:
		return parquet.NewWriter(w, schema, parquet.Options{Compression: o.Compression, Metadata: o.Metadata})
	case Arrow:
		return newIPCWriter(w, schema)
	}
	return nil, fmt.Errorf("tables cannot be written as %q: csv, tsv, jsonl, json, parquet and arrow are the formats", f)
}

// sameSchema reports an error unless the batch has the columns promised.
func sameSchema(want *arrow.Schema, rec arrow.Record) error {
	if err := sameColumns(want, rec.Schema()); err != nil {
		return fmt.Errorf("a batch differs from the columns announced: %w", err)
	}
	return nil
}

func sameColumns(want, got *arrow.Schema) error {
	if want == got {
		return nil
	}
	if want.NumFields() != got.NumFields() {
		return fmt.Errorf("%d columns, not %d", got.NumFields(), want.NumFields())
	}
	for i, w := range want.Fields() {
		if g := got.Field(i); g.Name != w.Name || !sameType(g.Type, w.Type) {
			return fmt.Errorf("column %d is %q (%s), not %q (%s)", i+1, g.Name, g.Type, w.Name, w.Type)
		}
	}
	return nil
}

// sameType also finds large lists equal, which arrow.TypeEqual compares down to
// what their element's type keeps for itself.
func sameType(a, b arrow.DataType) bool {
	return a == b || arrow.TypeEqual(a, b) || a.Fingerprint() != "" && a.Fingerprint() == b.Fingerprint()
}
