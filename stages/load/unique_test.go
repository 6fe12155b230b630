package load

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestUniqueness compares with a map, over runs that are spilled.
func TestUniqueness(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := newUniqueness(rapid.IntRange(1, 7).Draw(t, "run"))
		defer u.close()
		keys := rapid.SliceOfN(rapid.StringMatching("[a-z]{0,2}"), 0, 60).Draw(t, "keys")
		first := map[string]uint64{}
		var want [][2]uint64
		for i, k := range keys {
			if err := u.add(k); err != nil {
				t.Fatal(err)
			}
			if at, twice := first[k]; twice {
				want = append(want, [2]uint64{at, uint64(i)})
			} else {
				first[k] = uint64(i)
			}
		}
		most := rapid.IntRange(1, 60).Draw(t, "most")
		got, err := u.twins(most)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want[:min(most, len(want))], got); d != "" && len(want) > 0 {
			t.Fatal(d)
		}
	})
}

// TestUniquenessMemory holds that a million keys take no more than a run.
func TestUniquenessMemory(t *testing.T) {
	live := func(n int) uint64 {
		u := newUniqueness(1 << 12)
		defer u.close()
		for i := range n {
			if err := u.add(fmt.Sprint("key", i)); err != nil {
				t.Fatal(err)
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		if twins, err := u.twins(5); err != nil || len(twins) > 0 {
			t.Fatalf("%v, %v", twins, err)
		}
		return m.HeapAlloc
	}
	live(10_000)
	if small, large := live(100_000), live(1_000_000); float64(large) > 1.1*float64(small) {
		t.Errorf("%d bytes live at ten times the keys, %d before", large, small)
	}
}
