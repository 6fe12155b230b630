package answers

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// With 64 requests at once and any costs, what is spent and reserved stays
// within the limit but for the excess of requests over their worst cases.
func TestBudgetHolds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.Int64Range(0, 1e6).Draw(rt, "limit")
		most := rapid.Int64Range(1, 1e5).Draw(rt, "most")
		liars := rapid.SampledFrom([]float64{0, 0.1, 1}).Draw(rt, "liars")
		seed := rapid.Uint64().Draw(rt, "seed")
		b := NewBudget(limit)
		var mu sync.Mutex
		var excess, paid int64
		var refused int
		var all sync.WaitGroup
		for worker := range 64 {
			all.Go(func() {
				rng := rand.New(rand.NewPCG(seed, uint64(worker)))
				for range 50 {
					worst := rng.Int64N(most)
					r, err := b.Reserve(context.Background(), worst)
					if errors.Is(err, ErrBudget) {
						mu.Lock()
						refused++
						mu.Unlock()
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					runtime.Gosched() // the request
					actual := rng.Int64N(worst + 1)
					if rng.Float64() < liars {
						actual = []int64{worst + worst/4, -worst, worst * 3}[rng.IntN(3)]
					}
					mu.Lock()
					excess += max(0, actual-worst)
					paid += max(0, actual)
					mu.Unlock()
					if actual == 0 {
						r.Release()
					}
					r.Settle(actual)
					r.Settle(limit) // has no effect
					spent, reserved := b.State()
					mu.Lock()
					if reserved < 0 || spent+reserved > limit+excess {
						t.Errorf("spent %d and reserved %d, limit %d, excess %d", spent, reserved, limit, excess)
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if spent, reserved := b.State(); spent != paid || reserved != 0 {
			rt.Fatalf("spent %d, paid %d; reserved %d", spent, paid, reserved)
		}
		if refused == 0 && paid > limit+excess {
			rt.Fatalf("paid %d of %d and nobody was refused", paid, limit)
		}
	})
}

func TestReserveWaitsOnlyWhileItMayHelp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		b := NewBudget(100)
		first, _ := b.Reserve(ctx, 60)
		if _, err := b.Reserve(ctx, 101); !errors.Is(err, ErrBudget) {
			t.Errorf("more than the limit: %v", err)
		}
		if _, err := b.Reserve(ctx, -1); err == nil {
			t.Error("a negative cost is reserved")
		}
		var all sync.WaitGroup
		got := make(chan error, 2)
		for range 2 {
			all.Go(func() { // both wait; after 55 are spent only one fits, and then the other never will
				r, err := b.Reserve(ctx, 41)
				got <- err
				if r != nil {
					r.Settle(41)
				}
			})
		}
		cancelled, cancel := context.WithCancel(ctx)
		all.Go(func() {
			if _, err := b.Reserve(cancelled, 41); !errors.Is(err, context.Canceled) {
				t.Errorf("a cancelled wait: %v", err)
			}
		})
		synctest.Wait()
		if len(got) != 0 {
			t.Error("a reservation did not wait for the one in flight")
		}
		if left, limited := b.Left(); left != 40 || !limited {
			t.Errorf("left %d %v", left, limited)
		}
		cancel()
		synctest.Wait()
		first.Settle(55)
		all.Wait()
		one, two := <-got, <-got
		if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), ErrBudget) {
			t.Errorf("%v, %v: one fits, the other not", one, two)
		}
		if b.Spent() != 96 || b.Reserved() != 0 {
			t.Errorf("%d spent, %d reserved", b.Spent(), b.Reserved())
		}
		over, _ := b.Reserve(ctx, 4)
		over.Settle(math.MaxInt64)
		if _, err := b.Reserve(ctx, 0); !errors.Is(err, ErrBudget) || b.Spent() != math.MaxInt64 {
			t.Errorf("a budget that was passed: %v, spent %d", err, b.Spent())
		}
	})
	free := Unlimited()
	r, err := free.Reserve(t.Context(), math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	r.Settle(7)
	if _, limited := free.Left(); limited || free.Spent() != 7 {
		t.Error("an unlimited budget has a limit, or does not count")
	}
	zero := NewBudget(-5)
	if _, err := zero.Reserve(t.Context(), 1); err == nil || err.Error() != "the budget of $0.000000000 is spent: $0.000000000 are paid, and the next request may cost up to $0.000000001" {
		t.Error(err)
	}
	if _, err := zero.Reserve(t.Context(), 0); err != nil {
		t.Errorf("what costs nothing fits in an empty budget: %v", err)
	}
}

// Amounts at the end of their type never make room.
func TestBudgetDoesNotOverflow(t *testing.T) {
	b := NewBudget(1e9)
	first, err := b.Reserve(t.Context(), 1e9)
	if err != nil {
		t.Fatal(err)
	}
	first.Settle(math.MaxInt64)
	b.reserved = math.MaxInt64 / 2
	for _, worst := range []int64{0, 1, math.MaxInt64} {
		if _, ok := b.TryReserve(worst); ok {
			t.Errorf("%d fits", worst)
		}
	}
	if left, limited := b.Left(); left != 0 || !limited {
		t.Errorf("%d left", left)
	}
}
