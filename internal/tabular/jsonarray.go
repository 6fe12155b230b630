package tabular

import (
	"bufio"
	"fmt"
	"io"
)

// jsonArray gives the elements of a JSON array, or the one object that a file
// holds, cut by their brackets and quotes; whether they are objects is for the
// parser to say.
type jsonArray struct {
	name  string
	r     *bufio.Reader
	line  int // of the last character
	left  int // characters up to it in that line
	text  []byte
	begun bool
	ended bool
	alone bool // the file is one object
}

func (a *jsonArray) fail(format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", a.name, a.line, max(a.left, 1), fmt.Sprintf(format, args...))
}

// read returns the next byte.
func (a *jsonArray) read() (byte, error) {
	b, err := a.r.ReadByte()
	switch {
	case err == io.EOF:
		if a.alone {
			return 0, a.fail("the file is cut off: no `}` closes the object")
		}
		return 0, a.fail("the file is cut off: no `]` closes the array")
	case err != nil:
		return 0, fmt.Errorf("%s cannot be read: %w", a.name, err)
	case b == '\n':
		a.line, a.left = a.line+1, 0
	case b&0xc0 != 0x80:
		a.left++
	}
	return b, nil
}

// token returns the next byte that is no space.
func (a *jsonArray) token() (byte, error) {
	for {
		b, err := a.read()
		if err != nil || !isSpace(b) {
			return b, err
		}
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

func (a *jsonArray) next() ([]byte, int, int, error) {
	switch {
	case a.ended:
		return nil, 0, 0, io.EOF
	case a.alone:
		return nil, 0, 0, a.end("object; for one object a line set `format: jsonl`")
	}
	b, err := a.token()
	if err != nil {
		return nil, 0, 0, err
	}
	switch {
	case !a.begun && b == '{':
		a.begun, a.alone = true, true
		line, left := a.line, a.left-1
		err = a.element()
		return a.text, line, left, err
	case !a.begun && b != '[':
		return nil, 0, 0, a.fail("a JSON table is an array of objects or one object, and this begins with neither `[` nor `{`; for one object a line set `format: jsonl`")
	case a.begun && b == ']':
		return nil, 0, 0, a.end("`]` that closes the array")
	case a.begun && b != ',':
		return nil, 0, 0, a.fail("a comma or `]` is wanted after an object")
	}
	first := !a.begun
	a.begun = true
	if b, err = a.token(); err != nil {
		return nil, 0, 0, err
	}
	if first && b == ']' {
		return nil, 0, 0, a.end("`]` that closes the array")
	}
	line, left := a.line, a.left-1
	if b != '{' {
		return nil, 0, 0, a.fail("an object { } is wanted")
	}
	err = a.element()
	return a.text, line, left, err
}

// end checks that nothing stands after what.
func (a *jsonArray) end(what string) error {
	a.ended = true
	for {
		b, err := a.r.ReadByte()
		if err == io.EOF {
			return io.EOF
		}
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", a.name, err)
		}
		if !isSpace(b) {
			return a.fail("there is more after the %s", what)
		}
	}
}

// element reads the rest of an object into text.
func (a *jsonArray) element() error {
	a.text = append(a.text[:0], '{')
	depth, quoted := 1, false
	for depth > 0 {
		b, err := a.read()
		if err != nil {
			return err
		}
		if a.text = append(a.text, b); len(a.text) > maxObject {
			return a.fail("%v", tooLong())
		}
		switch {
		case b == '"':
			quoted = !quoted
		case b == '\\' && quoted:
			if b, err = a.read(); err != nil {
				return err
			}
			a.text = append(a.text, b)
		case quoted:
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
		}
	}
	return nil
}
