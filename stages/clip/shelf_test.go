package clip_test

import (
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/clip"
)

// A picture whose vector is kept is not computed again, whatever the phrases,
// and has the same code to the last bit.
func TestVectorsAreKept(t *testing.T) {
	m, files, folder := newMachine(t), study(t), t.TempDir()
	run := func(mode answers.Mode, change func(*clip.Config)) ([][]any, int) {
		t.Helper()
		desk := asking.New(asking.Options{Folder: filepath.Join(folder, ".icono"), Cassettes: filepath.Join(folder, "cassettes"), Mode: mode})
		env, _ := stagetest.Env(t, memory.DefaultAllocator)
		env.Study = files
		rec := stagetest.Record(t, memory.DefaultAllocator, schema(), rows()...)
		out := stagetest.Run(t, t.Context(), clip.Kind(m, desk).Build("mood", config(change)), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, 3, true)})
		got, err := stagetest.Collect(out.Rows)
		if err != nil {
			t.Fatal(err)
		}
		if err := desk.Close(); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, pictures := range m.seen() {
			n += pictures
		}
		return got, n
	}
	plain := classify(t, m, config(nil), rows(), 2, 3, files).rows
	m.seen()
	fewer := func(c *clip.Config) { c.Labels = c.Labels[:2] }
	fewerPlain := classify(t, m, config(fewer), rows(), 2, 3, files).rows
	m.seen()
	for _, c := range []struct {
		name     string
		mode     answers.Mode
		change   func(*clip.Config)
		want     [][]any
		computed bool
	}{
		{"a replay of nothing", answers.None, nil, plain, true},
		{"first", answers.NewEpisodes, nil, plain, true},
		{"again", answers.NewEpisodes, nil, plain, false},
		{"a replay", answers.None, nil, plain, false},
		{"other phrases", answers.NewEpisodes, fewer, fewerPlain, false},
		{"all anew", answers.All, nil, plain, true},
		{"pictures turned", answers.NewEpisodes, func(c *clip.Config) { c.Orient = !c.Orient }, nil, true},
	} {
		got, n := run(c.mode, c.change)
		if d := cmp.Diff(c.want, got); c.want != nil && d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		if (n > 0) != c.computed {
			t.Errorf("%s: %d pictures are computed", c.name, n)
		}
	}
}
