package bundle

import (
	"fmt"
	"regexp"
	"slices"
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

// KnownLicense reports whether a text is the SPDX identifier of a licence that data sets
// have.
func KnownLicense(id string) bool {
	return slices.Contains([]string{"CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC-BY-NC-ND-4.0", "CC-BY-3.0", "CC-BY-SA-3.0",
		"PDDL-1.0", "ODC-By-1.0", "ODbL-1.0", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "DL-DE-BY-2.0", "DL-DE-ZERO-2.0", "etalab-2.0", "OGL-UK-3.0",
		"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "AGPL-3.0-only", "AGPL-3.0-or-later",
		"LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0", "EUPL-1.2", "Unlicense"}, id)
}
