package tower

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
)

//go:embed readme.md
var readme string

// Readme is palette's README.md: readme.md with the table of concepts.
func Readme() []byte {
	var b bytes.Buffer
	b.WriteString("| concept | value | words |\n| --- | --- | --- |\n")
	for _, c := range Concepts() {
		measure := strings.ReplaceAll(c.Measure, "|", "\\|")
		fmt.Fprintf(&b, "| %s: %s | %s | %s |\n", c.Name, c.About, measure, strings.Join(c.Words, ", "))
	}
	return []byte(strings.Replace(readme, "{{concepts}}\n", b.String(), 1))
}
