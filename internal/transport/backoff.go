package transport

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryAfter is how long the server wants to be left alone; said reports
// whether it said so.
func retryAfter(h http.Header, now time.Time) (wait time.Duration, said bool) {
	if v, err := strconv.ParseFloat(strings.TrimSpace(h.Get("Retry-After-Ms")), 64); err == nil && v >= 0 {
		return seconds(v / 1000), true
	}
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0, false
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil && v >= 0 {
		switch { // some servers name the time itself, in seconds or milliseconds since 1970
		case v >= 1e12 && v < 1e13:
			v = v/1000 - float64(now.UnixMilli())/1000
		case v >= 1e9 && v < 1e10:
			v -= float64(now.UnixMilli()) / 1000
		}
		return seconds(max(0, v)), true
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, t.Sub(now)), true
	}
	return 0, false
}

// delay is the wait before the next attempt after n. must is what the server
// asked for, and whole the wait with the backoff: exponential, with full
// jitter. The first two waits that a server names need no backoff on top, only
// a little jitter, so that many clients do not come back together.
func (o *Options) delay(n int, said bool, wait time.Duration) (must, whole time.Duration) {
	backoff := o.MaxBackoff
	if n < 32 {
		backoff = min(backoff, o.Backoff<<(n-1))
	}
	if backoff <= 0 { // overflowed
		backoff = o.MaxBackoff
	}
	jitter := rand.N(backoff + 1)
	if !said {
		return 0, jitter
	}
	must = wait + rand.N(min(wait/10, time.Second)+1)
	if n <= 2 {
		return must, must
	}
	return must, max(must, jitter)
}

// pause waits for what must be waited for, then for the rest of the whole or
// the end of the storm that is over when calm is closed.
func pause(ctx context.Context, must, whole time.Duration, calm <-chan struct{}) error {
	for _, step := range []struct {
		wait time.Duration
		calm <-chan struct{}
	}{{must, nil}, {whole - must, calm}} {
		if step.wait <= 0 {
			continue
		}
		timer := time.NewTimer(step.wait)
		select {
		case <-timer.C:
		case <-step.calm:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
	return ctx.Err()
}
