package tabular

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/tabular/notation"
)

// csvWriter writes CSV as RFC 4180 has it: CRLF at the end of each record,
// also the last, quotes round cells that hold a delimiter, a quote or a line
// end, quotes doubled. An empty text is written as "" so that it differs from
// null, which is nothing, or NA in a table of one column; text that readers
// take for null is quoted too. Texts with U+0000 cannot be written.
type csvWriter struct {
	w      io.Writer
	schema *arrow.Schema
	delim  []byte
	null   string
	buf    []byte
	cell   []byte
	rows   int64
	// missing are the words that readers take for null.
	missing []string
}

// flushAt is the number of bytes that text writers gather before they write.
const flushAt = 1 << 16

func newCSVWriter(w io.Writer, f Format, schema *arrow.Schema, o WriteOptions) (*csvWriter, error) {
	delim := o.Delimiter
	if delim == "" || f == TSV {
		delim = map[Format]string{CSV: ",", TSV: "\t"}[f]
	}
	if err := CheckDelimiter(delim); err != nil {
		return nil, err
	}
	if schema.NumFields() == 0 {
		return nil, fmt.Errorf("a table without columns cannot be written as %s", f)
	}
	c := &csvWriter{w: w, schema: schema, delim: []byte(delim), null: o.NullText, missing: MissingWords()}
	if c.null == "" && schema.NumFields() == 1 {
		c.null = "NA" // readers, this one too, pass over lines without text
	}
	if o.BOM {
		c.buf = append(c.buf, "\ufeff"...)
	}
	for i, field := range schema.Fields() {
		c.next(i)
		if err := c.header(i, []byte(field.Name)); err != nil {
			return nil, err
		}
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
	null, isText := make([]func(int) bool, rec.NumCols()), make([]bool, rec.NumCols())
	for i, col := range rec.Columns() {
		cells[i], null[i] = notation.Text(col), notation.Null(col)
		isText[i] = columns.IsText(col.DataType())
	}
	for row := range int(rec.NumRows()) {
		c.rows++
		for i, text := range cells {
			c.next(i)
			if null[i](row) {
				c.buf = append(c.buf, c.null...)
				continue
			}
			c.cell = text(c.cell[:0], row)
			if bytes.IndexByte(c.cell, 0) >= 0 {
				return fmt.Errorf("row %d has the character U+0000 in the column %q, which CSV and TSV cannot hold: write Parquet, Arrow or JSON lines, or take it out with `replace` in a stage of kind `select`", c.rows, rec.ColumnName(i))
			}
			c.put(c.cell, isText[i] && c.isMissing(c.cell))
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

// header writes a column's name, so that it is not taken for anything else: the
// mark of an encoding or a format, or Excel's line with the delimiter.
func (c *csvWriter) header(column int, name []byte) error {
	if bytes.IndexByte(name, 0) >= 0 {
		return fmt.Errorf("the column %q has the character U+0000 in its name, which CSV and TSV cannot hold: rename it", name)
	}
	special := len(bytes.TrimSpace(name)) < len(name) // readers trim names
	if column == 0 {
		special = special || bytes.HasPrefix(name, []byte("\ufeff")) || bytes.HasPrefix(name, []byte("sep="))
		for mark := range signatures() {
			special = special || bytes.HasPrefix(name, []byte(mark))
		}
	}
	c.put(name, special)
	return nil
}

// isMissing reports whether readers take a text for null.
func (c *csvWriter) isMissing(text []byte) bool {
	return len(text) <= 4 && slices.Contains(c.missing, string(text))
}

// put writes a cell that is not null, in quotes where it must or shall be.
func (c *csvWriter) put(text []byte, quoted bool) {
	quoted = quoted || len(text) == 0 || string(text) == c.null || bytes.ContainsAny(text, "\"\r\n\t") || bytes.Contains(text, c.delim) ||
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
