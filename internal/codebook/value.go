package codebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"icono/internal/chat"
)

// form is the form of a JSON value.
type form int

const (
	null form = iota
	object
	list
	text
	number
	boolean
)

// value is a JSON value as it is written: members in order, each name once.
type value struct {
	form    form
	text    string // of a text; the digits of a number; true or false
	names   []string
	members []value // of an object, by names
	items   []value
	twice   []string // names that stand again, whose later values are left out
}

// opening is how an object with a member begins.
var opening = regexp.MustCompile(`\{\s*"`)

// Extract returns the one JSON object of a model's answer, which may be in a
// Markdown fence or have words around it. Two objects that differ are an error:
// nobody can tell which was meant. The error is worded for the model.
func Extract(answer []byte) (json.RawMessage, error) {
	raw, _, err := chat.Object(string(answer))
	if err == nil {
		return raw, nil
	}
	start := bytes.IndexByte(answer, '{')
	if start < 0 {
		return nil, errors.New("the answer holds no JSON object")
	}
	if at := opening.FindIndex(answer); at != nil { // other braces are prose
		start = at[0]
	}
	var v any
	var syntax *json.SyntaxError
	switch e := json.NewDecoder(bytes.NewReader(answer[start:])).Decode(&v); {
	case errors.As(e, &syntax):
		at := min(len(answer), start+int(syntax.Offset))
		near := strings.ToValidUTF8(string(answer[max(start, at-20):min(len(answer), at+20)]), "")
		return nil, fmt.Errorf("the answer is not valid JSON, near %q: %s", near, syntax)
	case errors.Is(e, io.ErrUnexpectedEOF):
		return nil, errors.New("the answer breaks off: its JSON object has no end")
	}
	return nil, errors.New(strings.Replace(err.Error(), "the text", "the answer", 1))
}

// read reads one JSON object.
func read(raw []byte) (value, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := next(d)
	if err != nil {
		return value{}, fmt.Errorf("the answer is not valid JSON: %w", err)
	}
	if v.form != object {
		return value{}, fmt.Errorf("the answer must be a JSON object, not %s", v.describe())
	}
	return v, nil
}

func next(d *json.Decoder) (value, error) {
	t, err := d.Token()
	if err != nil {
		return value{}, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return items(d)
		}
		return members(d)
	case string:
		return value{form: text, text: t}, nil
	case json.Number:
		return value{form: number, text: t.String()}, nil
	case bool:
		return value{form: boolean, text: strconv.FormatBool(t)}, nil
	}
	return value{}, nil
}

func items(d *json.Decoder) (value, error) {
	v := value{form: list}
	for d.More() {
		item, err := next(d)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
	}
	_, err := d.Token()
	return v, err
}

func members(d *json.Decoder) (value, error) {
	v := value{form: object}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return v, err
		}
		name, _ := t.(string)
		m, err := next(d)
		if err != nil {
			return v, err
		}
		if seen[name] {
			v.twice = append(v.twice, name)
			continue
		}
		seen[name] = true
		v.names, v.members = append(v.names, name), append(v.members, m)
	}
	_, err := d.Token()
	return v, err
}

// get returns a member of an object.
func (v value) get(name string) (value, bool) {
	for i, n := range v.names {
		if n == name {
			return v.members[i], true
		}
	}
	return value{}, false
}

// describe names the value in a message.
func (v value) describe() string {
	switch v.form {
	case null:
		return "null"
	case object:
		return "an object"
	case list:
		return "a list"
	case text:
		return "the text " + strconv.Quote(shortened(v.text))
	case number:
		return "the number " + shortened(v.text)
	}
	return v.text
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
