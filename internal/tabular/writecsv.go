package tabular

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/tabular/notation"
)

// csvWriter writes CSV as RFC 4180 has it: CRLF at the end of each record,
// also the last, quotes round cells that hold a delimiter, a quote or a line
// end, quotes doubled. An empty text is written as "" so that it differs from
// null, which is nothing, or NA in a table of one column.
type csvWriter struct {
	w      io.Writer
	schema *arrow.Schema
	delim  []byte
	null   string
	buf    []byte
	cell   []byte
}

// flushAt is the number of bytes that text writers gather before they write.
const flushAt = 1 << 16

func newCSVWriter(w io.Writer, f Format, schema *arrow.Schema, o WriteOptions) (*csvWriter, error) {
	delim := o.Delimiter
	if delim == "" || f == TSV {
		delim = map[Format]string{CSV: ",", TSV: "\t"}[f]
	}
	r, size := utf8.DecodeRuneInString(delim)
	if size != len(delim) || r == utf8.RuneError || r == '"' || r == '\n' || r == '\r' {
		return nil, fmt.Errorf("the delimiter %q will not do: give one character, such as \",\" or \";\"", o.Delimiter)
	}
	if schema.NumFields() == 0 {
		return nil, fmt.Errorf("a table without columns cannot be written as %s", f)
	}
	c := &csvWriter{w: w, schema: schema, delim: []byte(delim), null: o.NullText}
	if c.null == "" && schema.NumFields() == 1 {
		c.null = "NA" // readers, this one too, pass over lines without text
	}
	if o.BOM {
		c.buf = append(c.buf, "\ufeff"...)
	}
	for i, field := range schema.Fields() {
		c.next(i)
		c.put([]byte(field.Name))
	}
	c.end()
	return c, nil
}

// Write writes the rows of a batch.
func (c *csvWriter) Write(rec arrow.Record) error {
	if err := sameSchema(c.schema, rec); err != nil {
		return err
	}
	cells := make([]notation.Func, rec.NumCols())
	null := make([]func(int) bool, rec.NumCols())
	for i, col := range rec.Columns() {
		cells[i], null[i] = notation.Text(col), notation.Null(col)
	}
	for row := range int(rec.NumRows()) {
		for i, text := range cells {
			c.next(i)
			if null[i](row) {
				c.buf = append(c.buf, c.null...)
				continue
			}
			c.cell = text(c.cell[:0], row)
			c.put(c.cell)
		}
		c.end()
		if len(c.buf) >= flushAt {
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *csvWriter) next(column int) {
	if column > 0 {
		c.buf = append(c.buf, c.delim...)
	}
}

func (c *csvWriter) end() { c.buf = append(c.buf, '\r', '\n') }

// put writes a cell that is not null.
func (c *csvWriter) put(text []byte) {
	quoted := len(text) == 0 || string(text) == c.null || bytes.ContainsAny(text, "\"\r\n\t") || bytes.Contains(text, c.delim) ||
		text[0] == ' ' || text[len(text)-1] == ' '
	if !quoted {
		c.buf = append(c.buf, text...)
		return
	}
	c.buf = append(c.buf, '"')
	for {
		at := bytes.IndexByte(text, '"')
		if at < 0 {
			break
		}
		c.buf = append(append(c.buf, text[:at+1]...), '"')
		text = text[at+1:]
	}
	c.buf = append(append(c.buf, text...), '"')
}

func (c *csvWriter) flush() error {
	_, err := c.w.Write(c.buf)
	c.buf = c.buf[:0]
	return err
}

// Close writes what is left.
func (c *csvWriter) Close() error { return c.flush() }
