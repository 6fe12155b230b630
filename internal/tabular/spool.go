package tabular

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Spool keeps record batches in a temporary file, so that they can be read
// several times, also at once, while memory stays constant. The file has no
// name from the start, so nothing is left of it however the program ends.
type Spool struct {
	mu      sync.Mutex
	f       *os.File
	w       *bufio.Writer
	ipc     *ipc.Writer
	schema  *arrow.Schema
	size    int64
	batches int
	rows    int64
	err     error
}

// NewSpool makes a spool in a folder ("" for the system's) for batches of the
// schema. Dictionaries may differ from batch to batch.
func NewSpool(dir string, schema *arrow.Schema) (*Spool, error) {
	f, err := unnamedFile(dir)
	if err != nil {
		return nil, err
	}
	s := &Spool{f: f, schema: schema}
	s.w = bufio.NewWriterSize(countingWriter{f, &s.size}, 1<<18)
	s.ipc = ipc.NewWriter(s.w, ipc.WithSchema(schema), ipc.WithLZ4())
	return s, nil
}

// unnamedFile returns a file that the system forgets once it is closed.
func unnamedFile(dir string) (*os.File, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	f, err := os.CreateTemp(dir, "icono-spool-*")
	if err != nil {
		return nil, fmt.Errorf("no temporary file can be made in %s: %w", dir, plain(err))
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

type countingWriter struct {
	w io.Writer
	n *int64
}

func (c countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	*c.n += int64(n)
	return n, err
}

// Schema returns the schema of the batches.
func (s *Spool) Schema() *arrow.Schema { return s.schema }

// NumRows returns the number of rows appended.
func (s *Spool) NumRows() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows
}

// Append writes a batch. After an error the spool is of no use.
func (s *Spool) Append(rec arrow.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = s.append(rec)
	}
	return s.err
}

func (s *Spool) append(rec arrow.Record) error {
	if err := sameSchema(s.schema, rec); err != nil {
		return err
	}
	if rec.NumRows() == 0 {
		return nil
	}
	same, err := compact(rec)
	if err != nil {
		return err
	}
	defer same.Release()
	if same.Schema() != s.schema { // metadata may differ, which ipc refuses
		same = withSchema(s.schema, same)
		defer same.Release()
	}
	if err := s.ipc.Write(same); err != nil {
		return fmt.Errorf("the temporary file %s cannot be written: %w", s.f.Name(), plain(err))
	}
	s.batches++
	s.rows += rec.NumRows()
	return nil
}

// compact copies columns of lists and structs of which the batch has a slice:
// Arrow's writer panics where a slice leaves no texts of some that there are.
// The caller releases the result.
func compact(rec arrow.Record) (arrow.Record, error) {
	cols := make([]arrow.Array, rec.NumCols())
	for i, col := range rec.Columns() {
		cols[i] = col
		if !sliced(col.Data()) {
			continue
		}
		whole, err := array.Concatenate([]arrow.Array{col}, memory.NewGoAllocator())
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
		}
		defer whole.Release()
		cols[i] = withType(col.DataType(), whole)
		defer cols[i].Release()
	}
	return array.NewRecord(rec.Schema(), cols, rec.NumRows()), nil
}

// sliced reports whether an array has children and may use a part of them
// only.
func sliced(d arrow.ArrayData) bool {
	if len(d.Children()) == 0 || d.DataType().ID() == arrow.DICTIONARY {
		return false
	}
	if d.Offset() != 0 {
		return true
	}
	for _, c := range d.Children() {
		if c.Offset() != 0 || sliced(c) {
			return true
		}
	}
	switch a := array.MakeFromData(d).(type) {
	case array.ListLike:
		defer a.Release()
		_, end := a.ValueOffsets(max(a.Len()-1, 0))
		return a.Len() == 0 || int(end) != a.ListValues().Len()
	default:
		defer a.Release()
		return d.Children()[0].Len() != d.Len()
	}
}

// Rows reads the batches that were appended before the range begins. Batches
// are released after the loop body.
func (s *Spool) Rows(ctx context.Context, mem memory.Allocator) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		batches, size, err := s.sync()
		if err != nil {
			yield(nil, err)
			return
		}
		if batches == 0 {
			return
		}
		part := bufio.NewReaderSize(io.NewSectionReader(s.f, 0, size), 1<<18)
		r, err := ipc.NewReader(part, ipc.WithAllocator(mem))
		if err != nil {
			yield(nil, fmt.Errorf("a temporary file cannot be read back: %w", err))
			return
		}
		defer r.Release()
		for range batches {
			if err := ctx.Err(); err != nil {
				yield(nil, context.Cause(ctx))
				return
			}
			if !r.Next() {
				yield(nil, fmt.Errorf("a temporary file cannot be read back: %w", errors.Join(r.Err(), io.ErrUnexpectedEOF)))
				return
			}
			rec := withSchema(s.schema, r.Record())
			more := yield(rec, nil)
			rec.Release()
			if !more {
				return
			}
		}
	}
}

// sync brings what was appended into the file.
func (s *Spool) sync() (batches int, size int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		if err := s.w.Flush(); err != nil {
			s.err = fmt.Errorf("the temporary file %s cannot be written: %w", s.f.Name(), plain(err))
		}
	}
	return s.batches, s.size, s.err
}

// Close frees the file.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ipc == nil {
		return nil
	}
	s.w.Reset(io.Discard)
	err := s.ipc.Close() // releases dictionaries
	s.ipc, s.err = nil, errors.New("the temporary file is closed")
	return errors.Join(err, s.f.Close())
}
