package report

import (
	"strings"
	"unicode/utf8"
)

// invalid stands for bytes that are no UTF-8.
const invalid = "\uFFFD"

// How much of a text of the data is kept, in bytes.
const (
	maxName  = 400
	maxValue = 1200
)

// clip cuts a text that is longer than n bytes, at a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// copied returns a text of its own memory, in valid UTF-8.
func copied(s string) string { return strings.Clone(strings.ToValidUTF8(s, invalid)) }
