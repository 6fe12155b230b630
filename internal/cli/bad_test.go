package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"icono/internal/diag"
	"icono/internal/source"
	"icono/schemas"
)

// run calls the program and returns its exit code and what it printed.
func run(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(context.Background(), args, Streams{In: strings.NewReader(""), Out: &o, Err: &e}, "test")
	return code, o.String(), e.String()
}

// editorSchema is the schema of pipeline files as an editor uses it.
func editorSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := schemas.Read("pipeline")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("pipeline.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("pipeline.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// structural are the codes of mistakes that an editor's schema can see too.
var structural = []string{"required", "unknown-option", "unknown-key", "type", "not-a-choice", "range", "version", "no-value", "text-meant", "unknown-kind", "bad-id"}

// TestBadFiles checks one small file for each mistake against what validate
// says of it, and that the editor's schema agrees. UPDATE=1 writes the
// expectations anew.
func TestBadFiles(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "")
	schema := editorSchema(t)
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	t.Chdir("testdata/bad")
	for _, file := range files {
		file = filepath.Base(file)
		t.Run(strings.TrimSuffix(file, ".yaml"), func(t *testing.T) {
			code, _, text := run(t, "validate", file)
			got := fmt.Sprintf("exit code %d\n%s", code, text)
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
			warning := strings.HasPrefix(file, "nothing-saved") || strings.HasPrefix(file, "fine-")
			if !warning && code != exitWrong {
				t.Errorf("exit code %d, want %d", code, exitWrong)
			}
			agree(t, schema, file)
		})
	}
}

// agree holds the editor's schema and validate to the same verdict.
func agree(t *testing.T, schema *jsonschema.Schema, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	root, faults := source.Parse(source.NewFile(file, string(text)))
	if root == nil || len(faults) > 0 {
		return // no YAML, so nothing for a schema
	}
	refused := schema.Validate(root.JSON())
	_, out, _ := run(t, "validate", "--json", file)
	var list []struct {
		Severity diag.Severity
		Code     string
		Message  string
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	errs, seen := 0, ""
	for _, d := range list {
		if d.Severity != diag.Error {
			continue
		}
		errs++
		if slices.Contains(structural, d.Code) {
			seen = d.Message
		}
	}
	switch {
	case refused != nil && errs == 0:
		t.Errorf("the schema refuses what validate accepts: %v", refused)
	case refused == nil && seen != "":
		t.Errorf("the schema accepts what validate refuses: %s", seen)
	}
}

// TestGoodFiles checks that both accept every pipeline of the project.
func TestGoodFiles(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "")
	schema := editorSchema(t)
	var files []string
	for _, pattern := range []string{"../../examples/*/*.yaml", "../../pipelines/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			agree(t, schema, file)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			root, _ := source.Parse(source.NewFile(file, string(text)))
			if err := schema.Validate(root.JSON()); err != nil && !strings.Contains(file, "testdata") {
				t.Errorf("the schema refuses it: %v", err)
			}
			if strings.Contains(file, "examples") {
				if code, _, text := run(t, "validate", file); code != exitDone {
					t.Errorf("exit code %d:\n%s", code, text)
				}
			}
		})
	}
}
