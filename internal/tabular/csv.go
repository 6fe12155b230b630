package tabular

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// cellKind says how a cell was written, which limits what it can mean.
type cellKind uint8

const (
	bareCell   cellKind = iota // text without quotes: anything
	quotedCell                 // text in quotes: never null
	boolCell                   // JSON true or false
	numberCell                 // a JSON number
	textCell                   // a JSON string
	jsonCell                   // a JSON list, as its text
	nullCell                   // absent or null
)

// cell is the text of one cell, valid until the next row is read.
type cell struct {
	text   []byte
	kind   cellKind
	column int // of its first character, counted from 1; 0 where unknown
}

// csvReader reads records by RFC 4180. Besides it, quotes inside a cell that
// does not begin with one are text, lines may end in LF, CRLF or CR, and
// blank lines are skipped.
type csvReader struct {
	name  string
	r     *bufio.Reader
	delim byte
	line  int // of the next character
	start int // line that the last record began in
	buf   []byte
	ends  []int
	kinds []cellKind
	cols  []int
	cells []cell
}

func newCSVReader(name string, r io.Reader, delim byte) *csvReader {
	return &csvReader{name: name, r: bufio.NewReaderSize(r, 1<<16), delim: delim, line: 1}
}

func (c *csvReader) fail(line, column int, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", c.name, line, column, fmt.Sprintf(format, args...))
}

// next reads one record. The error is io.EOF at the end.
func (c *csvReader) next() ([]cell, error) {
	for {
		if err := c.record(); err != nil {
			return nil, err
		}
		if len(c.ends) == 1 && c.ends[0] == 0 && c.kinds[0] == bareCell {
			continue // a blank line
		}
		break
	}
	c.cells = c.cells[:0]
	from := 0
	for i, end := range c.ends {
		c.cells = append(c.cells, cell{c.buf[from:end:end], c.kinds[i], c.cols[i]})
		from = end
	}
	return c.cells, nil
}

// record reads the cells of a record into buf.
func (c *csvReader) record() error {
	c.buf, c.ends, c.kinds, c.cols = c.buf[:0], c.ends[:0], c.kinds[:0], c.cols[:0]
	c.start = c.line
	column := 0 // characters read in this line
	cellStart, kind := 1, bareCell
	finish := func() {
		c.ends, c.kinds, c.cols = append(c.ends, len(c.buf)), append(c.kinds, kind), append(c.cols, cellStart)
		cellStart, kind = column+1, bareCell
	}
	empty := func() bool {
		return len(c.ends) == 0 && len(c.buf) == 0 || len(c.ends) > 0 && len(c.buf) == c.ends[len(c.ends)-1]
	}
	for {
		b, err := c.r.ReadByte()
		if err != nil {
			if err != io.EOF {
				return fmt.Errorf("%s cannot be read: %w", c.name, err)
			}
			if len(c.ends) == 0 && empty() && kind == bareCell {
				return io.EOF
			}
			finish()
			return nil
		}
		if b&0xc0 != 0x80 {
			column++
		}
		switch {
		case b == c.delim:
			finish()
		case b == '\n' || b == '\r':
			c.endLine(b)
			finish()
			return nil
		case b == '"' && kind == bareCell && empty():
			kind = quotedCell
			lines, err := c.quoted(&column)
			if err != nil {
				return err
			}
			c.line += lines
		case b == 0:
			return c.fail(c.line, column, "a NUL byte in a text file; is it UTF-16? Set `encoding`")
		case kind == quotedCell:
			return c.fail(c.line, column, "text after the quote that closes a cell; a quote inside a cell is written twice (\"\")")
		default:
			c.buf = append(c.buf, b)
		}
	}
}

func (c *csvReader) endLine(b byte) {
	c.line++
	if b != '\r' {
		return
	}
	if next, err := c.r.Peek(1); err == nil && next[0] == '\n' {
		_, _ = c.r.Discard(1) // peeked, so it is there
	}
}

