package answers

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// A caller who gives up leaves the request to the others.
func TestCancelledFirstCallerDoesNotFailTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fs flights
		var asked atomic.Int64
		release := make(chan struct{})
		ask := func(ctx context.Context) result {
			asked.Add(1)
			select {
			case <-release:
				return result{origin: Asked}
			case <-ctx.Done():
				return result{err: ctx.Err()}
			}
		}
		first, cancel := context.WithCancelCause(t.Context())
		why := errors.New("stopped")
		var all sync.WaitGroup
		all.Go(func() {
			if r, _ := fs.do(first, Key{1}, nothing, ask); !errors.Is(r.err, why) {
				t.Errorf("the cancelled caller got %v", r.err)
			}
		})
		synctest.Wait()
		for range 3 {
			all.Go(func() {
				if r, joined := fs.do(t.Context(), Key{1}, nothing, ask); r.err != nil || r.origin != Shared || !joined {
					t.Errorf("another caller got %+v", r)
				}
			})
		}
		synctest.Wait()
		cancel(why)
		synctest.Wait()
		close(release)
		all.Wait()
		if asked.Load() != 1 {
			t.Errorf("asked %d times", asked.Load())
		}
		fs.close()
	})
}

func nothing() result { return result{} }

// When all give up, the request is cancelled and waited for; who comes then
// asks anew, after it, and an answer that came nevertheless is returned.
func TestAbandonedRequestIsCancelledAndWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fs flights
		inside, most := 0, 0
		ending := make(chan struct{})
		ask := func(ctx context.Context) result {
			inside++
			most = max(most, inside)
			defer func() { inside-- }()
			<-ctx.Done()
			<-ending
			return result{origin: Asked, answer: Answer{Note: "late"}}
		}
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { fs.do(ctx, Key{1}, nothing, ask) })
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		all.Go(func() {
			r, _ := fs.do(t.Context(), Key{1}, func() result { return result{origin: Stored} }, ask)
			if r.origin != Stored {
				t.Errorf("who came later got %+v", r)
			}
		})
		synctest.Wait()
		if inside != 1 {
			t.Errorf("%d requests are under way", inside)
		}
		close(ending)
		all.Wait()
		if most != 1 {
			t.Errorf("%d identical requests were under way at once", most)
		}

		ctx, cancel = context.WithCancel(t.Context())
		all.Go(func() {
			if r, _ := fs.do(ctx, Key{2}, nothing, ask); r.err != nil || r.answer.Note != "late" {
				t.Errorf("a late answer is lost: %+v", r)
			}
		})
		synctest.Wait()
		cancel()
		all.Wait()
		fs.close()
		if r, _ := fs.do(t.Context(), Key{3}, nothing, ask); !errors.Is(r.err, ErrClosed) {
			t.Errorf("after close: %v", r.err)
		}
	})
}

// An error goes to all who wait and is not stored; a function that never
// returns, as in a failed test, leaves nobody waiting.
func TestErrorsAreSharedAndNotStored(t *testing.T) {
	s := open(t, t.TempDir())
	one := begin(t, Options{Store: s, Mode: NewEpisodes})
	broken := errors.New("the line was cut")
	var asked, failed atomic.Int64
	arrived := make(chan struct{})
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			_, _, err := one.Do(t.Context(), prompt(1), func(context.Context) (Answer, error) {
				asked.Add(1)
				<-arrived
				return Answer{}, broken
			})
			if errors.Is(err, broken) {
				failed.Add(1)
			}
		})
	}
	for waiting := 0; waiting < 10; runtime.Gosched() {
		s.flights.mu.Lock()
		if f := s.flights.byKey[prompt(1).Key()]; f != nil {
			waiting = f.waiters
		}
		s.flights.mu.Unlock()
	}
	close(arrived)
	all.Wait()
	if asked.Load() != 1 || failed.Load() != 10 {
		t.Errorf("asked %d times, failed for %d of 10", asked.Load(), failed.Load())
	}
	if f, err := s.Faults(t.Context(), "frames"); err != nil || len(f) != 0 {
		t.Errorf("%+v %v", f, err)
	}
	if _, _, err := one.Do(t.Context(), prompt(2), func(context.Context) (Answer, error) {
		runtime.Goexit()
		return Answer{}, nil
	}); err == nil {
		t.Error("a request without a result has no error")
	}
	do(t, one, prompt(1), says("now"))
}
