package parquet

import (
	"errors"
	"fmt"
	"io"
	"math"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/xitongsys/parquet-go/common"
	"github.com/xitongsys/parquet-go/layout"
	xparquet "github.com/xitongsys/parquet-go/parquet"
	"github.com/xitongsys/parquet-go/schema"
	"github.com/xitongsys/parquet-go/source"
	"github.com/xitongsys/parquet-go/writer"
)

const (
	// groupRows and groupBytes end a row group, whichever comes first. Both
	// are counted row by row, so that groups do not depend on batches. A group
	// is in memory until it is written, so that its size decides what writing
	// takes, however long the table.
	groupRows  = 32768
	groupBytes = 32 << 20
	// pageBytes and pageValues end a page, whichever comes first. Small pages
	// are slow to scan; a value takes 32 bytes until its page is encoded.
	pageBytes  = 1 << 20
	pageValues = 1 << 16
	// encoders is the number of columns that are encoded at once. The bytes
	// do not depend on it.
	encoders = 2
)

// Writer writes record batches to a Parquet file. Equal rows give equal bytes,
// however they are cut into batches.
type Writer struct {
	schema  *arrow.Schema
	leaves  []*leafColumn
	options Options
	pack    *packer
	pw      *writer.ParquetWriter
	group   []arrow.Record // slices of batches, retained
	rows    int
	bytes   int
	total   int64
	err     error
}

// NewWriter starts a file. A column whose type Parquet cannot hold is an error.
func NewWriter(w io.Writer, s *arrow.Schema, o Options) (*Writer, error) {
	codec, err := codecOf(o.Compression)
	if err != nil {
		return nil, err
	}
	if s.NumFields() == 0 {
		return nil, errors.New("a table without columns cannot be written to Parquet")
	}
	leaves, elements, err := layoutOf(s)
	if err != nil {
		return nil, err
	}
	pack, err := newPacker(codec)
	if err != nil {
		return nil, err
	}
	pw, err := writer.NewParquetWriter(outFile{w}, elements, encoders)
	if err != nil {
		return nil, err
	}
	pw.CompressionType = codec
	pw.RowGroupSize = math.MaxInt64 // groups are ended here, not there
	return &Writer{schema: s, leaves: leaves, options: o, pack: pack, pw: pw}, nil
}

func pathOf(names ...string) string { return common.PathToStr(names) }

// Write writes the rows of a batch of the writer's columns. Up to one row
// group of rows is held in memory.
func (w *Writer) Write(rec arrow.Record) error {
	if w.err == nil {
		w.err = w.write(rec)
	}
	if w.err != nil {
		w.drop()
	}
	return w.err
}

func (w *Writer) write(rec arrow.Record) (err error) {
	defer guard(&err)
	if int(rec.NumCols()) != w.schema.NumFields() {
		return fmt.Errorf("a batch has %d columns, not %d", rec.NumCols(), w.schema.NumFields())
	}
	for i, col := range rec.Columns() {
		if f := w.schema.Field(i); !sameType(col.DataType(), f.Type) {
			return fmt.Errorf("column %q of a batch is %s, not %s", f.Name, col.DataType(), f.Type)
		}
	}
	size := rowSize(rec)
	start := 0
	for i := range int(rec.NumRows()) {
		w.rows++
		w.bytes += size(i)
		if w.rows < groupRows && w.bytes < groupBytes {
			continue
		}
		w.group = append(w.group, rec.NewSlice(int64(start), int64(i+1)))
		start = i + 1
		if err := w.flush(); err != nil {
			return err
		}
	}
	if n := rec.NumRows(); int64(start) < n {
		w.group = append(w.group, rec.NewSlice(int64(start), n))
	}
	return nil
}

// sameType also finds large lists equal, which arrow.TypeEqual compares down to
// what their element's type keeps for itself.
func sameType(a, b arrow.DataType) bool {
	return a == b || arrow.TypeEqual(a, b) || a.Fingerprint() != "" && a.Fingerprint() == b.Fingerprint()
}

// drop releases the batches held.
func (w *Writer) drop() {
	for _, rec := range w.group {
		rec.Release()
	}
	w.group, w.rows, w.bytes = nil, 0, 0
}

// flush writes a row group of the batches held.
//
// The encoding runs in xitongsys' workers: each calls MarshalFunc once, which
// encodes columns, the next that is free, until none is left.
func (w *Writer) flush() error {
	defer w.drop()
	if w.rows == 0 {
		return nil
	}
	done := make([]encoded, len(w.leaves))
	var next atomic.Int64
	w.pw.MarshalFunc = func([]any, *schema.SchemaHandler) (*map[string]*layout.Table, error) {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(w.leaves) {
				return &map[string]*layout.Table{}, nil
			}
			var err error
			if done[i], err = w.encode(i); err != nil {
				return nil, fmt.Errorf("column %q: %w", w.leaves[i].field.Name, err)
			}
		}
	}
	w.pw.Objs = make([]any, encoders)
	if err := w.pw.Flush(false); err != nil {
		return err
	}
	for i, leaf := range w.leaves {
		w.pw.PagesMapBuf[leaf.path] = done[i].pages
		if done[i].dictionary != nil {
			w.pw.DictRecs[leaf.path] = done[i].dictionary
		}
	}
	w.pw.NumRows = int64(w.rows)
	if err := w.pw.Flush(true); err != nil {
		return err
	}
	w.total += int64(w.rows)
	w.pw.ColumnIndexes, w.pw.OffsetIndexes = nil, nil // they are not written, and would grow with the table
	return w.describe(done)
}

// describe completes the description of the row group that was written last.
func (w *Writer) describe(done []encoded) error {
	group := w.pw.Footer.RowGroups[len(w.pw.Footer.RowGroups)-1]
	if len(group.Columns) != len(w.leaves) {
		return fmt.Errorf("a row group has %d columns, not %d", len(group.Columns), len(w.leaves))
	}
	for i, chunk := range group.Columns {
		m := chunk.MetaData
		m.PathInSchema = w.leaves[i].names
		m.Encodings = []xparquet.Encoding{xparquet.Encoding_PLAIN, xparquet.Encoding_RLE}
		if done[i].dictionary != nil {
			m.Encodings = append(m.Encodings, xparquet.Encoding_PLAIN_DICTIONARY)
		}
		m.Statistics = done[i].bounds.statistics(m.GetType())
	}
	return nil
}

// outFile makes xitongsys' file of a writer.
type outFile struct{ io.Writer }

var errWriteOnly = errors.New("the file is only written")

func (outFile) Read([]byte) (int, error)                  { return 0, errWriteOnly }
func (outFile) Seek(int64, int) (int64, error)            { return 0, errWriteOnly }
func (outFile) Close() error                              { return nil }
func (outFile) Open(string) (source.ParquetFile, error)   { return nil, errWriteOnly }
func (outFile) Create(string) (source.ParquetFile, error) { return nil, errWriteOnly }
