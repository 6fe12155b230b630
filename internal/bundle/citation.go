package bundle

import (
	"fmt"
	"strings"
)

// CitationFile is the text of a citation file (Citation File Format 1.2.0).
func (a About) CitationFile() string {
	var b strings.Builder
	fmt.Fprintf(&b, "cff-version: 1.2.0\nmessage: If you use this data set, please cite it as below.\ntype: dataset\ntitle: %s\n", quoted(a.title()))
	if a.Text != "" {
		fmt.Fprintf(&b, "abstract: %s\n", quoted(a.Text))
	}
	b.WriteString("authors:\n")
	for _, p := range a.Authors {
		if p.Name != "" {
			fmt.Fprintf(&b, "  - name: %s\n", quoted(p.Name))
		} else {
			fmt.Fprintf(&b, "  - family-names: %s\n    given-names: %s\n", quoted(p.Family), quoted(p.Given))
		}
		if p.ORCID != "" {
			fmt.Fprintf(&b, "    orcid: \"https://orcid.org/%s\"\n", p.ORCID)
		}
	}
	if len(a.Authors) == 0 {
		fmt.Fprintf(&b, "  - name: %s\n", quoted(blank("your names, or --author")))
	}
	fmt.Fprintf(&b, "date-released: \"%s\"\n", a.Date)
	if a.Version != "" {
		fmt.Fprintf(&b, "version: %s\n", quoted(a.Version))
	}
	if a.License != "" {
		fmt.Fprintf(&b, "license: %s\n", quoted(a.License))
	}
	b.WriteString("keywords:\n  - content analysis\n  - images\n")
	return b.String()
}

func (a About) title() string {
	if a.Title == "" {
		return "a study of images"
	}
	return a.Title
}
