package clip_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/internal/vectors"
	"icono/stages/clip"
)

// keepers keep vectors through the store of a desk. They implement clip.Shelves.
type keepers struct{ *asking.Desk }

func (k keepers) Keeper(ctx context.Context, stageID, _ string) (vectors.Keeper, error) {
	return k.Counter(ctx, stageID, nil)
}

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
		out := stagetest.Run(t, t.Context(), clip.Kind(m, keepers{desk}).Build("mood", config(change)), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, 3, true)})
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

// nowhere is a machine without models.
type nowhere struct{ clip.Models }

func (nowhere) Open(context.Context, clip.Request) (clip.Encoder, error) {
	return nil, &stage.MissingError{What: "there is no model", Mend: "get one"}
}

// A replay needs no model where all vectors are recorded; one that lacks says
// which.
func TestReplayWithoutTheModel(t *testing.T) {
	m, files, folder := newMachine(t), study(t), t.TempDir()
	run := func(models clip.Models, mode answers.Mode, in [][]any, change func(*clip.Config)) ([][]any, map[string]string, error) {
		t.Helper()
		desk := asking.New(asking.Options{Folder: filepath.Join(folder, ".icono"), Cassettes: filepath.Join(folder, "cassettes"), Mode: mode})
		defer func() {
			if err := desk.Close(); err != nil {
				t.Error(err)
			}
		}()
		env, ledger := stagetest.Env(t, memory.DefaultAllocator)
		env.Study = files
		s := clip.Kind(models, keepers{desk}).Build("mood", config(change))
		if _, err := s.Schema([]*arrow.Schema{schema()}); err != nil {
			return nil, nil, err
		}
		if err := s.(stage.Preparer).Prepare(t.Context(), env, []*arrow.Schema{schema()}); err != nil {
			return nil, nil, err
		}
		rec := stagetest.Record(t, memory.DefaultAllocator, schema(), in...)
		got, err := stagetest.Collect(s.Run(t.Context(), env, []stage.Table{{Schema: schema(), Rows: stagetest.Batches(rec, 3, true)}}))
		return got, ledger.Facts(), err
	}
	all := rows()
	want, facts, err := run(m, answers.NewEpisodes, all[:2], nil)
	if err != nil {
		t.Fatal(err)
	}
	got, again, err := run(nowhere{m}, answers.None, all[:2], nil)
	if d := cmp.Diff(want, got) + cmp.Diff(facts, again); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
	for says, c := range map[string]struct {
		in     [][]any
		change func(*clip.Config)
	}{
		"no vector of the phrase \"a new phrase\"": {all[:2], func(c *clip.Config) { c.Labels[0].Value = []string{"a new phrase"} }},
		"no vector of the picture":                 {all, nil},
	} {
		if _, _, err := run(nowhere{m}, answers.None, c.in, c.change); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "a replay computes nothing") {
			t.Errorf("%s: %v", says, err)
		}
		if _, _, err := run(nowhere{m}, answers.NewEpisodes, c.in, c.change); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "there is no model") {
			t.Errorf("%s, not replayed: %v", says, err)
		}
	}
	// A replay computes nothing also where the model is there, and says which row lacks.
	if _, _, err := run(m, answers.None, all, nil); err == nil || !strings.Contains(err.Error(), `row "03": no vector of the picture blue.png (SHA-256 3c07b7adebba…, of which nothing is recorded)`) {
		t.Error(err)
	}
	if _, _, err := run(m, answers.NewEpisodes, all, nil); err != nil {
		t.Error(err)
	}
	// Of a picture that was replaced it says that.
	other, err := os.ReadFile(filepath.Join(string(files), "red.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(string(files), "blue.png"), append(other, 0), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := run(m, answers.None, all, nil); err == nil || !strings.Contains(err.Error(), "another file than the one that is recorded") {
		t.Error(err)
	}
}
