package vectors_test

import (
	"math"
	"slices"
	"testing"

	"icono/internal/answers"
	"icono/internal/stage"
	"icono/internal/vectors"
)

func shelf(t *testing.T, dir string, mode answers.Mode, precision string) *vectors.Shelf {
	t.Helper()
	store, err := answers.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	session, err := answers.NewSession(t.Context(), "types", answers.Options{Store: store, Mode: mode})
	if err != nil {
		t.Fatal(err)
	}
	return vectors.New(kept{session}, vectors.Model{Name: "m"}, []stage.Fact{{Name: "precision", Value: precision}}, false, 3)
}

// kept is a session as a desk gives it.
type kept struct{ *answers.Session }

func (kept) Strict() bool { return false }

// A vector comes back bit by bit, for its picture and model alone.
func TestShelf(t *testing.T) {
	dir := t.TempDir()
	s := shelf(t, dir, answers.NewEpisodes, "fp32")
	want := []float32{0.1, -0, math.SmallestNonzeroFloat32}
	if err := s.Keep(t.Context(), []vectors.Vector{{Row: "a.png", Picture: [32]byte{1}, Values: want}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		shelf   *vectors.Shelf
		picture byte
		found   bool
	}{
		"the same":          {s, 1, true},
		"a replay":          {shelf(t, dir, answers.None, "fp32"), 1, true},
		"another picture":   {s, 2, false},
		"another precision": {shelf(t, dir, answers.NewEpisodes, "fp16"), 1, false},
		"made anew":         {shelf(t, dir, answers.All, "fp32"), 1, false},
	} {
		got, err := c.shelf.Find(t.Context(), "a.png", [32]byte{c.picture})
		if err != nil || (got != nil) != c.found || c.found && !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	replay := shelf(t, dir, answers.None, "fp32")
	if err := replay.Keep(t.Context(), []vectors.Vector{{Row: "b.png", Picture: [32]byte{3}, Values: want}}); err != nil {
		t.Fatal(err)
	}
	if got, err := replay.Find(t.Context(), "b.png", [32]byte{3}); got != nil || err != nil {
		t.Errorf("a replay stored %v, %v", got, err)
	}
}
