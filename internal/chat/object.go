package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
)

// Wrapping says how a JSON object stood in a text.
type Wrapping string

// The wrappings.
const (
	Bare   Wrapping = "bare"
	Fenced Wrapping = "fenced"   // in a Markdown code fence
	Within Wrapping = "in prose" // with words around it
)

var fence = regexp.MustCompile("(?s)```[a-zA-Z0-9]*[ \t]*\r?\n?(.*?)```")

// Object finds the one JSON object in an answer's text: bare, in a code fence
// or with prose around it; the thoughts that some models write between <think>
// and </think> at the start are passed over. Two different objects are an error,
// since nobody can tell which was meant.
func Object(text string) (json.RawMessage, Wrapping, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	if strings.HasPrefix(text, "<think>") {
		if _, after, ok := strings.Cut(text, "</think>"); ok {
			text = strings.TrimSpace(after)
		}
	}
	if isObject(text) {
		return json.RawMessage(text), Bare, nil
	}
	var fenced []string
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		if s := strings.TrimSpace(m[1]); isObject(s) {
			fenced = append(fenced, s)
		}
	}
	if len(fenced) > 0 {
		return single(fenced, Fenced)
	}
	if found := scan(text); len(found) > 0 {
		return single(found, Within)
	}
	if strings.Contains(text, "{") {
		return nil, "", errors.New("the text holds no whole JSON object: it breaks off or is malformed")
	}
	return nil, "", errors.New("the text holds no JSON object")
}

func isObject(s string) bool { return strings.HasPrefix(s, "{") && json.Valid([]byte(s)) }

// scan returns the outermost JSON objects of a text. Braces that begin no
// object are prose and are passed over with all that they hold; an object that
// is malformed or breaks off spoils the text, since what stands inside of it is
// not the answer.
func scan(text string) []string {
	var found []string
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '{')
		if i < 0 {
			return found
		}
		at += i
		var raw json.RawMessage
		d := json.NewDecoder(strings.NewReader(text[at:]))
		if d.Decode(&raw) == nil {
			end := at + int(d.InputOffset())
			found = append(found, text[at:end])
			at = end
			continue
		}
		rest := strings.TrimLeft(text[at+1:], " \t\r\n")
		n := closing(text[at:])
		if n == 0 || strings.HasPrefix(rest, `"`) {
			return nil
		}
		at += n
	}
}

// closing returns the length of a text's first bracketed part, 0 if it is not
// closed.
func closing(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

func single(found []string, w Wrapping) (json.RawMessage, Wrapping, error) {
	first := compact(found[0])
	for _, other := range found[1:] {
		if !bytes.Equal(first, compact(other)) {
			return nil, "", errors.New("the text holds several JSON objects that differ")
		}
	}
	return json.RawMessage(found[0]), w, nil
}

func compact(s string) []byte {
	var b bytes.Buffer
	if json.Compact(&b, []byte(s)) != nil {
		return []byte(s)
	}
	return b.Bytes()
}
