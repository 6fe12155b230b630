package pipelines_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"icono/pipelines"
)

func TestNames(t *testing.T) {
	if got, want := pipelines.Names(), []string{"colour-mood", "image-types"}; !slices.Equal(got, want) {
		t.Errorf("Names() = %q, want %q", got, want)
	}
}

// A template is valid YAML, names itself, and leaves its first line to `init`,
// which puts the editor's schema there.
func TestTemplates(t *testing.T) {
	for _, name := range pipelines.Names() {
		text, err := pipelines.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Version int
			Name    string
			About   string
			Stages  []struct{ ID, Kind string }
		}
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if doc.Version != 1 || doc.Name != name || doc.About == "" || len(doc.Stages) < 5 {
			t.Errorf("%s: version %d, name %q, about %q, %d stages", name, doc.Version, doc.Name, doc.About, len(doc.Stages))
		}
		if bytes.Contains(text, []byte("$schema")) {
			t.Errorf("%s names a schema of its own", name)
		}
		if !bytes.Contains(text, []byte("# change")) {
			t.Errorf("%s marks no line to change", name)
		}
	}
}

func TestReadUnknown(t *testing.T) {
	for _, name := range []string{"", "image-type", "../pipelines", "colour-mood.yaml"} {
		if _, err := pipelines.Read(name); err == nil || !strings.Contains(err.Error(), "image-types") {
			t.Errorf("Read(%q): error %v does not list the templates", name, err)
		}
	}
}