// quoted reads up to the closing quote and returns the line ends in between.
func (c *csvReader) quoted(column *int) (lines int, err error) {
	line, opened := c.line, *column
	for {
		b, err := c.r.ReadByte()
		if err == io.EOF {
			return 0, c.fail(line, opened, "a quote that opens here is never closed")
		}
		if err != nil {
			return 0, fmt.Errorf("%s cannot be read: %w", c.name, err)
		}
		switch {
		case b == '\n':
			lines++
			*column = 0
		case b&0xc0 != 0x80:
			*column++
		}
		switch {
		case b == 0:
			return 0, c.fail(line+lines, *column, "a NUL byte in a text file; is it UTF-16? Set `encoding`")
		case b != '"':
			c.buf = append(c.buf, b)
			continue
		}
		if next, err := c.r.Peek(1); err != nil || next[0] != '"' {
			return lines, nil
		}
		_, _ = c.r.Discard(1) // peeked, so it is there
		*column++
		c.buf = append(c.buf, '"')
	}
}

// header reads the names of the columns. As pandas does, a column without a
// name is called after its place.
func (c *csvReader) header() ([]string, error) {
	cells, err := c.next()
	if err == io.EOF {
		return nil, fmt.Errorf("%s has no line with the names of columns", c.name)
	}
	if err != nil {
		return nil, err
	}
	if len(cells) >= 1 && strings.HasPrefix(string(cells[0].text), "sep=") && len(cells) <= 2 {
		return c.header() // Excel's line that names the delimiter
	}
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = strings.TrimSpace(string(cell.text))
		if names[i] == "" {
			names[i] = fmt.Sprintf("Unnamed: %d", i)
		}
		if first := slices.Index(names[:i], names[i]); first >= 0 {
			return nil, c.fail(c.start, cell.column, "two columns are called %q, the %d. and the %d.; rename one of them", names[i], first+1, i+1)
		}
	}
	return names, nil
}

// csvRows is the rows of a CSV file for the common reader of text tables.
type csvRows struct {
	*csvReader
	names []string
}

func (r *csvRows) next() ([]cell, error) {
	cells, err := r.csvReader.next()
	if err != nil {
		return nil, err
	}
	if len(cells) != len(r.names) {
		return nil, r.fail(r.start, 1, "the row has %d cells, and the header names %d columns; a cell with %q, a quote or a line end in it needs quotes", len(cells), len(r.names), string(r.delim))
	}
	return cells, nil
}

func (r *csvRows) columns() []string { return r.names }
func (r *csvRows) at() int           { return r.start }

// sniffRecords is how many records decide on the delimiter.
const sniffRecords = 50

// sniffDelimiter chooses the delimiter with which the first records have one
// number of cells, the larger that number the better.
func sniffDelimiter(src Source, encoding string) (byte, error) {
	best, most := byte(','), 0
	for _, d := range []byte{',', ';', '\t', '|'} {
		r, err := openDecoded(src, encoding)
		if err != nil {
			return 0, err
		}
		if d, ok := namedDelimiter(r); ok {
			_ = r.Close()
			return d, nil
		}
		_ = r.Close()
		if r, err = openDecoded(src, encoding); err != nil {
			return 0, err
		}
		if n := evenCells(newCSVReader(src.Name, r, d)); n > most {
			best, most = d, n
		}
		_ = r.Close()
	}
	return best, nil
}

// namedDelimiter reads Excel's first line `sep=;`.
func namedDelimiter(r io.Reader) (byte, bool) {
	head := make([]byte, 6)
	n, _ := io.ReadFull(r, head) // a short file has no such line
	if n < 6 || string(head[:4]) != "sep=" || head[5] != '\n' && head[5] != '\r' {
		return 0, false
	}
	return head[4], true
}

// evenCells scores a delimiter: the cells of the header if there are several
// and all records that are looked at have as many; less if only most do.
func evenCells(c *csvReader) int {
	first, err := c.next()
	if err != nil || len(first) < 2 {
		return 0
	}
	width, same, seen := len(first), 0, 0
	for ; seen < sniffRecords; seen++ {
		cells, err := c.next()
		if err != nil {
			break
		}
		if len(cells) == width {
			same++
		}
	}
	if same == seen {
		return width * 100
	}
	return width * 50 * same / seen
}
