package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

var errNoObject = errors.New("extra fields need a JSON object as the request's body")

// merge sets top-level fields of a JSON object. A field that is there keeps
// its place, and new ones come last, sorted by name; everything else stays
// byte for byte, so that a picture in the body is copied and not parsed.
func merge(text []byte, extra map[string]json.RawMessage) ([]byte, error) {
	fields, end, err := scanObject(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Grow(len(text) + 64*len(extra))
	names := slices.Sorted(maps.Keys(extra))
	for _, name := range names {
		if !json.Valid(extra[name]) {
			return nil, fmt.Errorf("the extra field %q is no JSON", name)
		}
	}
	done, from := map[string]bool{}, 0
	for _, f := range fields {
		if value, ok := extra[f.name]; ok {
			out.Write(text[from:f.start])
			out.Write(value)
			from, done[f.name] = f.end, true
		}
	}
	out.Write(text[from:end])
	some := len(fields) > 0
	for _, name := range names {
		if done[name] {
			continue
		}
		if some {
			out.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		out.Write(key)
		out.WriteByte(':')
		out.Write(extra[name])
		some = true
	}
	out.Write(text[end:])
	return out.Bytes(), nil
}

// field is a member of an object: its value is text[start:end].
type field struct {
	name       string
	start, end int
}

// scanObject finds the members of the object that text is, and its closing
// brace. It looks at what separates values only, not into them.
func scanObject(text []byte) (fields []field, end int, err error) {
	i := space(text, 0)
	if at(text, i) != '{' {
		return nil, 0, errNoObject
	}
	i = space(text, i+1)
	if at(text, i) == '}' {
		return nil, i, rest(text, i)
	}
	for {
		j := stringEnd(text, i)
		if j < 0 {
			return nil, 0, errNoObject
		}
		var f field
		if err := json.Unmarshal(text[i:j], &f.name); err != nil {
			return nil, 0, errNoObject
		}
		if i = space(text, j); at(text, i) != ':' {
			return nil, 0, errNoObject
		}
		f.start = space(text, i+1)
		if f.end = valueEnd(text, f.start); f.end <= f.start {
			return nil, 0, errNoObject
		}
		fields = append(fields, f)
		i = space(text, f.end)
		switch at(text, i) {
		case ',':
			i = space(text, i+1)
		case '}':
			return fields, i, rest(text, i)
		default:
			return nil, 0, errNoObject
		}
	}
}

func rest(text []byte, end int) error {
	if space(text, end+1) != len(text) {
		return errNoObject
	}
	return nil
}

func at(text []byte, i int) byte {
	if i < len(text) {
		return text[i]
	}
	return 0
}

func space(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the place after the string that starts at i, -1 without one.
func stringEnd(text []byte, i int) int {
	if at(text, i) != '"' {
		return -1
	}
	for i++; ; {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return -1
		}
		i += n + 1
		slashes := 0
		for j := i - 2; text[j] == '\\'; j-- {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
}

// valueEnd returns the place after the value that starts at i, -1 where it
// does not end.
func valueEnd(text []byte, i int) int {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"':
			if i = stringEnd(text, i); i < 0 {
				return -1
			}
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return -1
}
