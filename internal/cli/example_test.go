package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/chat/chattest"
	"icono/internal/gemini/geminitest"
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
			args := []string{"run", file}
			switch kind {
			case "gpt": // a server of the same protocol answers
				s := chattest.Start(t, chattest.Options{Script: func(*chattest.Call) chattest.Behaviour { return chattest.Says(`{"Place": "indoors", "Persons": 2}`) }})
				args = append(args, "--record", "new_episodes", "--set", "place.base_url="+s.URL)
			case "caption":
				s := geminitest.Start(t, geminitest.Options{Key: "a-key-for-tests", Script: func(*geminitest.Call) geminitest.Behaviour { return geminitest.Says("Ein Bild.") }})
				t.Setenv("CAPTION_KEY", "a-key-for-tests")
				args = append(args, "--record", "new_episodes", "--set", "caption.base_url="+s.URL, "--set", "caption.key=${CAPTION_KEY}")
			case "vision": // the model of objects would have to be downloaded
				if out, err := exec.Command("tesseract", "--list-langs").Output(); err != nil || !strings.Contains(string(out), "deu") {
					t.Skip("skipped: needs the program tesseract with German")
				}
				args = append(args, "--record", "new_episodes", "--set", "seen.features=[text]")
			}
			if code, _, text := run(t, args...); code != exitDone {
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
		for name, target := range map[string]string{"data": data, "codebooks": filepath.Join(data, "../../visual-frames/codebooks")} {
			if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if strings.HasPrefix(block, "  - id:") { // a stage alone
			block = "version: 1\nstages:\n  - {id: posts, kind: load, with: {path: data/posts.csv, key: ID, image: File}}\n" + block
		}
		if err := os.WriteFile(filepath.Join(dir, "pipeline.yaml"), []byte(block), 0o644); err != nil {
			t.Fatal(err)
		}
		if code, _, text := run(t, "validate", dir); code != exitDone {
			t.Errorf("pipeline %d of README.md: exit code %d\n%s", i+1, code, text)
		}
	}
}

// TestExampleFiles checks every pipeline of the examples, by the program and by the
// schema that editors use.
func TestExampleFiles(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if code, _, text := run(t, "validate", file); code != exitDone {
			t.Errorf("%s: exit code %d\n%s", file, code, text)
		}
		agree(t, editorSchema(t), file)
	}
}
