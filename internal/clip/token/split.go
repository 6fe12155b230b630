package token

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	encoding "golang.org/x/text/encoding/unicode"
)

// repair replaces what is not UTF-8.
func repair(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	if fixed, err := encoding.UTF8.NewDecoder().String(text); err == nil {
		return fixed
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// normalise brings a text to NFC, folds white space and lower-cases.
func normalise(text string) string {
	text = compose(text)
	var b strings.Builder
	b.Grow(len(text))
	space := false
	for _, r := range text {
		if unicode.IsSpace(r) {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		if r == 'İ' {
			b.WriteString("i\u0307") // the one character whose lower case is two
			continue
		}
		b.WriteRune(lower(r))
	}
	return b.String()
}

// pieces yields the parts of a normalised text that are merged by themselves.
func pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			n := piece(text)
			if text[0] != ' ' && !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// piece is the length of the first piece of a text that is not empty, after
// the pattern 's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+ whose
// first fitting alternative counts; a space is a piece of its own.
func piece(text string) int {
	if text[0] == '\'' {
		for _, contraction := range [...]string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"} {
			if strings.HasPrefix(text, contraction) {
				return len(contraction)
			}
		}
	}
	r, n := utf8.DecodeRuneInString(text)
	class := classOf(r)
	if class == space || class == number {
		return n
	}
	for n < len(text) {
		r, size := utf8.DecodeRuneInString(text[n:])
		if classOf(r) != class {
			break
		}
		n += size
	}
	return n
}

type class uint8

const (
	other class = iota
	letter
	number
	space
)

func classOf(r rune) class {
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return number
	case unicode.IsSpace(r):
		return space
	case r < firstNewer:
		return other
	case within(newerLetters, r):
		return letter
	case within(newerNumbers, r):
		return number
	}
	return other
}
