package ensemble_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"icono/internal/answers"
	"icono/internal/chat/chattest"
	"icono/stages/ensemble"
)

// Merged by batches, rows are the same as live, and answers of one are those of
// the other.
func TestBatches(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: func(*chattest.Call) chattest.Behaviour { return chattest.Says(`{"Type": "Collage"}`) }})
	files := study(t)
	batch := asked(s.URL, func(c *ensemble.Config) { c.Mode, c.Batch.Poll = "batch", 0.01 })
	live := asked(s.URL, nil)
	want, _, err := merged(t, office(t, t.TempDir(), answers.NewEpisodes), live, files, 2)
	if err != nil {
		t.Fatal(err)
	}
	folder, before := t.TempDir(), s.Answers()
	got, _, err := merged(t, office(t, folder, answers.NewEpisodes), batch, files, 2)
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
	if n := s.Answers() - before; n != 3 {
		t.Errorf("%d answers for 3 rows", n)
	}
	before = s.Answers()
	if got, _, err = merged(t, office(t, folder, answers.NewEpisodes), live, files, 4); err != nil || cmp.Diff(want, got) != "" || s.Answers() != before {
		t.Errorf("%v, %d more answers, %v", got, s.Answers()-before, err)
	}
	if err := asked("", func(c *ensemble.Config) { c.Mode, c.Provider = "batch", "gemini" }).Validate(); err == nil {
		t.Error("batches of Gemini are accepted")
	}
}
