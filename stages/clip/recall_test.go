package clip_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/clip"
)

// What plan foretells is what a run computes: pictures and phrases without a vector,
// and no row that has no picture.
func TestRecall(t *testing.T) {
	m, files, folder := newMachine(t), study(t), t.TempDir()
	desk := func(look bool) *asking.Desk {
		return asking.New(asking.Options{Folder: filepath.Join(folder, ".icono"), Cassettes: filepath.Join(folder, "cassettes"), Mode: answers.NewEpisodes, Look: look})
	}
	recall := func(change func(*clip.Config), in [][]any) stage.Recall {
		t.Helper()
		d := desk(true)
		defer d.Close()
		env, _ := stagetest.Env(t, memory.DefaultAllocator)
		env.Study = files
		s := clip.Kind(m, keepers{d}).Build("mood", config(change))
		table := stagetest.Table(t, memory.DefaultAllocator, schema(), in...)
		if _, err := s.Schema([]*arrow.Schema{schema()}); err != nil {
			t.Fatal(err)
		}
		r, err := s.(stage.Recaller).Recall(t.Context(), env, table)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	all := rows()
	run := func(in [][]any) int64 {
		t.Helper()
		m.seen()
		d := desk(false)
		defer d.Close()
		env, _ := stagetest.Env(t, memory.DefaultAllocator)
		env.Study = files
		out := stagetest.Run(t, t.Context(), clip.Kind(m, keepers{d}).Build("mood", config(nil)), env, stagetest.Table(t, memory.DefaultAllocator, schema(), in...))
		if _, err := stagetest.Collect(out.Rows); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, pictures := range m.seen() {
			n += pictures
		}
		return int64(n)
	}
	first := recall(nil, all)
	if first.Rows != int64(len(all)) || first.Stored != 0 || first.Compute == 0 || first.Compute >= first.Rows || first.Phrases == 0 {
		t.Errorf("before a run: %+v", first)
	}
	half := all[:len(all)/2]
	run(half)
	then := recall(nil, all)
	if then.Stored == 0 || then.Stored+then.Compute != first.Compute || then.Phrases != 0 || !strings.Contains(strings.Join(then.Reasons, " "), "to compute") {
		t.Errorf("after a run of half: %+v", then)
	}
	if n := run(all); then.Compute > 1 && n != then.Compute {
		t.Errorf("%d pictures were computed, %d foretold", n, then.Compute)
	}
	if r := recall(nil, all); r.Compute != 0 || r.Stored != first.Compute {
		t.Errorf("after the whole run: %+v", r)
	}
	fewer := func(c *clip.Config) {
		c.Labels = c.Labels[:2]
		c.Labels[0].Value = []string{"something else"}
	}
	if r := recall(fewer, all); r.Compute != 0 || r.Phrases != 1 {
		t.Errorf("another phrase: %+v", r)
	}
	if r := recall(func(c *clip.Config) { c.Orient = !c.Orient }, all); r.Compute != first.Compute {
		t.Errorf("pictures turned: %+v", r)
	}
}
