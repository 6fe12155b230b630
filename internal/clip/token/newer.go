package token

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Hugging Face's tokenizer takes its character classes from Unicode 16, its
// lower case from Unicode 17 and its composition from Unicode 9. Go's tables
// are of Unicode 15: what differs is listed here, as pairs of first and last
// characters in ascending order.
const (
	newerLetters = "\u1C89\u1C8A\uA7CB\uA7CD\uA7DA\uA7DC\U000105C0\U000105F3\U00010D4A\U00010D65" +
		"\U00010D6F\U00010D85\U00010EC2\U00010EC4\U00011380\U00011389\U0001138B\U0001138B" +
		"\U0001138E\U0001138E\U00011390\U000113B5\U000113B7\U000113B7\U000113D1\U000113D1" +
		"\U000113D3\U000113D3\U00011BC0\U00011BE0\U00013460\U000143FA\U00016100\U0001611D" +
		"\U00016D40\U00016D6C\U00018CFF\U00018CFF\U0001E5D0\U0001E5ED\U0001E5F0\U0001E5F0" +
		"\U0002EBF0\U0002EE5D"
	newerNumbers = "\U00010D40\U00010D49\U000116D0\U000116E3\U00011BF0\U00011BF9\U00016130\U00016139" +
		"\U00016D70\U00016D79\U0001CCF0\U0001CCF9\U0001E5F1\U0001E5FA"
	// newerMarks are combining marks that the older composition leaves where
	// they stand.
	newerMarks = "\u07FD\u07FD\u0898\u089F\u08CA\u08D3\u09FE\u09FE\u0C3C\u0C3C\u0D3B\u0D3C\u0EBA\u0EBA" +
		"\u1715\u1715\u1ABF\u1ACE\u1DF6\u1DFA\uA82C\uA82C\U00010D24\U00010D27\U00010EAB\U00010EAC" +
		"\U00010EFD\U00010EFF\U00010F46\U00010F50\U00010F82\U00010F85\U00011070\U00011070" +
		"\U0001133B\U0001133B\U0001145E\U0001145E\U00011839\U0001183A\U00011930\U00011930" +
		"\U0001193D\U0001193E\U00011943\U00011943\U000119E0\U000119E0\U00011A34\U00011A34" +
		"\U00011A47\U00011A47\U00011A99\U00011A99\U00011D42\U00011D42\U00011D44\U00011D45" +
		"\U00011D97\U00011D97\U00011F41\U00011F42\U00016FF0\U00016FF1\U0001E08F\U0001E08F" +
		"\U0001E130\U0001E136\U0001E2AE\U0001E2AE\U0001E2EC\U0001E2EF\U0001E4EC\U0001E4EF"
)

// firstNewer is the lowest character of the three lists.
const firstNewer = '\u07FD'

// within tells whether one of the ranges holds r.
func within(ranges string, r rune) bool {
	first, bound := true, rune(0)
	for _, limit := range ranges {
		if first && r < limit {
			return false
		}
		if !first && r <= limit {
			return r >= bound
		}
		first, bound = !first, limit
	}
	return false
}

// compose brings text to NFC, leaving newerMarks alone.
func compose(text string) string {
	newer := func(r rune) bool { return r >= firstNewer && within(newerMarks, r) }
	if norm.NFC.IsNormalString(text) && strings.IndexFunc(text, newer) < 0 {
		return text
	}
	var b strings.Builder
	for text != "" {
		mark := strings.IndexFunc(text, newer)
		if mark < 0 {
			b.WriteString(norm.NFC.String(text))
			break
		}
		b.WriteString(norm.NFC.String(text[:mark]))
		after := mark
		for _, r := range text[mark:] {
			if !newer(r) {
				break
			}
			after += len(string(r))
		}
		b.WriteString(text[mark:after])
		text = text[after:]
	}
	return b.String()
}

// lower is the lower case of one character, but for İ, which has two.
func lower(r rune) rune {
	switch {
	case r < firstNewer:
		return unicode.ToLower(r)
	case r == '\u1C89', r == '\uA7CC', r == '\uA7CE', r == '\uA7D2', r == '\uA7D4', r == '\uA7DA':
		return r + 1
	case r == '\uA7CB':
		return '\u0264'
	case r == '\uA7DC':
		return '\u019B'
	case r >= '\U00010D50' && r <= '\U00010D65': // Garay
		return r + 0x20
	case r >= '\U00016EA0' && r <= '\U00016EB8': // Beria Erfe
		return r + 0x1B
	}
	return unicode.ToLower(r)
}
