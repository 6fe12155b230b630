package answers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// What waits while the disk is busy is committed together, and one write's
// failure is not its neighbours'. A group with a failure is made again one by
// one, so that each write that was in it ran twice.
func TestWritesAreGrouped(t *testing.T) {
	s := open(t, t.TempDir())
	busy, free := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		s.change(func(*writer) error {
			close(busy)
			<-free
			return nil
		})
	})
	<-busy
	const neighbours = 63
	var runs atomic.Int64
	broken := errors.New("broken")
	hand := func(w *write) {
		if err := s.submit(w); err != nil {
			t.Error(err)
		}
	}
	var waiting []*write
	for n := range neighbours {
		waiting = append(waiting, &write{func(w *writer) error {
			runs.Add(1)
			_, err := w.putAnswer("frames", prompt(n).Key(), prompt(n), Answer{Body: []byte("1")}, false)
			return err
		}, make(chan error, 1)})
		hand(waiting[n])
	}
	bad := &write{func(*writer) error { return broken }, make(chan error, 1)}
	hand(bad)
	close(free)
	all.Wait()
	for _, w := range waiting {
		if err := <-w.done; err != nil {
			t.Error(err)
		}
	}
	if err := <-bad.done; !errors.Is(err, broken) {
		t.Error(err)
	}
	if runs.Load() != 2*neighbours {
		t.Errorf("%d writes ran %d times: they were not one group", neighbours, runs.Load())
	}
	for n := range neighbours {
		if a, _, err := s.now(t.Context()).answer(prompt(n).Key(), "", ""); a == nil || err != nil {
			t.Fatal(n, err)
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// The disk is told to keep what is committed: without these settings a power
// cut would lose answers that Do returned.
func TestCommitsAreFlushed(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.change(func(w *writer) error {
		var mode string
		var synchronous int
		if err := w.get(`PRAGMA journal_mode`).Scan(&mode); err != nil || mode != "wal" {
			t.Errorf("journal %q, %v", mode, err)
		}
		if err := w.get(`PRAGMA synchronous`).Scan(&synchronous); err != nil || synchronous != 2 {
			t.Errorf("synchronous %d, %v", synchronous, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// Two programs that ask the same at once end up with the same answer.
func TestTwoStoresOnOneFile(t *testing.T) {
	folder := t.TempDir()
	one, two := begin(t, Options{Store: open(t, folder), Mode: NewEpisodes}), begin(t, Options{Store: open(t, folder), Mode: NewEpisodes})
	var inside sync.WaitGroup
	inside.Add(2)
	var bodies [2]string
	var all sync.WaitGroup
	for i, s := range []*Session{one, two} {
		all.Go(func() {
			a, _, err := s.Do(t.Context(), prompt(1), func(ctx context.Context) (Answer, error) {
				inside.Done()
				inside.Wait()
				return says(string(rune('A' + i)))(ctx)
			})
			if err != nil {
				t.Error(err)
			}
			bodies[i] = string(a.Body)
		})
	}
	all.Wait()
	if bodies[0] != bodies[1] || bodies[0] == "" {
		t.Errorf("%s and %s", bodies[0], bodies[1])
	}
	for row := range 20 {
		do(t, one, prompt(100+row), says("x"))
		do(t, two, prompt(100+row), never(t))
	}
}

// Cancelling ends a request soon, stores nothing and leaves the rest working.
func TestCancelledRequest(t *testing.T) {
	s := open(t, t.TempDir())
	one := begin(t, Options{Store: s, Mode: NewEpisodes})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, _, err := one.Do(ctx, prompt(1), func(ctx context.Context) (Answer, error) {
		<-ctx.Done()
		return Answer{}, ctx.Err()
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if _, _, err := one.Do(ctx, prompt(1), never(t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after the end: %v", err)
	}
	do(t, one, prompt(1), says("x"))
}

// On a full disk the answer is returned with the error, and what was stored
// before stays.
func TestFullDisk(t *testing.T) {
	s := open(t, t.TempDir())
	one := begin(t, Options{Store: s, Mode: NewEpisodes})
	do(t, one, prompt(0), says("first"))
	if err := s.change(func(w *writer) error {
		var pages int
		if err := w.get(`PRAGMA page_count`).Scan(&pages); err != nil {
			return err
		}
		return w.conn.QueryRowContext(w.ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+5)).Scan(&pages)
	}); err != nil {
		t.Fatal(err)
	}
	var err error
	row := 0
	for err == nil && row < 100 {
		row++
		var a Answer
		if a, _, err = one.Do(t.Context(), prompt(row), says(strings.Repeat("long", 500))); len(a.Body) < 2000 {
			t.Errorf("row %d: the answer is gone: %q", row, a.Body)
		}
	}
	if err == nil || !strings.Contains(err.Error(), "no space is left") || !strings.Contains(err.Error(), "was answered") {
		t.Errorf("row %d: %v", row, err)
	}
	for stored := range row {
		do(t, one, prompt(stored), never(t))
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
