package pseudonym

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// JSON replaces what names somebody in the strings of a JSON text, with Prose, also in
// strings that hold JSON themselves, and names that are scattered over the words of a
// text that was read in a picture. Names of members, numbers and their order stay as
// they are. Of bytes that are no JSON it replaces it in the whole.
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

// members rewrites a JSON text.
func (n *Names) members(body []byte) ([]byte, error) {
	words := &scattered{names: n}
	if err := rewrite(body, io.Discard, func(key, text string) string {
		words.add(key, text)
		return text
	}, keep); err != nil {
		return nil, err
	}
	words.gather()
	var b bytes.Buffer
	err := rewrite(body, &b, func(key, text string) string { return n.value(words.next(key, text)) }, n.Text)
	return b.Bytes(), err
}

// Members calls each with the texts and numbers in a JSON text, or in what Python writes
// of the like, and the names of their members, "" in lists. Of what is neither it calls
// nothing.
func Members(text string, each func(member, value string)) {
	if !json.Valid([]byte(text)) {
		text = fromPython(text)
	}
	type one struct{ member, value string }
	var all []one
	if rewrite([]byte(text), io.Discard, func(key, value string) string {
		all = append(all, one{key, value})
		return value
	}, keep) != nil {
		return
	}
	for _, m := range all {
		each(m.member, m.value)
	}
}

func keep(name string) string { return name }

// value replaces in a string, which may hold JSON.
func (n *Names) value(text string) string {
	if s := strings.TrimSpace(text); len(s) > 1 && (s[0] == '{' || s[0] == '[') && json.Valid([]byte(s)) {
		if out, err := n.members([]byte(s)); err == nil {
			return string(out)
		}
	}
	return n.Prose(text)
}

// frame is an object or a list that a JSON text is in.
type frame struct {
	object bool
	filled bool // something stands in it
	value  bool // of an object: its member's value comes next
	key    string
}

// rewrite writes the one value of a JSON text without white space. value is given each
// string with the name of its member, "" in a list; name is given each name of one.
func rewrite(body []byte, to io.Writer, value func(key, text string) string, name func(string) string) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var stack []frame
	var err error
	write := func(text string) {
		if err == nil {
			_, err = io.WriteString(to, text)
		}
	}
	put := func(v any) {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if wrong := e.Encode(v); wrong != nil {
			err = errors.Join(err, wrong)
		}
		write(strings.TrimSuffix(b.String(), "\n"))
	}
	for done := false; ; {
		t, wrong := d.Token()
		switch {
		case errors.Is(wrong, io.EOF) && done:
			return err
		case wrong != nil:
			return wrong
		case done:
			return errors.New("more than one value")
		}
		if t == json.Delim('}') || t == json.Delim(']') {
			write(t.(json.Delim).String())
			stack = stack[:len(stack)-1]
			done = len(stack) == 0
			continue
		}
		key := ""
		if len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.filled && !top.value {
				write(",")
			}
			top.filled = true
			if top.object && !top.value {
				top.key, top.value = t.(string), true // a name of a member is text
				put(name(top.key))
				write(":")
				continue
			}
			key, top.value = top.key, false
		}
		switch t := t.(type) {
		case json.Delim:
			write(t.String())
			stack = append(stack, frame{object: t == '{'})
			continue
		case string:
			put(value(key, t))
		case json.Number:
			if text := value(key, t.String()); text != t.String() { // an id
				put(text)
			} else {
				put(t)
			}
		default:
			put(t)
		}
		done = len(stack) == 0
	}
}

// scattered finds names in the single words of a text, as programs that read pictures
// list them: `planted`, `.` and `handle` for planted.handle.
type scattered struct {
	names *Names
	words []string
	at    int
}

// oneWord reports whether a string is one of the words of a text.
func oneWord(key, text string) bool {
	return (key == "text" || key == "description") && text != "" && !strings.ContainsFunc(text, unicode.IsSpace)
}

func (s *scattered) add(key, text string) {
	switch {
	case oneWord(key, text):
		s.words = append(s.words, text)
	case key == "text" || key == "description":
		s.words = append(s.words, "") // a whole text ends the words
	}
}

// next returns a string as gather left it.
func (s *scattered) next(key, text string) string {
	if key != "text" && key != "description" {
		return text
	}
	out := text
	if oneWord(key, text) {
		out = s.words[s.at]
	}
	s.at++
	return out
}

// gone stands for a word of a name whose pseudonym stands in the place of its first
// word.
const gone = "·"

// gather replaces the names that reach over several words.
func (s *scattered) gather() {
	var text strings.Builder
	var all []atom
	var of []int // of each atom its word
	for i, w := range s.words {
		from := text.Len()
		if w == "" {
			text.WriteByte('\n')
			all, of = append(all, atom{from, from + 1}), append(of, i)
			continue
		}
		text.WriteString(w)
		for _, a := range atoms(w) {
			all, of = append(all, atom{from + a.start, from + a.end}), append(of, i)
		}
	}
	whole := text.String()
	for i := 0; i < len(all); {
		end, found := s.names.longest(whole, all, i)
		if end == i {
			i++
			continue
		}
		if first, last := of[i], of[end-1]; first != last {
			head := s.words[first]
			s.words[first] = head[:len(head)-(wordEnd(all, of, i)-all[i].start)] + s.names.one(found.of)
			for w := first + 1; w < last; w++ {
				s.words[w] = gone
			}
			s.words[last] = gone + whole[all[end-1].end:wordEnd(all, of, end-1)]
		}
		i = end
	}
}

// wordEnd is the end of the word that an atom is in.
func wordEnd(all []atom, of []int, i int) int {
	for i+1 < len(all) && of[i+1] == of[i] {
		i++
	}
	return all[i].end
}
