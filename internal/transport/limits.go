package transport

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// reading is what the headers of one answer say about one limit.
type reading struct {
	limit     float64 // per window, 0 if not said
	remaining float64 // -1 if not said
	reset     time.Duration
	window    time.Duration // 0 if not said
}

// requestNames and tokenNames are the headers that tell limit, remaining and
// reset, in the form that net/http stores them.
func requestNames() [3][3]string {
	return [3][3]string{
		{"X-Ratelimit-Limit-Requests", "X-Ratelimit-Remaining-Requests", "X-Ratelimit-Reset-Requests"},
		{"Anthropic-Ratelimit-Requests-Limit", "Anthropic-Ratelimit-Requests-Remaining", "Anthropic-Ratelimit-Requests-Reset"},
		{"Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset"},
	}
}

func tokenNames() [2][3]string {
	return [2][3]string{
		{"X-Ratelimit-Limit-Tokens", "X-Ratelimit-Remaining-Tokens", "X-Ratelimit-Reset-Tokens"},
		{"Anthropic-Ratelimit-Tokens-Limit", "Anthropic-Ratelimit-Tokens-Remaining", "Anthropic-Ratelimit-Tokens-Reset"},
	}
}

// readLimits reads the limits of requests and of tokens.
func readLimits(h http.Header, now time.Time) [2]reading {
	requests, tokens := requestNames(), tokenNames()
	return [2]reading{readLimit(h, requests[:], now), readLimit(h, tokens[:], now)}
}

func readLimit(h http.Header, names [][3]string, now time.Time) reading {
	for _, n := range names {
		limit := first(h[n[0]])
		if limit == "" {
			continue
		}
		number, window := policy(limit)
		r := reading{limit: number, remaining: -1, window: window}
		if n[0] == "Ratelimit-Limit" && window == 0 {
			// The draft's limit is for a window that only the policy names.
			if _, r.window = policy(first(h["Ratelimit-Policy"])); r.window == 0 {
				continue
			}
		}
		if v, err := strconv.ParseFloat(first(h[n[1]]), 64); err == nil && v >= 0 {
			r.remaining = v
		}
		r.reset = readReset(first(h[n[2]]), now)
		if r.limit > 0 && r.limit < 1e12 {
			return r
		}
	}
	return reading{remaining: -1}
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return strings.TrimSpace(values[0])
}

// policy reads "100", "100, 100;w=60" and `"default";q=100;w=60`.
func policy(s string) (limit float64, window time.Duration) {
	limit, _ = strconv.ParseFloat(strings.TrimSpace(s[:cutAt(s, ",;")]), 64)
	if i := strings.Index(s, "w="); i >= 0 {
		rest := s[i+2:]
		if v, err := strconv.ParseFloat(strings.TrimSpace(rest[:cutAt(rest, ",;")]), 64); err == nil && v > 0 && v < 1e7 {
			window = seconds(v)
		}
	}
	return limit, window
}

func cutAt(s, chars string) int {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return i
	}
	return len(s)
}

// readReset reads "6m0s", "12ms", "1.5" (seconds) and RFC 3339 times; 0 is unknown.
func readReset(s string, now time.Time) time.Duration {
	if s == "" {
		return 0
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		if v > 0 && v < 1e7 {
			return seconds(v)
		}
		return 0 // among them the seconds since 1970
	}
	if d, err := time.ParseDuration(s); err == nil {
		return max(0, d)
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}

// evidence tells whether a limit without a stated window is one per minute, as
// nearly all are, beyond the assumption: a reset is never longer than the
// window; and where a bucket refills evenly, reset/(limit-remaining) is
// window/limit.
type evidence struct {
	long   bool // some reset was longer than a second
	minute int  // consecutive readings that fit a bucket refilled in a minute
}

func (e *evidence) add(r reading) {
	if r.reset > 1500*time.Millisecond {
		e.long = true
	}
	used := r.limit - r.remaining
	if r.remaining < 0 || used < 1 || r.reset <= 0 {
		return
	}
	if window := r.reset.Seconds() * r.limit / used; window > 50 && window < 75 {
		e.minute++
	} else {
		e.minute = 0
	}
}

func (e *evidence) sure() bool { return e.long || e.minute >= 5 }

// learn takes a reading in. A limit is taken as one per minute unless the
// header states its window; that errs upwards for limits per day. A configured
// rate is lowered by what the server says for certain, and never raised.
func (b *bucket) learn(now time.Time, r reading) {
	if r.limit <= 0 {
		return
	}
	window, sure := r.window, true
	if window == 0 {
		b.evidence.add(r)
		window, sure = time.Minute, b.evidence.sure()
	}
	rate := r.limit / window.Seconds()
	if b.configured > 0 && (!sure || rate > b.configured) {
		rate = b.configured
	}
	b.setRate(now, rate)
	if r.remaining >= 0 {
		b.level, b.levelAt, b.capacity = min(r.remaining, r.limit), now, r.limit
	}
}
