package tabular

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// jsonRows reads objects from JSON lines or from one JSON array. Objects
// inside are flattened with a point (`user.name`); lists are kept as their
// JSON text; numbers keep all their digits; NaN, which is no JSON but what
// Python writes, is null. The two forms of Zeeschuimer's captures give the same
// columns.
type jsonRows struct {
	name  string
	items objects
	text  []byte // of the last object
	line  int    // that it begins in
	left  int    // characters before it in that line
	index map[string]int
	names []string
	cells []cell
	parse jsonParser
	fixed bool // no further columns
	lift  bool // objects are taken for captures of Zeeschuimer
	marks marks
	path  []byte
}

// objects gives the texts of one object after the other.
type objects interface {
	// next returns a text, valid until the next call, the line that it begins
	// in and the characters before it in that line. The error is io.EOF at
	// the end, and names the file else.
	next() (text []byte, line, left int, err error)
}

func newJSONRows(name string, r io.Reader, lines bool) *jsonRows {
	j := &jsonRows{name: name, index: map[string]int{}}
	j.parse.put = j.put
	b := bufio.NewReaderSize(r, windowBytes)
	if lines {
		j.items = &jsonLines{name: name, r: b}
	} else {
		j.items = &jsonArray{name: name, r: b, line: 1}
	}
	return j
}

// fix sets the columns: others that come are left out.
func (j *jsonRows) fix(names []string) {
	j.fixed = true
	for _, n := range names {
		j.index[n] = len(j.names)
		j.names = append(j.names, n)
	}
}

func (j *jsonRows) columns() []string { return j.names }
func (j *jsonRows) at() int           { return j.line }

// place implements rowReader: the column of a cell is its offset plus one.
func (j *jsonRows) place(c cell) (line, column int) { return j.locate(max(c.column-1, 0)) }

// locate turns an offset into the last object to a line and a column.
func (j *jsonRows) locate(offset int) (line, column int) {
	before := j.text[:min(offset, len(j.text))]
	if at := bytes.LastIndexByte(before, '\n'); at >= 0 {
		return j.line + bytes.Count(before, []byte{'\n'}), utf8.RuneCount(before[at+1:]) + 1
	}
	return j.line, j.left + utf8.RuneCount(before) + 1
}

func (j *jsonRows) next() ([]cell, error) {
	var err error
	if j.text, j.line, j.left, err = j.items.next(); err != nil {
		return nil, err
	}
	known := len(j.names)
	err = j.object()
	if capture := j.marks == isCapture; err == nil && capture != j.lift {
		// Its form differs from that of the object before.
		for _, name := range j.names[known:] {
			delete(j.index, name)
		}
		j.names, j.cells, j.lift = j.names[:known], j.cells[:min(len(j.cells), known)], capture
		err = j.object()
	}
	if err != nil {
		line, column := j.locate(j.parse.at)
		return nil, fmt.Errorf("%s:%d:%d: %w", j.name, line, column, err)
	}
	return j.cells, nil
}

// object reads the cells of the object.
func (j *jsonRows) object() error {
	j.marks = 0
	for i := range j.cells {
		j.cells[i] = cell{kind: nullCell}
	}
	if err := j.parse.object(j.text); err != nil {
		return err
	}
	for len(j.cells) < len(j.names) {
		j.cells = append(j.cells, cell{kind: nullCell})
	}
	return nil
}

// maxColumns is the number of columns above which objects are no rows of a
// table, but data under names that differ from object to object.
const maxColumns = 20_000

// put takes the value of a member.
func (j *jsonRows) put(path []byte, c cell) error {
	if len(path) > 0 && (path[0] == 'd' || path[0] == 'n' || path[0] == 's') {
		j.marks |= markOf(path)
	}
	if j.lift {
		j.path = liftCapture(j.path[:0], path)
		path = j.path
	}
	at, known := j.index[string(path)]
	if !known {
		if j.fixed {
			return nil
		}
		if at = len(j.names); at == maxColumns {
			return fmt.Errorf("the objects have more than %d different names, the next is %q; are they a table?", maxColumns, path)
		}
		j.index[string(path)] = at
		j.names = append(j.names, string(path))
	}
	for len(j.cells) <= at {
		j.cells = append(j.cells, cell{kind: nullCell})
	}
	if j.cells[at].column > 0 {
		return fmt.Errorf("the name %q stands twice in the object", path)
	}
	j.cells[at] = c
	return nil
}

// maxObject is the size in bytes above which an object is refused.
const maxObject = 256 << 20

func tooLong() error { return fmt.Errorf("the object is longer than %d MB", maxObject>>20) }

// jsonLines gives the lines that are not blank.
type jsonLines struct {
	name string
	r    *bufio.Reader
	line int
	long []byte
}

func (l *jsonLines) next() ([]byte, int, int, error) {
	for {
		text, err := l.read()
		if err == io.EOF && len(text) == 0 {
			return nil, 0, 0, io.EOF
		}
		l.line++
		if err != nil && err != io.EOF {
			return nil, 0, 0, fmt.Errorf("%s:%d: the line cannot be read: %w", l.name, l.line, err)
		}
		if len(bytes.TrimSpace(text)) > 0 {
			return text, l.line, 0, nil
		}
	}
}

func (l *jsonLines) read() ([]byte, error) {
	l.long = l.long[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		if len(l.long) == 0 && err == nil {
			return part, nil
		}
		l.long = append(l.long, part...)
		if len(l.long) > maxObject {
			return nil, tooLong()
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.long, err
		}
	}
}
