package tabular

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/tabular/ipcstream"
)

// ipcMagic begins and ends Arrow IPC files; streams have none.
const ipcMagic = "ARROW1"

// ipcFile is an Arrow IPC file (also called Feather version 2) or stream. Both
// are read as streams, in their order; a file's footer tells how many batches
// there must be, a stream must end with its end mark.
type ipcFile struct {
	name    string
	f       *os.File
	start   int64 // of the stream
	end     int64
	prelude []byte // to be read before the stream
	batches int    // -1 for a stream
	schema  *arrow.Schema
}

// openArrow opens an Arrow IPC file or stream.
func openArrow(src Source, o ReadOptions) (File, error) {
	f, err := seekable(src)
	if err != nil {
		return nil, err
	}
	file := &ipcFile{name: src.Name, f: f}
	if err := file.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s cannot be read as an Arrow file: %w", src.Name, err), f.Close())
	}
	return castOrClose(src.Name, file, o)
}

// seekable opens a source for random access: a source without a path is copied
// into a temporary file.
func seekable(src Source) (*os.File, error) {
	if src.Path != "" {
		f, err := os.Open(src.Path)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be opened: %w", src.Name, plain(err))
		}
		return f, nil
	}
	r, err := src.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // only read
	f, err := unnamedFile("")
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(f, r); err != nil {
		return nil, errors.Join(fmt.Errorf("%s cannot be read: %w", src.Name, plain(err)), f.Close())
	}
	return f, nil
}

func (f *ipcFile) open() (err error) {
	defer guard(&err)
	info, err := f.f.Stat()
	if err != nil {
		return plain(err)
	}
	f.end, f.batches = info.Size(), -1
	head := make([]byte, 8)
	if _, err := f.f.ReadAt(head, 0); err != nil {
		return errors.New("it is too short")
	}
	switch {
	case bytes.HasPrefix(head, []byte(ipcMagic)):
		if err := f.openFooter(); err != nil {
			return err
		}
	case bytes.HasPrefix(head, []byte("FEA1")):
		return errors.New("it is Feather version 1, which is not read: write it again as version 2, Parquet or CSV")
	}
	r, err := f.reader(memory.NewGoAllocator())
	if err != nil {
		return err
	}
	defer r.Release()
	f.schema = r.Schema()
	for _, field := range f.schema.Fields() {
		if field.Type.ID() == arrow.EXTENSION {
			return fmt.Errorf("column %q is of the extension type %s, which is not known", field.Name, field.Type)
		}
	}
	return nil
}

// openFooter finds the stream inside of a file.
func (f *ipcFile) openFooter() error {
	tail := make([]byte, 4+len(ipcMagic))
	at := f.end - int64(len(tail))
	if at < 8 {
		return errors.New("it is too short")
	}
	if _, err := f.f.ReadAt(tail, at); err != nil {
		return plain(err)
	}
	if !bytes.HasSuffix(tail, []byte(ipcMagic)) {
		return errors.New("its end is missing: the file was cut off")
	}
	size := int64(binary.LittleEndian.Uint32(tail))
	if f.start, f.end = 8, at-size; f.end < f.start {
		return fmt.Errorf("its footer would have %d bytes, more than the file", size)
	}
	footer := make([]byte, size)
	if _, err := f.f.ReadAt(footer, f.end); err != nil {
		return plain(err)
	}
	var err error
	if f.batches, err = ipcstream.Batches(footer); err != nil {
		return err
	}
	f.prelude, err = ipcstream.Prelude(io.NewSectionReader(f.f, f.start, f.end-f.start), f.end-f.start, footer)
	return err
}

func (f *ipcFile) reader(mem memory.Allocator) (*ipc.Reader, error) {
	part := bufio.NewReaderSize(io.NewSectionReader(f.f, f.start, f.end-f.start), 1<<18)
	size := int64(len(f.prelude)) + f.end - f.start
	return ipcstream.NewReader(io.MultiReader(bytes.NewReader(f.prelude), part), size, f.batches < 0, mem)
}

// Schema returns the columns.
func (f *ipcFile) Schema() *arrow.Schema { return f.schema }

// Rows reads the batches, cut into pieces of at most batchRows rows.
func (f *ipcFile) Rows(ctx context.Context, mem memory.Allocator, batchRows int) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		if err := f.read(ctx, mem, batchRows, func(rec arrow.Record) bool { return yield(rec, nil) }); err != nil {
			yield(nil, err)
		}
	}
}

func (f *ipcFile) read(ctx context.Context, mem memory.Allocator, batchRows int, yield func(arrow.Record) bool) error {
	r, err := f.reader(mem)
	if err != nil {
		return fmt.Errorf("%s is damaged: %w", f.name, err)
	}
	defer r.Release()
	var row int64
	n := 0
	for ; r.Next(); n++ {
		rec := r.Record()
		if err := ipcstream.CheckRecord(rec); err != nil {
			return fmt.Errorf("%s: batch %d (from row %d) is damaged: %w", f.name, n+1, row+1, err)
		}
		for at := int64(0); at < rec.NumRows(); at += int64(batchRows) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			part := rec.NewSlice(at, min(at+int64(batchRows), rec.NumRows()))
			more := yield(part)
			part.Release()
			if !more {
				return nil
			}
		}
		row += rec.NumRows()
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("%s is damaged after row %d: %w", f.name, row, err)
	}
	if f.batches >= 0 && n != f.batches {
		return fmt.Errorf("%s is damaged: it holds %d batches of the %d that it announces", f.name, n, f.batches)
	}
	return nil
}

// Position names a row.
func (f *ipcFile) Position(row int64) string { return fmt.Sprintf("%s: row %d", f.name, row+1) }

// Close closes the file.
func (f *ipcFile) Close() error { return f.f.Close() }

// withSchema returns the batch under a schema of the same columns. The caller
// releases it.
func withSchema(schema *arrow.Schema, rec arrow.Record) arrow.Record {
	cols := make([]arrow.Array, rec.NumCols())
	for i, col := range rec.Columns() {
		cols[i] = withType(schema.Field(i).Type, col)
		defer cols[i].Release()
	}
	return array.NewRecord(schema, cols, rec.NumRows())
}

// withType returns the column under an equal type: records compare types more
// strictly than sameType.
func withType(t arrow.DataType, col arrow.Array) arrow.Array {
	d := col.Data()
	var data *array.Data
	if dict, ok := d.Dictionary().(*array.Data); ok && dict != nil {
		data = array.NewDataWithDictionary(t, d.Len(), d.Buffers(), d.NullN(), d.Offset(), dict)
	} else {
		data = array.NewData(t, d.Len(), d.Buffers(), d.Children(), d.NullN(), d.Offset())
	}
	defer data.Release()
	return array.MakeFromData(data)
}

// guard turns a panic of a library into an error.
func guard(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("its content is damaged (%v)", v)
	}
}
