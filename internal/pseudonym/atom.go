package pseudonym

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// atom is a run of letters, one of digits, or one other character. Each letter of a script
// that is written without spaces is an atom.
type atom struct{ start, end int }

// What a character is to an atom.
const (
	other = iota
	word
	digits
	alone
)

func sortOf(r rune) int {
	switch {
	case r < utf8.RuneSelf:
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
		return alone
	}
	switch {
	case unicode.IsDigit(r):
		return digits
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return word
	}
	return other
}

// atoms takes a text apart.
func atoms(text string) []atom {
	var out []atom
	run, of := 0, other // of a run the place where it begins, other for none
	for i, r := range text {
		sort := sortOf(r)
		if of != other && sort != of {
			out = append(out, atom{run, i})
		}
		if sort == other || sort == alone {
			out = append(out, atom{i, i + utf8.RuneLen(validRune(text, i, r))})
			sort = other
		} else if sort != of {
			run = i
		}
		of = sort
	}
	if of != other {
		out = append(out, atom{run, len(text)})
	}
	return out
}

// validRune is the rune at a place, one of a byte where the text is no UTF-8 there.
func validRune(text string, i int, r rune) rune {
	if r == utf8.RuneError {
		if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
			return 0 // one byte long
		}
	}
	return r
}

// fold makes what is to be taken for the same the same: letters of any case, and white
// space, apostrophes and hyphens.
func fold(text string) string {
	if r, n := utf8.DecodeRuneInString(text); n == len(text) {
		switch {
		case unicode.IsSpace(r):
			return " "
		case strings.ContainsRune(apostrophes, r):
			return "'"
		case r >= 0x2010 && r <= 0x2015 || r == 0x2212:
			return "-"
		}
	}
	return strings.ToLower(text)
}

// spaceless reports whether an atom is a letter of a script that is written without
// spaces.
func spaceless(text string, all []atom, i int) bool {
	if i < 0 || i >= len(all) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text[all[i].start:])
	return sortOf(r) == alone
}
