package sample

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The lots are those of `sha256sum`: a sample drawn once can be drawn again by
// any later version, and by other programs.
func TestGoldenLots(t *testing.T) {
	for _, c := range []struct {
		seed uint64
		key  string
		want uint64
	}{
		{2021, "01", 2676920836739125886},
		{2021, "CTs8qk1", 18135862092707034669},
		{7, "01", 10337668314417398823},
		{0, "", 13436079590000323820},
		{2021, "ü", 2977859162423017456},
	} {
		if got := newLot(c.seed, 0).of(c.key); got != c.want {
			t.Errorf("%d:%s is %d, want %d", c.seed, c.key, got, c.want)
		}
	}
}

func TestLotsOfAnEarlierSample(t *testing.T) {
	if got := newLot(7, 1).of("01"); got != 1057189017857384432 {
		t.Errorf("7:2:01 is %d", got)
	}
}

func TestBelow(t *testing.T) {
	for _, c := range []struct {
		lot   uint64
		share float64
		want  bool
	}{{0, 1e-9, true}, {1<<64 - 1, 1, true}, {1 << 63, 0.5, false}, {1<<63 - 1, 0.5, true}} {
		if got := below(c.lot, c.share); got != c.want {
			t.Errorf("%d below %g: %v", c.lot, c.share, got)
		}
	}
}

// The heap draws what sorting all entries draws, ties included.
func TestStratum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		var all []entry
		var s stratum
		for i := range rapid.IntRange(1, 40).Draw(t, "rows") {
			e := entry{uint64(rapid.IntRange(0, 9).Draw(t, "lot")), fmt.Sprint(i)}
			all = append(all, e)
			s.add(n, e, strings.Clone)
		}
		sorted := slices.SortedFunc(slices.Values(all), func(a, b entry) int {
			return cmp.Or(cmp.Compare(a.lot, b.lot), cmp.Compare(a.key, b.key))
		})
		want := map[string]bool{}
		for _, e := range sorted[:min(n, len(sorted))] {
			want[e.key] = true
		}
		for _, e := range all {
			if s.drawn(e) != want[e.key] {
				t.Fatalf("%v drawn: %v", e, s.drawn(e))
			}
		}
		if p := s.probability(n); p != float64(len(want))/float64(len(all)) {
			t.Fatalf("probability %g", p)
		}
	})
}
