package tabular

import (
	"fmt"
	"io"
	"strings"
)

// cellKind says how a cell was written, which limits what it can mean.
type cellKind uint8

const (
	bareCell   cellKind = iota // text without quotes: anything
	quotedCell                 // text in quotes: in a column of text never null
	boolCell                   // JSON true or false
	numberCell                 // a JSON number
	textCell                   // a JSON string
	jsonCell                   // a JSON list, as its text
	nullCell                   // absent or null
)

// cell is the text of one cell, valid until the next row is read, and where it
// begins, as the place method of its reader takes it.
type cell struct {
	text         []byte
	kind         cellKind
	line, column int
}

// Sizes in bytes of what a csvReader reads at once, and of the largest row.
const (
	windowBytes = 1 << 16
	maxRow      = 64 << 20
)

// csvReader reads records by RFC 4180. Besides it, quotes inside a cell that
// does not begin with one are text, lines may end in LF, CRLF or CR, and
// blank lines are skipped.
type csvReader struct {
	name   string
	r      io.Reader
	delim  byte
	bare   [256]bool // bytes that end a run of a cell without quotes
	quoted [256]bool // bytes that end a run of a cell in quotes
	buffer []byte
	window []byte // the part of buffer that was read and not yet taken
	err    error  // why no more can be read
	line   int    // of the next character
	column int    // of the next character, counted from 1 in characters
	start  int    // line that the last record began in
	text   []byte // of the cells of the record
	ends   []int  // of each cell in text
	cells  []cell
	blank  int64 // lines without text that were passed over
}

func newCSVReader(name string, r io.Reader, delim byte) *csvReader {
	c := &csvReader{name: name, r: r, delim: delim, buffer: make([]byte, windowBytes), line: 1, column: 1}
	for _, b := range []byte{delim, '\n', '\r', 0} {
		c.bare[b] = true
	}
	for _, b := range []byte{'"', '\n', '\r', 0} {
		c.quoted[b] = true
	}
	return c
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
		if len(c.cells) > 1 || c.ends[0] > 0 || c.cells[0].kind == quotedCell {
			break // not a blank line
		}
		c.blank++
	}
	from := 0
	for i, end := range c.ends {
		c.cells[i].text = c.text[from:end:end]
		from = end
	}
	return c.cells, nil
}

// record reads the cells of a record; their texts are not set yet.
func (c *csvReader) record() error {
	c.text, c.ends, c.cells = c.text[:0], c.ends[:0], c.cells[:0]
	c.start = c.line
	if !c.more() {
		return c.err
	}
	for {
		if last, err := c.cell(); last || err != nil {
			return err
		}
	}
}

// more reports whether the window holds a byte, reading if it must.
func (c *csvReader) more() bool {
	for len(c.window) == 0 {
		if c.err != nil {
			return false
		}
		n, err := c.r.Read(c.buffer)
		c.window, c.err = c.buffer[:n], err
		if err != nil && err != io.EOF {
			c.err = fmt.Errorf("%s cannot be read: %w", c.name, err)
		}
	}
	return true
}

// cell reads one cell and what ends it. It reports whether the record ends.
func (c *csvReader) cell() (last bool, err error) {
	this := cell{line: c.line, column: c.column}
	if c.more() && c.window[0] == '"' {
		this.kind = quotedCell
		err = c.inQuotes()
		if err == nil && c.more() && !c.bare[c.window[0]] {
			err = c.fail(c.line, c.column, "text after the quote that closes a cell; a quote inside a cell is written twice (\"\")")
		}
	} else {
		err = c.run(&c.bare)
	}
	if err != nil {
		return true, err
	}
	c.ends, c.cells = append(c.ends, len(c.text)), append(c.cells, this)
	if !c.more() {
		if c.err != io.EOF {
			return true, c.err
		}
		return true, nil
	}
	switch b := c.window[0]; b {
	case 0:
		return true, c.nul()
	case c.delim:
		c.window = c.window[1:]
		c.column++
		return false, nil
	default:
		c.endLine()
		return true, nil
	}
}

// run takes bytes up to the next stop or the end of the file.
func (c *csvReader) run(stops *[256]bool) error {
	for c.more() {
		w, n, characters := c.window, 0, 0
		for n < len(w) && !stops[w[n]] {
			if w[n]&0xc0 != 0x80 {
				characters++
			}
			n++
		}
		c.text = append(c.text, w[:n]...)
		c.column += characters
		c.window = w[n:]
		if len(c.text) > maxRow {
			return c.fail(c.start, 1, "the row that begins here is longer than %d MB; is a quote never closed?", maxRow>>20)
		}
		if n < len(w) {
			return nil
		}
	}
	if c.err != io.EOF {
		return c.err
	}
	return nil
}

// endLine takes a line end: LF, CRLF or CR.
func (c *csvReader) endLine() {
	b := c.window[0]
	c.window = c.window[1:]
	if b == '\r' && c.more() && c.window[0] == '\n' {
		c.window = c.window[1:]
	}
	c.line, c.column = c.line+1, 1
}

// inQuotes takes a cell in quotes, from the opening to the closing one.
func (c *csvReader) inQuotes() error {
	line, column := c.line, c.column
	c.window = c.window[1:]
	c.column++
	for {
		if err := c.run(&c.quoted); err != nil {
			return err
		}
		if !c.more() {
			return c.fail(line, column, "a quote that opens here is never closed")
		}
		b := c.window[0]
		if b == 0 {
			return c.nul()
		}
		c.window = c.window[1:]
		c.column++
		if b == '"' {
			if !c.more() || c.window[0] != '"' {
				return nil
			}
			c.window = c.window[1:]
			c.column++
		} else if b == '\n' || !c.more() || c.window[0] != '\n' {
			c.line, c.column = c.line+1, 1
		}
		c.text = append(c.text, b)
	}
}

func (c *csvReader) nul() error {
	return c.fail(c.line, c.column, "a NUL byte in a text file; is it UTF-16? Set `encoding`")
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
	if c.start == 1 && len(cells) <= 2 && cells[0].kind == bareCell && strings.HasPrefix(string(cells[0].text), "sep=") {
		return c.header() // Excel's line that names the delimiter
	}
	names := make([]string, len(cells))
	seen := make(map[string]int, len(cells))
	for i, cell := range cells {
		names[i] = string(cell.text)
		if cell.kind == bareCell {
			names[i] = strings.TrimSpace(names[i])
		}
		if names[i] == "" {
			names[i] = fmt.Sprintf("Unnamed: %d", i)
		}
		if first, twice := seen[names[i]]; twice {
			return nil, c.fail(cell.line, cell.column, "two columns are called %q, number %d and number %d; rename one of them", names[i], first+1, i+1)
		}
		seen[names[i]] = i
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

func (r *csvRows) columns() []string               { return r.names }
func (r *csvRows) at() int                         { return r.start }
func (r *csvRows) place(c cell) (line, column int) { return c.line, c.column }
