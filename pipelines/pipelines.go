// Package pipelines holds the ready-made pipelines that a study can start from.
// They are part of the program; `icono init --from NAME` writes one.
package pipelines

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Names returns the templates' names in alphabetical order.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Read returns the text of the template called name. An unknown name is an error
// that lists the names there are.
func Read(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("there is no template %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return files.ReadFile(name + ".yaml")
}
