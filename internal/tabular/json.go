package tabular

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxLine is the size in bytes above which a JSON line is refused.
const maxLine = 256 << 20

// jsonRows reads objects from JSON lines or from one JSON array. Objects
// inside are flattened with a point (`user.name`); lists are kept as their
// JSON text; numbers keep all their digits.
type jsonRows struct {
	name   string
	r      *bufio.Reader
	stream *json.Decoder // of an array; nil for lines
	line   int
	began  bool
	index  map[string]int
	names  []string
	cells  []cell
	fixed  bool // no further columns
}

func newJSONRows(name string, r io.Reader, lines bool) *jsonRows {
	j := &jsonRows{name: name, r: bufio.NewReaderSize(r, 1<<16), index: map[string]int{}}
	if !lines {
		j.stream = json.NewDecoder(j.r)
		j.stream.UseNumber()
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

func (j *jsonRows) next() ([]cell, error) {
	for i := range j.cells {
		j.cells[i] = cell{kind: nullCell}
	}
	var err error
	if j.stream != nil {
		err = j.nextItem()
	} else {
		err = j.nextLine()
	}
	if err != nil {
		return nil, err
	}
	for len(j.cells) < len(j.names) {
		j.cells = append(j.cells, cell{kind: nullCell})
	}
	return j.cells, nil
}

func (j *jsonRows) nextLine() error {
	for {
		text, err := readLine(j.r)
		if err != nil && (err != io.EOF || len(text) == 0) {
			if err == io.EOF {
				return io.EOF
			}
			return fmt.Errorf("%s:%d: %w", j.name, j.line+1, err)
		}
		j.line++
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := j.object(d); err != nil {
			return fmt.Errorf("%s:%d:%d: %w", j.name, j.line, columnAt(text, d.InputOffset(), err), plainJSON(err))
		}
		if _, err := d.Token(); err != io.EOF {
			return fmt.Errorf("%s:%d:%d: more than one object in the line; is it a JSON array? Set `format: json`", j.name, j.line, columnAt(text, d.InputOffset(), nil))
		}
		return nil
	}
}

func readLine(r *bufio.Reader) ([]byte, error) {
	var out []byte
	for {
		part, err := r.ReadSlice('\n')
		if out == nil && err == nil {
			return part, nil
		}
		out = append(out, part...)
		if len(out) > maxLine {
			return nil, fmt.Errorf("the line is longer than %d MB", maxLine>>20)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return out, err
		}
	}
}

// columnAt turns an offset into a line to a column in characters.
func columnAt(text []byte, offset int64, err error) int {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset > 0 {
		offset = syntax.Offset - 1
	}
	return utf8.RuneCount(text[:min(max(offset, 0), int64(len(text)))]) + 1
}

func plainJSON(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the object is cut off")
	}
	return fmt.Errorf("not JSON: %w", err)
}

// nextItem reads the next element of an array; line counts elements.
func (j *jsonRows) nextItem() error {
	if !j.began {
		t, err := j.stream.Token()
		if err != nil {
			return fmt.Errorf("%s: %w", j.name, plainJSON(err))
		}
		if t != json.Delim('[') {
			return fmt.Errorf("%s does not begin with `[`: a JSON table is an array of objects; for one object a line set `format: jsonl`", j.name)
		}
		j.began = true
	}
	if !j.stream.More() {
		if _, err := j.stream.Token(); err != nil {
			return fmt.Errorf("%s: after element %d: %w", j.name, j.line, plainJSON(err))
		}
		return io.EOF
	}
	j.line++
	if err := j.object(j.stream); err != nil {
		return fmt.Errorf("%s: element %d: %w", j.name, j.line, plainJSON(err))
	}
	return nil
}

func (j *jsonRows) object(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return fmt.Errorf("an object { } is wanted, not %v", t)
	}
	return j.members(d, "")
}

// members reads the rest of an object; its names get a prefix.
func (j *jsonRows) members(d *json.Decoder, prefix string) error {
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		name := prefix + key.(string)
		value, err := d.Token()
		if err != nil {
			return err
		}
		switch v := value.(type) {
		case json.Delim:
			if v == '{' {
				if err := j.members(d, name+"."); err != nil {
					return err
				}
				continue
			}
			text, err := listText(d)
			if err != nil {
				return err
			}
			j.put(name, cell{text: text, kind: jsonCell})
		case string:
			j.put(name, cell{text: []byte(v), kind: textCell})
		case json.Number:
			j.put(name, cell{text: []byte(v), kind: numberCell})
		case bool:
			j.put(name, cell{text: fmt.Appendf(nil, "%t", v), kind: boolCell})
		default:
			j.put(name, cell{kind: nullCell})
		}
	}
	_, err := d.Token() // the closing brace
	return err
}

// listText reads the rest of a list and returns it as compact JSON.
func listText(d *json.Decoder) ([]byte, error) {
	items := []json.RawMessage{}
	for d.More() {
		var item json.RawMessage
		if err := d.Decode(&item); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(items); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

func (j *jsonRows) put(name string, c cell) {
	at, known := j.index[name]
	if !known {
		if j.fixed {
			return
		}
		at = len(j.names)
		j.index[name] = at
		j.names = append(j.names, name)
	}
	for len(j.cells) <= at {
		j.cells = append(j.cells, cell{kind: nullCell})
	}
	j.cells[at] = c
}
