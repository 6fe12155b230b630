package tabular

import (
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/tabular/notation"
)

// jsonWriter writes one object a row, with its keys in the order of the
// columns: as lines, or as the lines of one array.
type jsonWriter struct {
	w      io.Writer
	schema *arrow.Schema
	array  bool
	rows   int64
	keys   [][]byte
	buf    []byte
}

func newJSONWriter(w io.Writer, array bool, schema *arrow.Schema) *jsonWriter {
	j := &jsonWriter{w: w, schema: schema, array: array}
	for i, f := range schema.Fields() {
		open := byte(',')
		if i == 0 {
			open = '{'
		}
		j.keys = append(j.keys, append(notation.AppendString([]byte{open}, f.Name), ':'))
	}
	return j
}

// Write writes the rows of a batch.
func (j *jsonWriter) Write(rec arrow.Record) error {
	if err := sameSchema(j.schema, rec); err != nil {
		return err
	}
	values := make([]notation.Func, rec.NumCols())
	null := make([]func(int) bool, rec.NumCols())
	for i, col := range rec.Columns() {
		values[i], null[i] = notation.JSON(col), notation.Null(col)
	}
	for row := range int(rec.NumRows()) {
		j.begin()
		if len(values) == 0 {
			j.buf = append(j.buf, '{')
		}
		for i, value := range values {
			j.buf = append(j.buf, j.keys[i]...)
			if null[i](row) {
				j.buf = append(j.buf, "null"...)
				continue
			}
			j.buf = value(j.buf, row)
		}
		j.buf = append(j.buf, '}')
		if !j.array {
			j.buf = append(j.buf, '\n')
		}
		if len(j.buf) >= flushAt {
			if err := j.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *jsonWriter) begin() {
	switch {
	case !j.array:
	case j.rows == 0:
		j.buf = append(j.buf, "[\n"...)
	default:
		j.buf = append(j.buf, ",\n"...)
	}
	j.rows++
}

func (j *jsonWriter) flush() error {
	_, err := j.w.Write(j.buf)
	j.buf = j.buf[:0]
	return err
}

// Close writes what is left.
func (j *jsonWriter) Close() error {
	switch {
	case !j.array:
	case j.rows == 0:
		j.buf = append(j.buf, "[]\n"...)
	default:
		j.buf = append(j.buf, "\n]\n"...)
	}
	return j.flush()
}
