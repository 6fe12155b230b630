package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"icono/internal/onnx"
)

// every is a study with a stage of every kind and an output of every format.
const every = `version: 1
seed: 3
stages:
  - {id: posts, kind: load, with: {path: data/posts.csv, key: ID, image: '"media/images/" + Username + "/" + File'}}
  - {id: some, kind: filter, with: {where: 'Username != "fuchsbau.zeitung"'}}
  - {id: few, kind: sample, with: {n: 9, by: Username}}
  - {id: mood, kind: clip, with: {model: palette, batch_size: %d, scores: phrases, labels: {Dark: [dark], Bright: [bright, white]}}}
  - {id: lean, kind: select, from: posts, with: {keep: [ID], derive: {letters: len(Caption)}}}
  - {id: all, kind: join, from: [mood, lean], with: {on: ID}}
  - {id: csv, kind: save, with: {path: out/x.csv}}
  - {id: parquet, kind: save, from: all, with: {path: out/x.parquet}}
  - {id: lines, kind: save, from: all, with: {path: out/x.jsonl}}
  - {id: arrow, kind: save, from: all, with: {path: out/x.arrow}}
  - {id: page, kind: report, from: all, with: {path: out/x.html}}
`

// TestSameBytes runs a study with other batches and workers: all outputs are
// equal but for the report's copy of the pipeline file, which stays as it is.
func TestSameBytes(t *testing.T) {
	study := t.TempDir()
	for _, name := range []string{"data", "media"} {
		if err := os.Symlink(examples(t)+"/colour-mood/"+name, filepath.Join(study, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(study, "pipeline.yaml"), fmt.Appendf(nil, every, 7), 0o644); err != nil {
		t.Fatal(err)
	}
	sameBytes(t, study, "x.csv", "x.parquet", "x.jsonl", "x.arrow", "x.html")
}

// TestSameBytesOfTheWholeMethod runs the example with every coder from its
// cassettes alone, without models, keys and ONNX Runtime, with other batches and
// workers.
func TestSameBytesOfTheWholeMethod(t *testing.T) {
	top := wholeMethod(t)
	t.Setenv(onnx.LibraryVariable, filepath.Join(top, "nowhere.so")) // vectors are recorded too
	t.Setenv("OPENAI_API_KEY", "")
	sameBytes(t, filepath.Join(top, "ensemble"), "merged.csv", "posts.parquet", "report.html")
	if _, err := os.Stat(filepath.Join(top, "ensemble/.icono")); err == nil {
		t.Error("a replay has left a store behind")
	}
}

// sameBytes runs a study several times and compares its outputs.
func sameBytes(t *testing.T, study string, outputs ...string) {
	t.Helper()
	want := map[string]string{}
	forms := [][2]int{{256, 2}, {1, 1}, {2, 8}, {7, 3}, {26, 4}, {27, 1}, {512, 8}}
	if race {
		forms = forms[:3]
	}
	for _, c := range forms {
		cmd := exec.Command("icono", "run", study, "--record", "none", "--batch-rows", fmt.Sprint(c[0]), "--workers", fmt.Sprint(c[1]))
		cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+cacheHome())
		if text, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() == 3 {
			t.Skip("skipped: needs ONNX Runtime, which `make setup` fetches")
		} else if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, name := range outputs {
			got, err := os.ReadFile(filepath.Join(study, "out", name))
			if err != nil {
				t.Fatal(err)
			}
			if want[name] == "" {
				want[name] = string(got)
			} else if want[name] != string(got) {
				t.Errorf("%d rows a batch, %d workers: %s differs", c[0], c[1], name)
			}
		}
	}
}
