package report

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// grouped writes a whole number with commas between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return sign + s
}

// percent writes a part of a whole with one decimal; "–" of nothing.
func percent(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64) + " %"
}

// chance writes a probability with two decimals, and with three where two
// would round to 0 or 1; "" of none.
func chance(p float64) string {
	switch {
	case math.IsNaN(p):
		return ""
	case p > 0 && p < 0.005 || p < 1 && p >= 0.995:
		if p >= 0.9995 && p < 1 {
			return "> 0.999"
		}
		if p < 0.0005 && p > 0 {
			return "< 0.001"
		}
		return strconv.FormatFloat(p, 'f', 3, 64)
	}
	return strconv.FormatFloat(p, 'f', 2, 64)
}

// length writes a coordinate of an SVG.
func length(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 3, 64), "0"), ".")
}

// plural writes a number with a noun: "1 row", "2 rows".
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// list joins words with commas and "and".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// say makes a paragraph of words; every second one is a name.
func say(words ...string) prose {
	var out prose
	for i, w := range words {
		if w != "" {
			out = append(out, word{w, i%2 == 1})
		}
	}
	return out
}

// quoted makes a paragraph of a text whose names stand in backticks.
func quoted(text string) prose { return say(strings.Split(text, "`")...) }

// parts splits a name where a line may break in it: after _ and /, and before a
// capital that follows a small letter.
func parts(name string) []string {
	var out []string
	start, before := 0, ' '
	for i, r := range name {
		if before == '_' || before == '/' || unicode.IsLower(before) && unicode.IsUpper(r) {
			out, start = append(out, name[start:i]), i
		}
		before = r
	}
	return append(out, name[start:])
}
