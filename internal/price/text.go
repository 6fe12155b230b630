package price

import (
	"unicode"
	"unicode/utf8"
)

// script is how many tokens a character of a script comes to.
type script struct {
	low, expected, high float64
	tables              []*unicode.RangeTable
}

// scripts hold counts of OpenAI's vocabularies o200k (expected) and cl100k (most of
// the high ends) on sentences and files in each script, widened; other vendors'
// vocabularies are assumed to lie between. OpenAI's own rule of thumb is 0.25
// for English.
func scripts() []script {
	return []script{
		{0.30, 0.60, 1.30, []*unicode.RangeTable{unicode.Latin}}, // letters beyond ASCII
		{0.18, 0.28, 0.95, []*unicode.RangeTable{unicode.Cyrillic, unicode.Greek}},
		{0.18, 0.33, 1.10, []*unicode.RangeTable{unicode.Arabic, unicode.Hebrew, unicode.Armenian, unicode.Georgian}},
		{0.40, 0.75, 1.50, []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo}},
		{0.18, 0.45, 1.30, []*unicode.RangeTable{unicode.L, unicode.M}},
	}
}

// Tokens estimates the tokens of a text by its scripts. It never exceeds the
// text's length in bytes, which bounds every vocabulary built on bytes.
func Tokens(text string) Range {
	all := scripts()
	letter := script{low: 0.17, expected: 0.25, high: 0.42} // and the space before a word
	other := script{low: 0.3, expected: 1.4, high: 3}       // emoji and signs: up to a token a byte
	var low, expected, high float64
	add := func(s script) {
		low, expected, high = low+s.low, expected+s.expected, high+s.high
	}
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			switch {
			case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', r == ' ':
				add(letter)
			case '0' <= r && r <= '9':
				add(script{low: 0.33, expected: 0.45, high: 1})
			case r == '\n' || r == '\t' || r == '\r':
				add(script{low: 0.1, expected: 0.5, high: 1})
			default: // punctuation, brackets, quotes
				add(script{low: 0.25, expected: 0.5, high: 1})
			}
		default:
			add(scriptOf(r, all, other))
		}
	}
	if text == "" {
		return Range{}
	}
	bound := int64(len(text))
	out := Range{min(ceil(low), bound), min(ceil(expected), bound), min(ceil(high), bound)}
	out.Low = max(out.Low, 1)
	return out
}

func scriptOf(r rune, all []script, other script) script {
	for _, s := range all {
		if unicode.In(r, s.tables...) {
			return s
		}
	}
	return other
}

// TokensBound is a number of tokens that a text cannot exceed: vocabularies built
// on bytes give no more tokens than bytes.
func TokensBound(text string) int64 { return int64(len(text)) }

// TextAssumption words what Tokens assumes.
const TextAssumption = "text: 0.25 tokens a letter in English, more in other scripts (0.3 Cyrillic, 0.75 Chinese), by counts of OpenAI's vocabularies"

// Turns is the tokens that the protocol adds: about four a turn and three for the
// answer's beginning.
func Turns(n int) Range {
	m := int64(n)
	return Range{3 * m, 4*m + 3, 6*m + 12}
}
