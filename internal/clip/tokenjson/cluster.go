package tokenjson

import (
	"unicode"
	"unicode/utf8"

	"icono/internal/clip/token"
)

// property is what decides where a reader sees a new character (Unicode
// Standard Annex 29, table 2).
type property uint8

const (
	anything property = iota
	carriageReturn
	lineFeed
	control
	extend
	joiner // ZWJ
	regional
	prepend
	spacing
	hangulL
	hangulV
	hangulT
	hangulLV
	hangulLVT
	pictograph
)

// The lists that Go's tables do not have: pairs of first and last characters.
const (
	// prefixes come before what they belong to, beside
	// Prepended_Concatenation_Mark.
	prefixes = "\u0D4E\u0D4E\U000111C2\U000111C3\U000113D1\U000113D1\U0001193F\U0001193F" +
		"\U00011941\U00011941\U00011A3A\U00011A3A\U00011A84\U00011A89\U00011D46\U00011D46\U00011F02\U00011F02"
	// apart are marks with a width that begin a new character all the same.
	apart = "\u102B\u102C\u1038\u1038\u1062\u1064\u1067\u106D\u1083\u1083\u1087\u108C\u108F\u108F" +
		"\u109A\u109C\u1A61\u1A61\u1A63\u1A64\uAA7B\uAA7B\uAA7D\uAA7D\U00011720\U00011721"
	pictographs = "\u00A9\u00A9\u00AE\u00AE\u203C\u203C\u2049\u2049\u2122\u2122\u2139\u2139\u2194\u2199\u21A9\u21AA" +
		"\u231A\u231B\u2328\u2328\u2388\u2388\u23CF\u23CF\u23E9\u23F3\u23F8\u23FA\u24C2\u24C2\u25AA\u25AB" +
		"\u25B6\u25B6\u25C0\u25C0\u25FB\u25FE\u2600\u2605\u2607\u2612\u2614\u2685\u2690\u2705\u2708\u2712" +
		"\u2714\u2714\u2716\u2716\u271D\u271D\u2721\u2721\u2728\u2728\u2733\u2734\u2744\u2744\u2747\u2747" +
		"\u274C\u274C\u274E\u274E\u2753\u2755\u2757\u2757\u2763\u2767\u2795\u2797\u27A1\u27A1\u27B0\u27B0" +
		"\u27BF\u27BF\u2934\u2935\u2B05\u2B07\u2B1B\u2B1C\u2B50\u2B50\u2B55\u2B55\u3030\u3030\u303D\u303D" +
		"\u3297\u3297\u3299\u3299\U0001F000\U0001F0FF\U0001F10D\U0001F10F\U0001F12F\U0001F12F" +
		"\U0001F16C\U0001F171\U0001F17E\U0001F17F\U0001F18E\U0001F18E\U0001F191\U0001F19A\U0001F1AD\U0001F1E5" +
		"\U0001F201\U0001F20F\U0001F21A\U0001F21A\U0001F22F\U0001F22F\U0001F232\U0001F23A\U0001F23C\U0001F23F" +
		"\U0001F249\U0001F3FA\U0001F400\U0001F53D\U0001F546\U0001F64F\U0001F680\U0001F6FF\U0001F774\U0001F77F" +
		"\U0001F7D5\U0001F7FF\U0001F80C\U0001F80F\U0001F848\U0001F84F\U0001F85A\U0001F85F\U0001F888\U0001F88F" +
		"\U0001F8AE\U0001F8FF\U0001F90C\U0001F93A\U0001F93C\U0001F945\U0001F947\U0001FAFF\U0001FC00\U0001FFFD"
)

func propertyOf(r rune) property {
	switch {
	case r == '\r':
		return carriageReturn
	case r == '\n':
		return lineFeed
	case r == 0x200D:
		return joiner
	case r < 0x20 || r >= 0x7F && r < 0xA0:
		return control
	case r < 0x7F:
		return anything
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Other_Grapheme_Extend), r >= 0x1F3FB && r <= 0x1F3FF, token.Within(newerExtend, r):
		return extend
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r), token.Within(prefixes, r):
		return prepend
	case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp), r >= 0xE0000 && r <= 0xE0FFF, r >= 0xFFF0 && r <= 0xFFF8, r == 0x2065:
		return control
	case r >= 0x1F1E6 && r <= 0x1F1FF:
		return regional
	case r == 0x0E33 || r == 0x0EB3 || unicode.Is(unicode.Mc, r) && !token.Within(apart, r):
		return spacing
	case token.Within(pictographs, r):
		return pictograph
	}
	return hangul(r)
}

// hangul tells the kinds of Korean syllables and their parts.
func hangul(r rune) property {
	switch {
	case r >= 0x1100 && r <= 0x115F, r >= 0xA960 && r <= 0xA97C:
		return hangulL
	case r >= 0x1160 && r <= 0x11A7, r >= 0xD7B0 && r <= 0xD7C6:
		return hangulV
	case r >= 0x11A8 && r <= 0x11FF, r >= 0xD7CB && r <= 0xD7FB:
		return hangulT
	case r >= 0xAC00 && r <= 0xD7A3 && (r-0xAC00)%28 == 0:
		return hangulLV
	case r >= 0xAC00 && r <= 0xD7A3:
		return hangulLVT
	}
	return anything
}

// cluster is the length in bytes of the first extended grapheme cluster of a
// text that is not empty. Rule GB9c (conjuncts of Indic scripts) is left out:
// what it joins is too long to be replaced as a whole either way.
func cluster(text string) int {
	r, at := utf8.DecodeRuneInString(text)
	before, flags, emoji := propertyOf(r), 0, false
	if before == regional {
		flags = 1
	}
	emoji = before == pictograph
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if text[at] < 0x80 && before == anything && r != '\r' && r != '\n' {
			return at // the common case
		}
		now := propertyOf(r)
		pairs := now == regional && flags%2 == 1
		if !joins(before, now) && !(emoji && before == joiner && now == pictograph) && !pairs {
			return at
		}
		if now == regional {
			flags++
		} else {
			flags = 0
		}
		emoji = now == pictograph || emoji && (now == extend || now == joiner)
		before, at = now, at+n
	}
	return at
}

// joins tells whether two neighbours are never parted, whatever stands before
// them.
func joins(before, now property) bool {
	switch before {
	case carriageReturn:
		return now == lineFeed
	case lineFeed, control:
		return false
	}
	switch now {
	case extend, joiner, spacing:
		return true
	case carriageReturn, lineFeed, control:
		return false
	}
	switch before {
	case prepend:
		return true
	case hangulL:
		return now == hangulL || now == hangulV || now == hangulLV || now == hangulLVT
	case hangulLV, hangulV:
		return now == hangulV || now == hangulT
	case hangulLVT, hangulT:
		return now == hangulT
	}
	return false
}
