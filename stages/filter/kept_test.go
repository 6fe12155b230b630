package filter_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/filter"
)

// Rows that were kept before stay, whatever the condition says of them now.
func TestKeptBefore(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"kept.csv": "key\n04\n02\n", "none.csv": "key,n\n", "wrong.csv": "id\n1\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	with := func(list string) *filter.Config {
		c := config("Likes > 100", "error")
		c.Kept = option.Path(list)
		return c
	}
	in := []stagetest.Input{{Schema: schema(), Rows: rows()}}
	stagetest.Conform(t, filter.Kind(),
		stagetest.Case{Name: "kept", Config: with("kept.csv"), In: in, Study: stagetest.Folder(dir), Want: [][]any{{"02", int64(1), "spd", []any{}}, {"04", int64(9), nil, []any{"z"}}}},
		stagetest.Case{Name: "none", Config: with("none.csv"), In: in, Study: stagetest.Folder(dir), Want: [][]any{}})
	env, _ := stagetest.Env(t, memory.DefaultAllocator)
	env.Study = stagetest.Folder(dir)
	s := filter.Kind().Build("f", with("wrong.csv"))
	if err := s.(stage.Prober).Probe(t.Context(), env, true); err == nil || !strings.Contains(err.Error(), "kept: wrong.csv has no column `key`") {
		t.Error(err)
	}
	s = filter.Kind().Build("f", with("kept.csv"))
	if err := s.(stage.Prober).Probe(t.Context(), env, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Schema([]*arrow.Schema{stagetest.Schema(stagetest.Int("Likes"))}); err == nil || !strings.Contains(err.Error(), "these rows have none") {
		t.Error(err)
	}
}
