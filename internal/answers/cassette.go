package answers

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// Cassette is a stage's cassette, read where it stands. It holds in memory
// where each line is, not what it says.
type Cassette struct {
	path    string
	file    *os.File
	byKey   map[Key]*place
	byRow   map[string][]*place
	order   []*place
	answers int
}

// place is where the entry of a request stands in a cassette.
type place struct {
	key    Key
	rows   []string
	repeat int
	sum    int64 // of the answer, -1 for a fault
	line   int
	offset int64
	length int
}

// ConflictError says that one request has two answers.
type ConflictError struct {
	Row         string
	Key         Key
	Here, There string
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s and %s hold different answers to the same request (row %q, key %s): keep one of them", e.Here, e.There, e.Row, e.Key)
}

// OpenCassette opens a cassette and checks all of it: lines that cannot be
// read, whose key does not fit or which contradict each other are errors that
// name the file and the line.
func OpenCassette(path string) (*Cassette, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	c := &Cassette{path: path, file: f, byKey: map[Key]*place{}, byRow: map[string][]*place{}}
	if err := readLines(path, f, c.add); err != nil {
		f.Close()
		return nil, err
	}
	for _, p := range c.order {
		for _, row := range p.rows {
			c.byRow[row] = append(c.byRow[row], p)
		}
		if p.sum >= 0 {
			c.answers++
		}
	}
	return c, nil
}

// Close closes the file.
func (c *Cassette) Close() error { return c.file.Close() }

// Has reports whether the cassette holds what came of a request: an answer, and no other
// than this one, or a fault where a is nil.
func (c *Cassette) Has(k Key, a *Answer) bool {
	p := c.byKey[k]
	return p != nil && (a == nil || p.sum < 0 || p.sum == a.sum())
}

// Len is the number of requests in the cassette.
func (c *Cassette) Len() int { return len(c.order) }

func (c *Cassette) add(e *entry, at place) error {
	p := &at
	p.key, p.rows, p.repeat, p.sum = e.key, e.rows, e.request.Repeat, -1
	if e.answer != nil {
		p.sum = e.answer.sum()
	}
	first := c.byKey[e.key]
	if first == nil {
		c.byKey[e.key] = p
		c.order = append(c.order, p)
		return nil
	}
	other, err := c.read(first)
	if err != nil {
		return err
	}
	if e.conflicts(other) {
		return &ConflictError{e.rows[0], e.key, c.name(first), c.name(p)}
	}
	rows := e.over(other).rows
	if first.sum < 0 {
		*first = *p
	}
	first.rows = rows
	return nil
}

func (c *Cassette) name(p *place) string { return fmt.Sprintf("%s:%d", c.path, p.line) }

// read reads an entry again.
func (c *Cassette) read(p *place) (*entry, error) {
	text := make([]byte, p.length)
	if _, err := c.file.ReadAt(text, p.offset); err != nil {
		return nil, fmt.Errorf("%s: %w", c.name(p), err)
	}
	e, err := decode(text)
	if err == nil && e.key != p.key {
		err = errors.New("the file was changed while it was read")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.name(p), err)
	}
	e.rows = p.rows
	return e, nil
}

// find looks a request up; nil where the cassette does not hold it.
func (c *Cassette) find(k Key) (*entry, error) {
	if p := c.byKey[k]; p != nil {
		return c.read(p)
	}
	return nil, nil
}

// differs reports whether the cassette holds another answer to a request.
func (c *Cassette) differs(k Key, a Answer) bool {
	if c == nil {
		return false
	}
	p := c.byKey[k]
	return p != nil && p.sum >= 0 && p.sum != a.sum()
}

// near returns requests of a row, or of any.
func (c *Cassette) near(row string, ofRow bool) ([]Request, error) {
	list := c.order
	if ofRow {
		list = c.byRow[row]
	}
	var all []Request
	for _, p := range list[:min(len(list), candidates)] {
		e, err := c.read(p)
		if err != nil {
			return nil, err
		}
		if ofRow {
			e.request.Row = row
		}
		all = append(all, e.request)
	}
	return all, nil
}

// readLines decodes a cassette's lines. Errors name the file and the line.
func readLines(path string, r io.Reader, each func(*entry, place) error) error {
	b := bufio.NewReaderSize(r, 1<<16)
	at := place{}
	for {
		text, err := b.ReadBytes('\n')
		at.line++
		at.length = len(text)
		trimmed := bytes.TrimSpace(text)
		if at.line == 1 && bytes.HasPrefix(trimmed, []byte("\xef\xbb\xbf")) {
			trimmed = trimmed[3:]
			at.offset, at.length = 3, at.length-3
		}
		if len(trimmed) > 0 {
			e, bad := decode(trimmed)
			if bad != nil {
				return fmt.Errorf("%s:%d: %w", path, at.line, bad)
			}
			if bad := each(e, at); bad != nil {
				return bad
			}
		}
		at.offset += int64(at.length)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
}
