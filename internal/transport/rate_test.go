package transport

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// network stands for a server behind a network, in the virtual time of a
// synctest bubble: requests arrive after a random delay, are admitted or
// refused by a strict rule, and the answer takes a random time.
type network struct {
	mu      sync.Mutex
	admit   func(now time.Time, r *http.Request) (status int, h http.Header)
	latency time.Duration
	jitter  time.Duration
	random  *rand.Rand

	ok, refused, failed, flying, peak int
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	there := n.latency/4 + time.Duration(n.random.Int64N(int64(n.jitter)+1))
	back := n.latency*3/4 + time.Duration(n.random.Int64N(int64(n.latency)+1)) - n.latency/2
	n.flying++
	n.peak = max(n.peak, n.flying)
	n.mu.Unlock()
	defer func() { n.mu.Lock(); n.flying--; n.mu.Unlock() }()
	select {
	case <-time.After(there):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	n.mu.Lock()
	status, h := n.admit(time.Now(), r)
	switch status {
	case 200:
		n.ok++
	case 429:
		n.refused++
	default:
		n.failed++
	}
	n.mu.Unlock()
	if status != 200 {
		back = there
	}
	select {
	case <-time.After(back):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2, Request: r}, nil
}

// window admits at most n requests in any d.
func window(n int, d time.Duration) func(time.Time, *http.Request) (int, http.Header) {
	var log []time.Time
	return func(now time.Time, _ *http.Request) (int, http.Header) {
		for len(log) > 0 && now.Sub(log[0]) >= d {
			log = log[1:]
		}
		if len(log) >= n {
			return 429, nil
		}
		log = append(log, now)
		return 200, nil
	}
}

// bucketOf admits rate a second, and at most capacity at once, and says so as
// OpenAI does if headers is set.
func bucketOf(rate, capacity float64, headers bool) func(time.Time, *http.Request) (int, http.Header) {
	level, at := capacity, time.Time{}
	return func(now time.Time, _ *http.Request) (int, http.Header) {
		if !at.IsZero() {
			level = min(capacity, level+rate*now.Sub(at).Seconds())
		}
		at = now
		status := 200
		if level < 1 {
			status = 429
		} else {
			level--
		}
		if !headers {
			return status, nil
		}
		limit := rate * 60
		h := http.Header{}
		h.Set("X-Ratelimit-Limit-Requests", fmt.Sprintf("%.0f", limit))
		h.Set("X-Ratelimit-Remaining-Requests", fmt.Sprintf("%.0f", level*limit/capacity))
		h.Set("X-Ratelimit-Reset-Requests", time.Duration((capacity-level)/rate*float64(time.Second)).Round(time.Millisecond).String())
		return status, h
	}
}

// callers ask without pause for d, then the bubble's time stops for all.
func callers(t *testing.T, tr *Transport, n int, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for ctx.Err() == nil {
				req, _ := http.NewRequestWithContext(ctx, "POST", "https://api.example/v1/chat/completions", strings.NewReader("{}"))
				resp, err := tr.RoundTrip(req)
				if err == nil {
					resp.Body.Close()
				} else if ctx.Err() == nil {
					t.Errorf("a request failed: %v", err)
				}
			}
		})
	}
	wg.Wait()
}

func newNetwork(latency, jitter time.Duration, admit func(time.Time, *http.Request) (int, http.Header)) *network {
	return &network{admit: admit, latency: latency, jitter: jitter, random: rand.New(rand.NewPCG(1, 2))}
}

// TestRateIsUsed holds the share of the allowed rate that comes through, and
// the share of refusals, against servers that enforce a limit strictly.
func TestRateIsUsed(t *testing.T) {
	for _, rate := range []int{50, 500} {
		for _, c := range []struct {
			name    string
			admit   func(time.Time, *http.Request) (int, http.Header)
			jitter  time.Duration
			learned bool
		}{
			{"sliding minute", window(rate*60, time.Minute), 30 * time.Millisecond, false},
			{"sliding second", window(rate, time.Second), 3 * time.Millisecond, false},
			{"bucket of a second", bucketOf(float64(rate), float64(rate), false), 30 * time.Millisecond, false},
			{"bucket of a tenth", bucketOf(float64(rate), float64(rate)/10, false), 10 * time.Millisecond, false},
			{"learned, bucket of a minute", bucketOf(float64(rate), float64(rate)*60, true), 30 * time.Millisecond, true},
			{"learned, bucket of two seconds", bucketOf(float64(rate), float64(rate)*2, true), 30 * time.Millisecond, true},
		} {
			t.Run(fmt.Sprintf("%d a second, %s", rate, c.name), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					n := newNetwork(200*time.Millisecond, c.jitter, c.admit)
					o := Options{Concurrency: rate, RequestsPerMinute: float64(rate * 60)}
					if c.learned {
						o.RequestsPerMinute = 0
					}
					const minutes = 3
					callers(t, New(n, o), rate, minutes*time.Minute)
					share := float64(n.ok) / float64(rate*60*minutes)
					refusals := float64(n.refused) / float64(n.ok+n.refused)
					t.Logf("%.4f of the rate, %.4f %% refused, %d at once", share, 100*refusals, n.peak)
					if share < 0.98 || refusals > 0.001 {
						t.Errorf("%.4f of the rate, want 0.98; %.4f %% refused, want 0.1 %%", share, 100*refusals)
					}
				})
			})
		}
	}
}

// TestStorm holds the share that comes through a minute of which five seconds
// fail altogether.
func TestStorm(t *testing.T) {
	for _, rate := range []int{50, 500} {
		for _, c := range []struct {
			name     string
			statuses []int
			header   http.Header
			callers  int
		}{
			{"429", []int{429}, nil, rate},
			{"503", []int{503}, nil, rate},
			{"both", []int{429, 503, 503, 429, 500}, nil, rate},
			{"both, many callers", []int{429, 503}, nil, rate * 60},
			{"429, Retry-After", []int{429}, http.Header{"Retry-After": {"1"}}, rate},
			{"503, Retry-After", []int{503}, http.Header{"Retry-After": {"1"}}, rate},
		} {
			t.Run(fmt.Sprintf("%d a second, %s", rate, c.name), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					began, i := time.Now(), 0
					usual := window(rate*60, time.Minute)
					n := newNetwork(200*time.Millisecond, 20*time.Millisecond, func(now time.Time, r *http.Request) (int, http.Header) {
						if s := now.Sub(began); s >= 20*time.Second && s < 25*time.Second {
							i++
							return c.statuses[i%len(c.statuses)], c.header.Clone()
						}
						return usual(now, r)
					})
					tr := New(n, Options{Concurrency: rate, RequestsPerMinute: float64(rate * 60)})
					callers(t, tr, c.callers, time.Minute)
					share := float64(n.ok) / float64(rate*60)
					t.Logf("%.4f of the rate, %d refused, %d failed, concurrency %.0f", share, n.refused, n.failed, tr.Stats().Concurrency)
					if share < 0.90 {
						t.Errorf("%.4f of the rate, want 0.90", share)
					}
				})
			})
		}
	}
}
