package bundle

import (
	"fmt"
	"regexp"
	"strings"
)

// Person is an author: "Family, Given <0000-0002-1825-0097>", the ORCID optional.
type Person struct {
	Family, Given string
	// Name is that of one who has no family name, or of an institution.
	Name  string
	ORCID string
}

var personForm = regexp.MustCompile(`^([^<>]+?)\s*(?:<(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])>)?$`)

// ParsePerson reads an author.
func ParsePerson(text string) (Person, error) {
	m := personForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return Person{}, fmt.Errorf("%q is no author: write \"Family, Given\", with an ORCID as <0000-0002-1825-0097> where there is one", text)
	}
	p := Person{ORCID: m[2]}
	if m[2] != "" && !orcid(m[2]) {
		return Person{}, fmt.Errorf("%s is no ORCID: its last character does not fit the others", m[2])
	}
	family, given, both := strings.Cut(m[1], ",")
	if both && strings.TrimSpace(family) != "" && strings.TrimSpace(given) != "" {
		p.Family, p.Given = strings.TrimSpace(family), strings.TrimSpace(given)
	} else {
		p.Name = strings.TrimSpace(m[1])
	}
	return p, nil
}

// orcid checks the last character of an ORCID (ISO 7064, MOD 11-2).
func orcid(id string) bool {
	total := 0
	digits := strings.ReplaceAll(id, "-", "")
	for _, c := range digits[:15] {
		total = (total + int(c-'0')) * 2
	}
	want := (12 - total%11) % 11
	last := digits[15]
	return want == 10 && last == 'X' || want < 10 && last == byte('0'+want)
}

// String is the name as people write it.
func (p Person) String() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Given + " " + p.Family
}

// About is what a bundle says of itself.
type About struct {
	Title, Text, License, Version string
	Authors                       []Person
	// Date is that of the bundle, as 2006-01-02.
	Date string
}

// Blank stands where only the author can say something.
const Blank = "[AUTHOR: "

func blank(what string) string { return Blank + what + "]" }
