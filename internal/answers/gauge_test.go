package answers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// costs asks 400 requests, 64 at once, that cost what cost says of the n-th, and
// returns how many were made and what they cost.
func costs(b *Budget, worst int64, cost func(n int) int64) (made int, sum, first int64) {
	g := b.Gauge("frames")
	rng := rand.New(rand.NewPCG(1, 2))
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for range 7 {
				turn, err := g.Enter(context.Background(), worst)
				if err != nil {
					return
				}
				r, err := b.Reserve(context.Background(), turn.Worst())
				if err != nil {
					turn.Free()
					return
				}
				mu.Lock()
				made++
				actual := cost(made)
				if made == 1 {
					first = actual
				}
				sum += actual
				wait := time.Duration(1 + rng.IntN(1000))
				mu.Unlock()
				time.Sleep(wait * time.Millisecond)
				turn.Paid(actual, true)
				r.Settle(actual)
			}
		})
	}
	all.Wait()
	return made, sum, first
}

// Whatever the bound is off by, and while no cost is a quarter above all before
// it, the limit holds unless the first answer passes it.
func TestGaugeHoldsTheLimit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.Int64Range(100, 1e6).Draw(rt, "limit")
		off := rapid.Float64Range(0.01, 100).Draw(rt, "off")
		growth := rapid.SampledFrom([]float64{1, 1.001, 1.01, 1.04, 1.06, 1.1}).Draw(rt, "growth")
		spread := rapid.Float64Range(0, 0.1).Draw(rt, "spread")
		seed, wrong := rapid.Uint64().Draw(rt, "seed"), ""
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			made, sum, first := costs(NewBudget(limit), 100, func(n int) int64 {
				return int64(min(100*off*math.Pow(growth, float64(n-1))*(1-spread*rng.Float64()), 1e15))
			})
			if wrong = ""; sum > limit && made > 1 {
				wrong = fmt.Sprintf("%d made for %d of %d, the first for %d", made, sum, limit, first)
			}
		})
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// The first request goes alone; requests that cost nothing hold nobody up for
// long; without a limit nobody waits.
func TestGaugeLetsTheFirstGoAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewBudget(1e9).Gauge("frames")
		first, err := g.Enter(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var turns []*Turn
		in := func() int {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return len(turns)
		}
		for range 10 {
			go func() {
				turn, err := g.Enter(t.Context(), 100)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				turns = append(turns, turn)
			}()
		}
		if in := in(); in != 0 {
			t.Errorf("%d beside the first", in)
		}
		first.Free()
		first.Free() // once
		if in := in(); in != 2 {
			t.Errorf("%d after one that cost nothing, want 2", in)
		}
		turns[0].Paid(10, true)
		if in := in(); in != 3 {
			t.Errorf("%d after the first answer, want 3", in)
		}
		for i := 1; i < in(); i++ {
			turns[i].Paid(10, true)
		}
		if in := in(); in != 10 {
			t.Errorf("%d in all", in)
		}
		free := Unlimited().Gauge("frames")
		for range 100 {
			if _, err := free.Enter(t.Context(), 100); err != nil {
				t.Fatal(err)
			}
		}
		free.Close("no limit, no end")
		if _, err := free.Enter(t.Context(), 100); err != nil {
			t.Error(err)
		}
	})
}

func TestGaugeScalesAndCloses(t *testing.T) {
	b := NewBudget(math.MaxInt64)
	g := b.Gauge("frames")
	if b.Gauge("frames") != g || b.Gauge("other") == g {
		t.Error("a name has one gauge")
	}
	paid := func(worst, cost int64) {
		turn, err := g.Enter(t.Context(), worst)
		if err != nil {
			t.Fatal(err)
		}
		turn.Paid(cost, true)
	}
	paid(100, 90)
	if b.Above() != 0 {
		t.Errorf("above %g", b.Above())
	}
	paid(100, 1000)
	turn, err := g.Enter(t.Context(), 100)
	if err != nil || turn.Worst() != 2000 || b.Above() != 10 {
		t.Errorf("%d, above %g, %v", turn.Worst(), b.Above(), err)
	}
	turn.Paid(math.MaxInt64, true)
	turn, err = g.Enter(t.Context(), math.MaxInt64)
	if err != nil || turn.Worst() != math.MaxInt64 {
		t.Errorf("%d %v", turn.Worst(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Enter(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	g.Close("enough")
	var closed *ClosedError
	if _, err := g.Enter(t.Context(), 1); !errors.As(err, &closed) || closed.Why != "enough" {
		t.Error(err)
	}
}
