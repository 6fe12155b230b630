package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/onnx"
)

// Versions whose models are not recorded are both computed, one after the other: a
// process has one library for models.
func TestDiffComputesBothVersions(t *testing.T) {
	if path, _ := onnx.Locate(); path == "" {
		t.Skip("skipped: needs ONNX Runtime, which `make setup` fetches")
	}
	study := filepath.Join(filepath.Dir(ranExample(t)), "colour-mood")
	v := inGit(t, study, study)
	file := filepath.Join(study, "pipeline.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "n: 12", "n: 5", 1)
	if err := os.WriteFile(file, []byte(changed), 0o644); err != nil || changed == string(text) {
		t.Fatal(err, "or nothing to change")
	}
	r, all := v.diff()
	if len(all) == 0 || len(r.Tables) == 0 || len(r.Tables[0].Lost) == 0 {
		t.Errorf("%+v", r)
	}
}
