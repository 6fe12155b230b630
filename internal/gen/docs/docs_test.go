package docs

import (
	"os"
	"path/filepath"
	"testing"
)

func TestProseComesFromComments(t *testing.T) {
	root := t.TempDir()
	text := "// Package x is the kind `y`, which does\n// one thing.\n//\n// And more.\npackage x\n\ntype Config struct {\n\t// A is\n\t// this.\n\tA string\n\tB int // not this\n}\n"
	if err := os.MkdirAll(filepath.Join(root, "stages/x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "stages/x/config.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := Read(root, "m", "stages/x")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Field("m/stages/x.Config", "A"); got != "A is this." {
		t.Errorf("A: %q", got)
	}
	if got := p.Field("m/stages/x.Config", "B"); got != "" {
		t.Errorf("B: %q", got)
	}
	if got := p.Kind("m/stages/x"); got != "Does one thing.\n\nAnd more." {
		t.Errorf("kind: %q", got)
	}
}
