package pseudonym

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What takes the place of addresses in texts.
const (
	noURL   = "[url]"
	noEmail = "[email]"
)

var (
	address = regexp.MustCompile(`(?i)(?:\b[a-z][a-z0-9+.-]*://|\bwww\.)[^\s<>"'` + "`" + `\])}\\]+|\b[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}/[^\s<>"'` + "`" + `\])}\\]*`)
	email   = regexp.MustCompile(`[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}`)
	mention = regexp.MustCompile(`(^|[^\p{L}\d_./])@([\p{L}\d_](?:[\p{L}\d_.]*[\p{L}\d_])?)`)
)

// Prose replaces what names somebody in a text that people or models wrote: the names,
// web addresses, mail addresses, and whatever follows an @.
func (n *Names) Prose(text string) string {
	if strings.ContainsAny(text, "./") {
		text = address.ReplaceAllString(text, noURL)
	}
	if !strings.Contains(text, "@") {
		return n.Text(text)
	}
	text = n.Text(email.ReplaceAllString(text, noEmail))
	return mention.ReplaceAllStringFunc(text, func(m string) string {
		at := strings.IndexByte(m, '@')
		if who := m[at+1:]; !Is(who) {
			return m[:at+1] + n.key.Of(fold(who))
		}
		return m
	})
}

// JSON replaces what names somebody in the strings of a JSON text, with Prose, also in
// strings that hold JSON themselves. Names of members, numbers and their order stay
// as they are. Of bytes that are no JSON it replaces it in the whole.
func (n *Names) JSON(body []byte) []byte {
	out, err := n.members(body)
	if err == nil {
		return out
	}
	if !utf8.Valid(body) {
		return body
	}
	return []byte(n.Prose(string(body)))
}

func (n *Names) members(body []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var b bytes.Buffer
	// first is of each open object or list whether nothing stands in it yet; member is
	// of each object whether a name comes next.
	type open struct{ object, first, member bool }
	var stack []open
	put := func(v any) error {
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err := e.Encode(v)
		b.Truncate(b.Len() - 1) // without the line end
		return err
	}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		end := t == json.Delim('}') || t == json.Delim(']')
		name := false
		if len(stack) > 0 && !end {
			top := &stack[len(stack)-1]
			switch {
			case top.object && top.member:
				if !top.first {
					b.WriteByte(',')
				}
				name, top.member, top.first = true, false, false
			case top.object:
				top.member = true
			default:
				if !top.first {
					b.WriteByte(',')
				}
				top.first = false
			}
		}
		switch t := t.(type) {
		case json.Delim:
			b.WriteByte(byte(t))
			if end {
				stack = stack[:len(stack)-1]
			} else {
				stack = append(stack, open{object: t == '{', first: true, member: true})
			}
		case string:
			if !name {
				t = n.value(t)
			} else {
				t = n.Text(t)
			}
			if err := put(t); err != nil {
				return nil, err
			}
			if name {
				b.WriteByte(':')
			}
		default:
			if err := put(t); err != nil {
				return nil, err
			}
		}
	}
	if b.Len() == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return b.Bytes(), nil
}

// value replaces in a string, which may hold JSON.
func (n *Names) value(text string) string {
	if s := strings.TrimSpace(text); len(s) > 1 && (s[0] == '{' || s[0] == '[') && json.Valid([]byte(s)) {
		if out, err := n.members([]byte(s)); err == nil {
			return string(out)
		}
	}
	return n.Prose(text)
}
