package pseudonym

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fromPython makes JSON of a literal of Python, such as [{'user': 'a', 'id': None}], as its
// repr writes it: quotes of both sorts, escapes, True, False, None and tuples. It is "" of
// what is none.
func fromPython(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\'' || r == '"':
			value, end := pythonText(text, i)
			if end < 0 {
				return ""
			}
			quoted, _ := json.Marshal(value) // texts always marshal
			b.Write(quoted)
			i = end
			continue
		case r == '(':
			b.WriteByte('[')
		case r == ')':
			b.WriteByte(']')
		case unicode.IsLetter(r):
			end := i
			for end < len(text) && (text[end] >= 'a' && text[end] <= 'z' || text[end] >= 'A' && text[end] <= 'Z') {
				end++
			}
			word, known := map[string]string{"True": "true", "False": "false", "None": "null", "nan": "null"}[text[i:end]]
			if !known {
				return ""
			}
			b.WriteString(word)
			i = end
			continue
		default:
			b.WriteString(text[i : i+n])
		}
		i += n
	}
	out := strings.NewReplacer(",]", "]", ", ]", "]", ",}", "}", ", }", "}").Replace(b.String()) // of tuples of one
	if !json.Valid([]byte(out)) {
		return ""
	}
	return out
}

// pythonText reads a text in quotes that begins at a place, and returns where it ends, -1
// where it does not.
func pythonText(text string, at int) (value string, end int) {
	quote := text[at]
	var b strings.Builder
	for i := at + 1; i < len(text); {
		switch {
		case text[i] == quote:
			return b.String(), i + 1
		case text[i] == '\\' && i+1 < len(text):
			if r, _, rest, err := strconv.UnquoteChar(text[i:], 0); err == nil {
				b.WriteRune(r)
				i = len(text) - len(rest)
				continue
			}
			b.WriteByte(text[i+1]) // such as \' and \"
			i += 2
		default:
			b.WriteByte(text[i])
			i++
		}
	}
	return "", -1
}
