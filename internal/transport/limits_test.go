package transport

import (
	"net/http"
	"testing"
	"time"
)

func TestReadLimits(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header map[string]string
		want   reading
	}{
		{map[string]string{}, reading{remaining: -1}},
		{map[string]string{"x-ratelimit-limit-requests": "5000", "x-ratelimit-remaining-requests": "4999", "x-ratelimit-reset-requests": "12ms"}, reading{5000, 4999, 12 * time.Millisecond, 0}},
		{map[string]string{"x-ratelimit-limit-requests": "5000", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, reading{5000, 0, 6 * time.Minute, 0}},
		{map[string]string{"x-ratelimit-limit-requests": "5000"}, reading{5000, -1, 0, 0}},
		{map[string]string{"x-ratelimit-limit-requests": "-1", "x-ratelimit-remaining-requests": "-1"}, reading{remaining: -1}},
		{map[string]string{"x-ratelimit-limit-requests": "NaN"}, reading{remaining: -1}},
		{map[string]string{"x-ratelimit-limit-requests": "Inf"}, reading{remaining: -1}},
		{map[string]string{"anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49", "anthropic-ratelimit-requests-reset": "2026-11-01T12:00:30Z"}, reading{50, 49, 30 * time.Second, 0}},
		{map[string]string{"ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "7", "ratelimit-reset": "30"}, reading{100, 7, 30 * time.Second, time.Minute}},
		{map[string]string{"ratelimit-limit": "100", "ratelimit-policy": `100;w=10;comment="x"`}, reading{100, -1, 0, 10 * time.Second}},
		{map[string]string{"ratelimit-limit": "100", "ratelimit-remaining": "7"}, reading{remaining: -1}},
	} {
		h := http.Header{}
		for k, v := range c.header {
			h.Set(k, v)
		}
		if got := readLimits(h, now)[0]; got != c.want {
			t.Errorf("%v: got %+v, want %+v", c.header, got, c.want)
		}
	}
}

func FuzzReadLimit(f *testing.F) {
	for _, s := range []string{"100", "100, 100;w=60", `"a";q=5;w=1`, "1e308", "NaN", "6m0s", "2026-11-01T12:00:30Z", ";w="} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, limit, remaining, reset string) {
		now := time.Now()
		names := requestNames()
		for _, n := range names {
			r := readLimit(http.Header{n[0]: {limit}, n[1]: {remaining}, n[2]: {reset}, "Ratelimit-Policy": {limit}}, names[:], now)
			var b bucket
			b.learn(now, r)
			if !(b.rate >= 0) || r.reset < 0 || r.window < 0 {
				t.Fatalf("%+v %+v", r, b)
			}
			if at := b.ready(now, 1); at.Sub(now) > 25*time.Hour {
				t.Fatalf("waits until %s: %+v", at, b)
			}
		}
	})
}

// TestLearn holds which of a configured and a stated rate is kept to.
func TestLearn(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		configured float64
		r          reading
		times      int
		want       float64
	}{
		{0, reading{600, 599, 100 * time.Millisecond, 0}, 1, 10},
		{0, reading{600, -1, 0, time.Second}, 1, 600},
		{5, reading{600, 599, 100 * time.Millisecond, 0}, 9, 5},   // never raised
		{50, reading{600, 599, 100 * time.Millisecond, 0}, 1, 50}, // not certain yet
		{50, reading{600, 599, 100 * time.Millisecond, 0}, 9, 10}, // refilled in a minute
		{50, reading{50, 49, 20 * time.Millisecond, 0}, 9, 50},    // may be 50 a second
		{50, reading{600, 100, 50 * time.Second, 0}, 1, 10},       // surely no second
		{50, reading{remaining: -1}, 3, 50},
	} {
		b := bucket{configured: c.configured, rate: c.configured}
		for range c.times {
			b.learn(now, c.r)
		}
		if b.rate != c.want {
			t.Errorf("%+v: %g a second", c, b.rate)
		}
	}
}
