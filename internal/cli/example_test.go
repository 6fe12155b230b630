package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/onnx"
)

// TestKindExamples runs the example that the page of each kind shows, on the
// tables and pictures of the example study.
func TestKindExamples(t *testing.T) {
	if path, _ := onnx.Locate(); path == "" {
		t.Skip("skipped: needs ONNX Runtime, which `make setup` fetches")
	}
	study, err := filepath.Abs("../../examples/colour-mood")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kindNames() {
		t.Run(kind, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("../../stages", kind, "testdata/example.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, name := range []string{"data", "media"} {
				if err := os.Symlink(filepath.Join(study, name), filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
			file := filepath.Join(dir, "pipeline.yaml")
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
			if code, _, text := run(t, "run", file); code != exitDone {
				t.Errorf("exit code %d:\n%s", code, text)
			}
			if found, _ := filepath.Glob(filepath.Join(dir, "out/*")); len(found) == 0 {
				t.Error("nothing was written")
			}
			agree(t, editorSchema(t), file)
		})
	}
}

// TestReadme validates every pipeline that README.md shows, on the tables of
// the example study.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	data, err := filepath.Abs("../../examples/colour-mood/data")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```yaml\n")[1:]
	if len(blocks) == 0 {
		t.Fatal("README.md shows no pipeline")
	}
	for i, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		dir := t.TempDir()
		if err := os.Symlink(data, filepath.Join(dir, "data")); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "pipeline.yaml"), []byte(block), 0o644); err != nil {
			t.Fatal(err)
		}
		if code, _, text := run(t, "validate", dir); code != exitDone {
			t.Errorf("pipeline %d of README.md: exit code %d\n%s", i+1, code, text)
		}
	}
}
