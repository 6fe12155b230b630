package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// base is a network that a function stands for.
type base func(r *http.Request) (*http.Response, error)

func (b base) RoundTrip(r *http.Request) (*http.Response, error) { return b(r) }

func respond(status int, header ...string) (*http.Response, error) {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(""))}, nil
}

func ask(ctx context.Context, tr *Transport) error {
	req, err := http.NewRequestWithContext(ctx, "POST", "https://api.example/", strings.NewReader("{}"))
	if err != nil {
		return err
	}
	resp, err := tr.RoundTrip(req)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

// TestRetryAfterIsHonoured in each of its forms, neither shorter nor much longer.
func TestRetryAfterIsHonoured(t *testing.T) {
	for _, c := range []struct {
		header [2]string
		want   time.Duration
	}{
		{[2]string{"Retry-After", "7"}, 7 * time.Second},
		{[2]string{"Retry-After", "1.5"}, 1500 * time.Millisecond},
		{[2]string{"Retry-After-Ms", "250"}, 250 * time.Millisecond},
		{[2]string{"Retry-After", "date"}, 20 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			var times []time.Time
			tr := New(base(func(*http.Request) (*http.Response, error) {
				if times = append(times, time.Now()); len(times) > 1 {
					return respond(200)
				}
				value := c.header[1]
				if value == "date" {
					value = time.Now().Add(c.want).UTC().Format(http.TimeFormat)
				}
				return respond(429, c.header[0], value)
			}), Options{})
			if err := ask(t.Context(), tr); err != nil {
				t.Fatal(err)
			}
			if d := times[1].Sub(times[0]); d < c.want || d > c.want+c.want/10+time.Millisecond {
				t.Errorf("%v: asked again after %s, want %s", c.header, d, c.want)
			}
		})
	}
}

// TestBackoffGrows with full jitter: below its bound, and not all the same.
func TestBackoffGrows(t *testing.T) {
	o := Options{}.withDefaults()
	for n := 1; n < 70; n++ {
		bound, least, most := min(o.MaxBackoff, o.Backoff*time.Duration(int64(1)<<min(n-1, 20))), time.Hour, time.Duration(0)
		for range 300 {
			must, d := o.delay(n, false, 0)
			if least, most = min(least, d), max(most, d); must != 0 || d > bound {
				t.Fatalf("attempt %d waits %s, at most %s is right", n, d, bound)
			}
		}
		if least > bound/10 || most < bound*9/10 {
			t.Errorf("attempt %d waits %s to %s, want 0 to %s", n, least, most, bound)
		}
	}
}

// TestOneRefusalStopsNobodyElse: with one request told to wait for a minute,
// the others go on at once.
func TestOneRefusalStopsNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		asked := 0
		tr := New(base(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			asked++
			first := asked == 1
			mu.Unlock()
			time.Sleep(100 * time.Millisecond)
			if first {
				return respond(429, "Retry-After", "60")
			}
			return respond(200)
		}), Options{Concurrency: 4, RequestsPerMinute: 6000})
		began := time.Now()
		var wg sync.WaitGroup
		ends := make([]time.Duration, 40)
		for i := range ends {
			wg.Go(func() {
				if err := ask(t.Context(), tr); err != nil {
					t.Error(err)
				}
				ends[i] = time.Since(began)
			})
		}
		wg.Wait()
		late := 0
		for _, d := range ends {
			if d > 5*time.Second {
				late++
			}
		}
		if late != 1 || time.Since(began) < time.Minute {
			t.Errorf("%d requests waited, %s in all", late, time.Since(began))
		}
	})
}

// TestConcurrency: 429 lowers it, once for what was in flight together; 503
// does not; answers raise it to the maximum again.
func TestConcurrency(t *testing.T) {
	for status, lowered := range map[int]bool{429: true, 503: false, 0: false} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			n, seen := 0, 0.0
			var tr *Transport
			tr = New(base(func(*http.Request) (*http.Response, error) {
				time.Sleep(100 * time.Millisecond)
				mu.Lock()
				defer mu.Unlock()
				switch n++; {
				case n > 20 && n <= 40 && status == 0:
					return nil, io.EOF
				case n > 20 && n <= 40:
					return respond(status)
				case n > 40 && seen == 0:
					seen = tr.Stats().Concurrency
				}
				return respond(200)
			}), Options{Concurrency: 20, RequestsPerMinute: 1e6})
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					for range 100 {
						if err := ask(t.Context(), tr); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			if lowered != (seen < 20) || lowered && seen < 20*cut*cut-1 {
				t.Errorf("%d: concurrency %.1f after twenty failures together", status, seen)
			}
			if c := tr.Stats().Concurrency; c != 20 {
				t.Errorf("%d: concurrency %.1f at the end", status, c)
			}
		})
	}
}

