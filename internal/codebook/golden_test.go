package codebook

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"icono/internal/diag"
	"icono/internal/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

func load(t testing.TB, path string) (*Codebook, []diag.Diagnostic) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(source.NewFile(filepath.Base(path), string(text)))
}

func good(t testing.TB, text string) *Codebook {
	t.Helper()
	c, list := Parse(source.NewFile("c.yaml", text))
	if c == nil {
		t.Fatalf("%s\n%s", printed(list), text)
	}
	return c
}

func printed(list []diag.Diagnostic) string {
	var b bytes.Buffer
	diag.Print(&b, list, false)
	return b.String()
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: %s", path, cmp.Diff(string(want), got))
	}
}

// Every mistake is found in one go, at its place.
func TestBadCodebooks(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 15 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			c, list := load(t, file)
			if len(list) == 0 {
				t.Error("nothing is found")
			}
			errors := false
			for _, d := range list {
				errors = errors || d.Severity == diag.Error
			}
			if errors != (c == nil) {
				t.Errorf("errors: %v, codebook: %v", errors, c)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", printed(list))
		})
	}
}

func TestPromptsAndSchemas(t *testing.T) {
	for _, name := range []string{"visual-frames", "tree"} {
		c, list := load(t, "testdata/"+name+".yaml")
		if len(list) > 0 {
			t.Fatal(printed(list))
		}
		golden(t, "testdata/"+name+".prompt.txt", c.Prompt(nil))
		var schema bytes.Buffer
		if err := json.Indent(&schema, c.JSONSchema(), "", "  "); err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/"+name+".schema.json", schema.String()+"\n")
		for _, s := range c.Steps() {
			golden(t, "testdata/"+name+"."+s.ID+".prompt.txt", s.Book.Prompt(nil))
		}
	}
}
