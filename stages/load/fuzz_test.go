package load_test

import (
	"os"
	"path/filepath"
	"testing"

	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/load"
)

// FuzzDownloads holds that any list of 4CAT is a table or an error.
func FuzzDownloads(f *testing.F) {
	for _, s := range []string{`{}`, `{"u": {"filename": "a.jpg", "success": true, "post_ids": ["1", 2]}, "v": {"files": [{"filename": "b.mp4"}]}}`, `{"u": null}`, `[1]`, `{"u": {"post_ids": [null, {}]}}`} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(filepath.Join(dir, ".metadata.json"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		env, _ := stagetest.Env(t, stagetest.Memory(t))
		env.Study = stagetest.Folder(dir)
		s := load.Kind().Build("l", config("", "", ".metadata.json")).(interface {
			stage.Stage
			stage.Prober
		})
		if s.Probe(t.Context(), env, true) != nil {
			return
		}
		if _, err := s.Schema(nil); err != nil {
			t.Fatal(err)
		}
		if _, err := stagetest.Collect(s.Run(t.Context(), env, nil)); err != nil {
			t.Fatal(err)
		}
	})
}