// TestConcurrencyFindsTheServersLimit of 8 at once, without any header.
func TestConcurrencyFindsTheServersLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		flying, ok, no := 0, 0, 0
		tr := New(base(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			if flying >= 8 {
				no++
				mu.Unlock()
				return respond(429)
			}
			flying++
			mu.Unlock()
			time.Sleep(200 * time.Millisecond)
			mu.Lock()
			flying--
			ok++
			mu.Unlock()
			return respond(200)
		}), Options{Concurrency: 64})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for ctx.Err() == nil {
					if err := ask(ctx, tr); err != nil && ctx.Err() == nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		used, share := float64(ok)/(8*5*120), float64(no)/float64(ok+no)
		t.Logf("%.3f of what the server can do, %.3f refused", used, share)
		if used < 0.8 || share > 0.03 {
			t.Errorf("%.3f of what the server can do, %.3f refused", used, share)
		}
	})
}

// TestCancel frees a request wherever it waits, and its place for the next.
func TestCancel(t *testing.T) {
	for _, where := range []string{"queue", "pace", "tokens", "flight", "backoff", "retry-after"} {
		synctest.Test(t, func(t *testing.T) {
			tr := New(base(func(r *http.Request) (*http.Response, error) {
				switch where {
				case "backoff":
					return respond(503)
				case "retry-after":
					return respond(503, "Retry-After", "100")
				}
				<-r.Context().Done()
				return nil, fmt.Errorf("aborted: %w", r.Context().Err())
			}), Options{Concurrency: 2, Timeout: time.Hour, RequestsPerMinute: map[string]float64{"pace": 0.1}[where],
				TokensPerMinute: map[string]float64{"tokens": 1}[where], Backoff: time.Hour, MaxBackoff: time.Hour})
			ctx, cancel := context.WithCancel(WithCall(t.Context(), &Call{Tokens: 100}))
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					ctx := WithCall(ctx, &Call{Tokens: 100})
					if err := ask(ctx, tr); !errors.Is(err, context.Canceled) {
						t.Errorf("%s: %v", where, err)
					}
				})
			}
			time.Sleep(time.Millisecond)
			synctest.Wait()
			began := time.Now()
			cancel()
			wg.Wait()
			if d := time.Since(began); d > 0 {
				t.Errorf("%s: stopped after %s", where, d)
			}
			if s := tr.Stats(); s.InFlight != 0 || s.Queued != 0 || s.Waiting != 0 {
				t.Errorf("%s: %+v", where, s)
			}
		})
	}
}

// TestTimeout ends an attempt, and asks again; a deadline of the caller ends all.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		tr := New(base(func(r *http.Request) (*http.Response, error) {
			n++
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), Options{Timeout: time.Second, MaxAttempts: 3})
		err := ask(t.Context(), tr)
		var e *ConnectionError
		if !errors.As(err, &e) || !e.Timeout() || n != 3 || !strings.Contains(err.Error(), "nothing within 1s; gave up after 3 attempts") {
			t.Errorf("got %v after %d attempts", err, n)
		}
		if s := tr.Stats(); s.TimedOut != 3 || s.GaveUp != 1 || s.Retries() != 2 {
			t.Errorf("%+v", s)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		if err := ask(ctx, tr); !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &e) {
			t.Errorf("with a deadline: %v", err)
		}
	})
}

// TestTotalBoundsTheAttempts by time.
func TestTotalBoundsTheAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := New(base(func(*http.Request) (*http.Response, error) { return respond(503, "Retry-After", "10") }), Options{Total: 25 * time.Second})
		began := time.Now()
		var e *StatusError
		if err := ask(t.Context(), tr); !errors.As(err, &e) || e.Attempts != 3 || time.Since(began) > 25*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}
