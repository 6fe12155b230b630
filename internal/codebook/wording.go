package codebook

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold returns what words have in common that differ only in case, spaces or
// the encoding of accents.
func fold(s string) string {
	return strings.Join(strings.Fields(norm.NFC.String(cases.Fold().String(norm.NFC.String(s)))), "")
}

// clean removes spaces at the ends of a text and of its lines, which change
// nothing.
func clean(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\r")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func cleanAll(texts []string) {
	for i, t := range texts {
		texts[i] = clean(t)
	}
}

// listed words a list of things: "a, b or c".
func listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// quoted puts words into backquotes.
func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "`" + w + "`"
	}
	return out
}

// maxListed is how many codes a message lists.
const maxListed = 40

// wanted words the values that a column can have, for a model.
func (c *Codebook) wanted(at int) string {
	col := c.columns[at]
	v := &c.Variables[col.Variable]
	if col.Explanation {
		return "a text that explains the value after it"
	}
	switch v.Type {
	case Categorical:
		return "one of " + codeList(v.Codes())
	case Multi:
		return "a list of any of " + codeList(v.Codes())
	case Boolean:
		return "true or false"
	case Integer:
		return "a whole number" + v.bounds()
	case Number:
		return "a number" + v.bounds()
	}
	return "a text"
}

func codeList(codes []string) string {
	if len(codes) > maxListed {
		return fmt.Sprintf("its %d codes", len(codes))
	}
	out := make([]string, len(codes))
	for i, s := range codes {
		out[i] = strconv.Quote(s)
	}
	return strings.Join(out, ", ")
}

// bounds words the range of a number: " from 1 to 5".
func (v *Variable) bounds() string {
	out := ""
	if v.Min != nil {
		out += " from " + decimal(*v.Min)
		if v.Max == nil {
			out += " on"
		}
	}
	if v.Max != nil {
		out += " to " + decimal(*v.Max)
		if v.Min == nil {
			out = " up" + out
		}
	}
	return out
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
