package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"icono/internal/asking"
)

// limited admits so many requests in any second, and none in a storm. It is a
// part of the server in the other process.
type limited struct {
	rate     int
	from, to time.Duration // of the storm, from the first request

	mu          sync.Mutex
	began       time.Time
	log         []time.Time
	ok, refused int
}

// admit decides about one request.
func (l *limited) admit(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.began.IsZero() {
		l.began = now
	}
	for len(l.log) > 0 && now.Sub(l.log[0]) >= time.Second {
		l.log = l.log[1:]
	}
	since := now.Sub(l.began)
	if since >= l.from && since < l.to || l.rate > 0 && len(l.log) >= l.rate {
		l.refused++
		return false
	}
	l.log = append(l.log, now)
	l.ok++
	return true
}

func (l *limited) counts(w http.ResponseWriter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(w, l.ok, l.refused)
}

// BenchmarkRate measures which share of the allowed rate comes through the whole
// of asking, with durable answers, and which share is refused, against a server
// that allows so many requests in any second. The bounds are 0.98 and 0.1 %.
// The storm is two and a half seconds of refusals in half a minute; its bound is
// 0.90.
func BenchmarkRate(b *testing.B) {
	for _, c := range []struct {
		rate        int
		span, storm time.Duration
	}{{50, 10 * time.Second, 0}, {500, 10 * time.Second, 0}, {50, 30 * time.Second, 2500 * time.Millisecond}, {500, 30 * time.Second, 2500 * time.Millisecond}} {
		name := fmt.Sprintf("%d a second", c.rate)
		if c.storm > 0 {
			name += ", storm"
		}
		b.Run(name, func(b *testing.B) {
			var ok, refused int
			var took time.Duration
			for b.Loop() {
				url := served(b, 50*time.Millisecond, fmt.Sprintf("BENCH_RATE=%d", c.rate), "BENCH_STORM="+c.storm.String())
				d := askingDesk(b, b.TempDir())
				l := askingLine(b, d, asking.Server{BaseURL: url, Concurrency: 128, RequestsPerMinute: float64(c.rate * 60)})
				took += askFor(b, l, c.span)
				if err := d.Close(); err != nil {
					b.Fatal(err)
				}
				resp, err := http.Get(url + "/counts")
				if err != nil {
					b.Fatal(err)
				}
				var y, n int
				text, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if _, err := fmt.Sscan(string(text), &y, &n); err != nil {
					b.Fatal(err)
				}
				ok, refused = ok+y, refused+n
			}
			b.ReportMetric(float64(ok)/float64(c.rate)/took.Seconds(), "of-the-rate")
			b.ReportMetric(100*float64(refused)/float64(ok+refused), "%refused")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// askFor asks without pause for a while.
func askFor(b *testing.B, l *asking.Line, span time.Duration) time.Duration {
	began := time.Now()
	ctx, cancel := context.WithTimeout(b.Context(), span)
	defer cancel()
	var all sync.WaitGroup
	var next atomic.Int64
	for range 128 {
		all.Go(func() {
			for ctx.Err() == nil {
				if _, err := l.Ask(ctx, aboutRow(int(next.Add(1)), nil)); err != nil && ctx.Err() == nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(began)
}
