package lock

import (
	"fmt"
	"strings"
)

// String words a difference in one line.
func (d Difference) String() string {
	var b strings.Builder
	if d.Stage != "" {
		fmt.Fprintf(&b, "%s: ", d.Stage)
	}
	switch {
	case d.Sort == Form && d.Stage == "":
		b.WriteString("changed outside of the stages, in what decides no result: comments, the budget, how it is written")
		return b.String()
	case d.Sort == Form && d.What == "text":
		b.WriteString("written in another way in the pipeline file, and says the same")
		return b.String()
	case d.What == Unrecorded:
		fmt.Fprintf(&b, "%s of its answers stand in .icono alone, which git does not carry: icono answers export --vectors", d.Found)
		return b.String()
	case d.What == "stage" && d.Found == "":
		fmt.Fprintf(&b, "the stage of kind %s is gone", d.Locked)
		return b.String()
	case d.What == "stage":
		fmt.Fprintf(&b, "a new stage of kind %s", d.Found)
		return b.String()
	}
	b.WriteString(subject(d.What, d.Name))
	switch locked, found := shorter(d.Locked, d.Found); {
	case d.Found == "":
		fmt.Fprintf(&b, " is gone (locked %s)", locked)
	case d.Locked == "":
		fmt.Fprintf(&b, " is new: %s", found)
	default:
		fmt.Fprintf(&b, " changed: locked %s, found %s", locked, found)
	}
	return b.String()
}

// subject names what differs.
func subject(what, name string) string {
	one := map[string]string{"options": "the option", "reads": "the file", "cassettes": "the recorded answers", "facts": "what it states as", "columns": "the column",
		"faults": "the number of rows that are", "writes": "the output", "contents": "what is in", "picture": "the picture", "the file of the bundle": "the file, or its line in SHA256SUMS,"}[what]
	switch {
	case name != "" && one != "":
		return one + " " + name
	case name != "":
		return what + " " + name
	}
	return what
}

// shorter cuts the sums in two values to their first digits, to more where they would
// look alike.
func shorter(a, b string) (string, string) {
	const least, all = 12, 64
	for digits := least; digits < all; digits += least {
		if x, y := short(a, digits), short(b, digits); x != y || a == b {
			return x, y
		}
	}
	return a, b
}

// short cuts sums to some digits.
func short(value string, digits int) string {
	words := strings.Fields(value)
	for i, w := range words {
		if sumForm.MatchString(w) {
			words[i] = w[:len("sha256:")+digits] + "…"
		}
	}
	return strings.Join(words, " ")
}
