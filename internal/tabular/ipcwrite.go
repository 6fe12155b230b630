package tabular

import (
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
)

// ipcRows is the number of rows of a batch in a file.
const ipcRows = 65536

// ipcWriter writes an Arrow IPC file, with lz4, in batches of one size. Such a
// file has one dictionary a column, which must be known before the first row;
// so dictionary columns are written as the values that they stand for.
type ipcWriter struct {
	w      *ipc.FileWriter
	schema *arrow.Schema
	batch  *rebatcher
	err    error
}

func newIPCWriter(w io.Writer, schema *arrow.Schema) (*ipcWriter, error) {
	plain := plainSchema(schema)
	f, err := ipc.NewFileWriter(&positioned{w: w}, ipc.WithSchema(plain), ipc.WithLZ4())
	if err != nil {
		return nil, err
	}
	return &ipcWriter{w: f, schema: schema, batch: newRebatcher(plain, ipcRows, f.Write)}, nil
}

// Write writes the rows of a batch.
func (w *ipcWriter) Write(rec arrow.Record) error {
	if w.err == nil {
		w.err = w.write(rec)
	}
	return w.err
}

func (w *ipcWriter) write(rec arrow.Record) (err error) {
	defer guard(&err)
	if err := sameSchema(w.schema, rec); err != nil {
		return err
	}
	return w.batch.add(rec)
}

// Close writes what is left, and the footer.
func (w *ipcWriter) Close() error {
	if w.err != nil {
		return w.err
	}
	if w.err = w.finish(); w.err != nil {
		return w.err
	}
	w.err = errors.New("the Arrow file is closed")
	return nil
}

func (w *ipcWriter) finish() (err error) {
	defer guard(&err)
	if err := w.batch.flush(); err != nil {
		return err
	}
	return w.w.Close()
}

// positioned makes a writer tell its position, which is all the seeking that
// Arrow asks of it.
type positioned struct {
	w  io.Writer
	at int64
}

// Write writes on.
func (p *positioned) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.at += int64(n)
	return n, err
}

// Seek tells the position.
func (p *positioned) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return 0, errors.New("the file is written from its beginning to its end")
	}
	return p.at, nil
}
