// Package pipelines holds the ready-made pipelines that a study can start from.
// They are part of the program; `icono init --from NAME` writes one. The folder ci holds
// the workflows that check a study; `icono init --ci NAME` writes one.
package pipelines

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed *.yaml ci/*.yml
var files embed.FS

// Names returns the templates' names in alphabetical order.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
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

// Workflow returns the workflow that checks a study at a service, and the path at which
// that service looks for it. The services are github and gitlab.
func Workflow(service string) (text []byte, path string, err error) {
	paths := map[string]string{"github": ".github/workflows/icono.yml", "gitlab": ".gitlab-ci.yml"}
	if paths[service] == "" {
		return nil, "", fmt.Errorf("there is no workflow for %q; there are github, gitlab", service)
	}
	text, err = files.ReadFile("ci/" + service + ".yml")
	return text, paths[service], err
}
