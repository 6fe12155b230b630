package pipelines_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"icono/internal/diag"
	"icono/internal/pipeline"
	"icono/internal/source"
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
		var faults diag.List
		doc := pipeline.Parse(source.NewFile(name, string(text)), nil, &faults)
		for _, d := range faults.Sorted() {
			t.Errorf("%s: %s", name, d.Message)
		}
		if doc.Name != name || doc.About == "" || len(doc.Stages) < 5 {
			t.Errorf("%s: name %q, about %q, %d stages", name, doc.Name, doc.About, len(doc.Stages))
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
