package tabular

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxDepth is how deep objects may stand in one another.
const maxDepth = 100

// jsonParser reads one object and gives its members, flattened.
type jsonParser struct {
	text []byte
	at   int // offset of the next byte, after an error that of the fault
	path []byte
	put  func(path []byte, c cell) error
}

func cutOff() error { return errors.New("the object is cut off") }

// space skips spaces and returns the next byte; 0 is the end.
func (p *jsonParser) space() byte {
	for p.at < len(p.text) {
		if b := p.text[p.at]; !isSpace(b) {
			return b
		}
		p.at++
	}
	return 0
}

// want skips spaces and takes the byte that must come.
func (p *jsonParser) want(b byte) error {
	switch got := p.space(); {
	case p.at == len(p.text):
		return cutOff()
	case got != b:
		return fmt.Errorf("not JSON: %q is wanted here, not %q", b, p.character())
	}
	p.at++
	return nil
}

func (p *jsonParser) character() rune {
	r, _ := utf8.DecodeRune(p.text[p.at:])
	return r
}

// object reads a text that is one object.
func (p *jsonParser) object(text []byte) error {
	p.text, p.at, p.path = text, 0, p.path[:0]
	if b := p.space(); b != '{' {
		if b == '[' {
			return errors.New("an object { } is wanted, and this is a list; for a JSON array of objects set `format: json`")
		}
		return errors.New("an object { } is wanted")
	}
	if err := p.members(1); err != nil {
		return err
	}
	if p.space(); p.at < len(p.text) {
		return errors.New("more than one object in the line; for a JSON array of objects set `format: json`")
	}
	return nil
}

// members reads an object whose opening brace comes next.
func (p *jsonParser) members(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("objects stand in one another more than %d deep", maxDepth)
	}
	p.at++
	prefix := len(p.path)
	for first := true; ; first = false {
		if p.space() == '}' {
			p.at++
			return nil
		}
		if !first {
			if err := p.want(','); err != nil {
				return err
			}
		}
		name, err := p.quoted()
		if err != nil {
			return err
		}
		if err := p.want(':'); err != nil {
			return err
		}
		p.path = append(p.path[:prefix], name...)
		if p.space() == '{' {
			p.path = append(p.path, '.')
			err = p.members(depth + 1)
		} else {
			err = p.value()
		}
		if err != nil {
			return err
		}
		p.path = p.path[:prefix]
	}
}

// value reads what is no object and puts it.
func (p *jsonParser) value() (err error) {
	start := p.at
	c := cell{column: start + 1}
	switch b := p.space(); {
	case p.at == len(p.text):
		return cutOff()
	case b == '"':
		c.kind = textCell
		c.text, err = p.quoted()
	case b == '[':
		c.kind = jsonCell
		c.text, err = p.list()
	case b == '-' || isDigit(b):
		c.kind = numberCell
		c.text, err = p.number()
	default:
		c.kind, c.text, err = p.word()
	}
	if err != nil {
		return err
	}
	if err := p.put(p.path, c); err != nil {
		p.at = start
		return err
	}
	return nil
}

// quoted reads a string.
func (p *jsonParser) quoted() ([]byte, error) {
	if err := p.want('"'); err != nil {
		return nil, err
	}
	start, plain := p.at, true
	for ; p.at < len(p.text); p.at++ {
		switch b := p.text[p.at]; {
		case b == '"':
			p.at++
			text := p.text[start : p.at-1]
			if plain {
				return text, nil
			}
			return p.unescape(start - 1)
		case b == '\\':
			plain = false
			p.at++
		case b < ' ' && b != '\n' && b != '\r':
			return nil, fmt.Errorf("not JSON: the character %q in a string is written with a backslash", b)
		case b < ' ':
			if p.at+1 == len(p.text) || b == '\r' && p.at+2 == len(p.text) {
				return nil, cutOff()
			}
			return nil, errors.New("not JSON: a line end in a string is written `\\n`")
		}
	}
	p.at = min(p.at, len(p.text))
	return nil, cutOff()
}

// unescape decodes the string that begins at start and ends before at.
func (p *jsonParser) unescape(start int) ([]byte, error) {
	var s string
	if err := json.Unmarshal(p.text[start:p.at], &s); err != nil {
		p.at = start + offsetOf(err)
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	return []byte(s), nil
}

// offsetOf returns where a syntax error is.
func offsetOf(err error) int {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset > 0 {
		return int(syntax.Offset) - 1
	}
	return 0
}

// list reads a list and returns it as compact JSON.
func (p *jsonParser) list() ([]byte, error) {
	start, depth, inText := p.at, 0, false
	for ; p.at < len(p.text); p.at++ {
		switch b := p.text[p.at]; {
		case b == '"':
			inText = !inText
		case b == '\\' && inText:
			p.at++
		case inText:
		case b == '[' || b == '{':
			depth++
		case b == ']' || b == '}':
			depth--
		}
		if depth == 0 {
			p.at++
			var out bytes.Buffer
			if json.Compact(&out, p.text[start:p.at]) != nil {
				err := json.Unmarshal(p.text[start:p.at], new(json.RawMessage)) // Compact gives no offset
				p.at = start + offsetOf(err)
				return nil, fmt.Errorf("not JSON: %w", err)
			}
			return out.Bytes(), nil
		}
	}
	p.at = min(p.at, len(p.text))
	return nil, cutOff()
}

// number reads a number by the grammar of JSON.
func (p *jsonParser) number() ([]byte, error) {
	start := p.at
	for p.at < len(p.text) {
		if b := p.text[p.at]; !isDigit(b) && b != '-' && b != '+' && b != '.' && b != 'e' && b != 'E' {
			break
		}
		p.at++
	}
	text := p.text[start:p.at]
	if len(text) <= maxDigits && text[0] > '0' {
		if _, ok := digits(text); ok {
			return text, nil
		}
	}
	if !json.Valid(text) {
		at := p.at
		p.at = start
		if at == len(p.text) {
			return nil, cutOff()
		}
		return nil, fmt.Errorf("not JSON: %q is no number", text)
	}
	return text, nil
}

// word reads true, false, null or NaN.
func (p *jsonParser) word() (cellKind, []byte, error) {
	rest := p.text[p.at:]
	n := 0
	for n < len(rest) && (rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z') {
		n++
	}
	word := rest[:n]
	switch string(word) {
	case "true", "false":
		p.at += n
		return boolCell, word, nil
	case "null", "NaN":
		p.at += n
		return nullCell, nil, nil
	case "":
		return 0, nil, fmt.Errorf("not JSON: a value is wanted here, not %q", p.character())
	}
	if n == len(bytes.TrimRight(rest, "\r\n")) {
		return 0, nil, cutOff()
	}
	return 0, nil, fmt.Errorf("not JSON: %q is no value; text needs quotes", word)
}
