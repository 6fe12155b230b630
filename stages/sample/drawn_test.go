package sample_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/sample"
)

func list(t *testing.T, text string) stagetest.Folder {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "drawn.csv"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return stagetest.Folder(dir)
}

// Rows that were drawn before are taken as they are listed, whatever `n` and the seed
// would draw now.
func TestDrawnBefore(t *testing.T) {
	before := config(func(c *sample.Config) {
		n := 2
		c.N, c.Drawn = &n, "drawn.csv"
	})
	study := list(t, "key,probability\n003,0.25\n001,0.5\n017,\n")
	in := []stagetest.Input{{Schema: schema(), Rows: posts(20)}}
	stagetest.Conform(t, sample.Kind(), stagetest.Case{Name: "drawn", Config: before, In: in, Study: study, Want: [][]any{
		{"001", "spd", int64(2021), 0.5}, {"003", "cdu", int64(2021), 0.25}, {"017", "cdu", int64(2021), nil}}})

	env, ledger := stagetest.Env(t, memory.DefaultAllocator)
	env.Study = list(t, "key\n003\nnobody\n")
	s := sample.Kind().Build("s", before)
	if err := s.(stage.Prober).Probe(t.Context(), env, true); err != nil {
		t.Fatal(err)
	}
	rec := stagetest.Record(t, memory.DefaultAllocator, schema(), posts(20)...)
	out := stagetest.Run(t, t.Context(), s, env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, 7, true)})
	got, err := stagetest.Collect(out.Rows)
	if err != nil || !slices.Equal(keys(got), []string{"003"}) {
		t.Errorf("%v, %v", got, err)
	}
	if text := strings.Join(ledger.Warnings(), "\n"); !strings.Contains(text, "1 of the 2 keys in drawn.csv name no row here") {
		t.Errorf("warned of %q", text)
	}
	env.Study = list(t, "ID\n003\n")
	if err := sample.Kind().Build("s", before).(stage.Prober).Probe(t.Context(), env, true); err == nil || !strings.Contains(err.Error(), "drawn: drawn.csv has no column `key`") {
		t.Error(err)
	}
}
