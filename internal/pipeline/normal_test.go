package pipeline_test

import (
	"strings"
	"testing"

	"icono/internal/diag"
	"icono/internal/pipeline"
	"icono/internal/source"
)

// Each byte of the text belongs to one passage, comments to the stage below them.
func TestPassages(t *testing.T) {
	const text = "# first\nversion: 1\n\nstages:\n\n  # about a\n  - id: a\n    kind: load\n    with: {path: |\n      # no comment\n      x}\n  - {id: b, kind: save}\n\n  # about c\n  # and more\n  - id: c\n    kind: save\nbudget: 3\n"
	for _, text := range []string{text, strings.ReplaceAll(text, "    with: {path: |\n      # no comment\n      x}\n", ""), "version: 1\n", "no: [yaml", ""} {
		var list diag.List
		passages := pipeline.Parse(source.NewFile("x.yaml", text), nil, &list).Passages()
		n := 0
		for _, p := range passages {
			n += len(p)
		}
		if n != len(text) {
			t.Errorf("%d of %d bytes: %q", n, len(text), passages)
		}
	}
	var list diag.List
	got := pipeline.Parse(source.NewFile("x.yaml", strings.ReplaceAll(text, "    with: {path: |\n      # no comment\n      x}\n", "")), nil, &list).Passages()
	want := map[string]string{"": "# first\nversion: 1\n\nstages:\n", "a": "\n  # about a\n  - id: a\n    kind: load\n", "b": "  - {id: b, kind: save}\n", "c": "\n  # about c\n  # and more\n  - id: c\n    kind: save\nbudget: 3\n"}
	for id, passage := range want {
		if got[id] != passage {
			t.Errorf("%s: %q, want %q", id, got[id], passage)
		}
	}
}
