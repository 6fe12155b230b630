package parquet

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"iter"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	xparquet "github.com/xitongsys/parquet-go/parquet"

	"icono/internal/tabular/ipcstream"
)

// File is an opened Parquet file.
type File struct {
	name    string
	r       io.ReaderAt
	end     int64 // of the data
	meta    *xparquet.FileMetaData
	leaves  []*leaf
	columns []column
	schema  *arrow.Schema
}

// Open reads the footer of a file of size bytes, which messages call by name,
// and checks it. The values are checked when they are read.
func Open(name string, r io.ReaderAt, size int64) (*File, error) {
	f := &File{name: name, r: r}
	if err := f.open(size); err != nil {
		return nil, fmt.Errorf("%s cannot be read as a Parquet file: %w", name, err)
	}
	return f, nil
}

func (f *File) open(size int64) (err error) {
	defer guard(&err)
	if f.meta, f.end, err = readFooter(f.r, size); err != nil {
		return err
	}
	root, leaves, err := treeOf(f.meta.Schema)
	if err != nil {
		return err
	}
	f.leaves = leaves
	if err := checkGroups(f.meta, leaves, f.end); err != nil {
		return err
	}
	before := decodeSchema(f.meta)
	if f.columns, err = columnsOf(root, leaves, before); err != nil {
		return err
	}
	fields := make([]arrow.Field, len(f.columns))
	for i, c := range f.columns {
		fields[i] = c.field
	}
	var metadata *arrow.Metadata
	if before != nil {
		m := before.Metadata()
		metadata = &m
	}
	f.schema = arrow.NewSchema(fields, metadata)
	return nil
}

// decodeSchema returns the Arrow schema that Arrow's libraries keep in a file,
// or nil. One that cannot be read is no error: it only refines types.
func decodeSchema(meta *xparquet.FileMetaData) *arrow.Schema {
	for _, kv := range meta.KeyValueMetadata {
		if kv.Key != arrowSchemaKey || kv.Value == nil {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(*kv.Value)
		if err != nil {
			return nil
		}
		r, err := ipcstream.NewReader(bytes.NewReader(raw), int64(len(raw)), false, memory.NewGoAllocator())
		if err != nil {
			return nil
		}
		defer r.Release()
		return r.Schema()
	}
	return nil
}

// Schema returns the columns.
func (f *File) Schema() *arrow.Schema { return f.schema }

// NumRows returns the number of rows that the footer tells.
func (f *File) NumRows() int64 { return f.meta.NumRows }

// Metadata returns the value of a key of the file's key-value metadata.
func (f *File) Metadata(key string) (string, bool) {
	for _, kv := range f.meta.KeyValueMetadata {
		if kv.Key == key && kv.Value != nil {
			return *kv.Value, true
		}
	}
	return "", false
}

// Position names a row.
func (f *File) Position(row int64) string { return fmt.Sprintf("%s: row %d", f.name, row+1) }

// Close does nothing: the reader belongs to the caller.
func (f *File) Close() error { return nil }

// Rows reads the table in batches of at most batchRows rows and some 16 MB of
// text, which do not cross row groups. It can be called again, also at the same time. What is
// damaged is an error; rows are never left out.
func (f *File) Rows(ctx context.Context, mem memory.Allocator, batchRows int) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		b := array.NewRecordBuilder(mem, f.schema)
		defer b.Release()
		var row int64
		for g, group := range f.meta.RowGroups {
			chunks, err := f.openGroup(group)
			if err != nil {
				yield(nil, fmt.Errorf("%s: row group %d: %w", f.name, g+1, err))
				return
			}
			for left := group.NumRows; left > 0; {
				if ctx.Err() != nil {
					yield(nil, context.Cause(ctx))
					return
				}
				n := min(int64(max(batchRows, 1)), left)
				rec, n, err := f.batch(b, chunks, n)
				if err != nil {
					yield(nil, fmt.Errorf("%s is damaged between rows %d and %d: %w", f.name, row+1, row+n, err))
					return
				}
				left, row = left-n, row+n
				if left == 0 {
					err = f.ended(chunks)
				}
				if err != nil {
					rec.Release()
					yield(nil, fmt.Errorf("%s is damaged after row %d: %w", f.name, row, err))
					return
				}
				more := yield(rec, nil)
				rec.Release()
				if !more {
					return
				}
			}
		}
	}
}

func (f *File) openGroup(group *xparquet.RowGroup) (chunks []*chunk, err error) {
	defer guard(&err)
	if group.NumRows == 0 {
		return nil, nil
	}
	for i, l := range f.leaves {
		c, err := openChunk(f.r, f.end, l, group.Columns[i].MetaData)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", l.name(), err)
		}
		chunks = append(chunks, c)
	}
	return chunks, nil
}

// batch reads the next rows, at most most, and returns how many.
func (f *File) batch(b *array.RecordBuilder, chunks []*chunk, most int64) (rec arrow.Record, rows int64, err error) {
	defer guard(&err)
	n, err := within(chunks, int(most))
	if err != nil {
		return nil, most, err
	}
	for i := range f.columns {
		c := &f.columns[i]
		if err := readColumn(c, b.Field(i), chunks, n); err != nil {
			return nil, int64(n), fmt.Errorf("column %q: %w", c.field.Name, err)
		}
	}
	if len(f.columns) == 0 {
		return array.NewRecord(f.schema, nil, int64(n)), int64(n), nil
	}
	return b.NewRecord(), int64(n), nil
}

func readColumn(c *column, b array.Builder, chunks []*chunk, n int) (err error) {
	defer guard(&err)
	return c.read(b, chunks, n)
}

// ended reports values beyond the last row.
func (f *File) ended(chunks []*chunk) error {
	for _, c := range chunks {
		if c.left > 0 || c.at < c.n {
			return fmt.Errorf("column %q has more values than rows", c.leaf.name())
		}
	}
	return nil
}
