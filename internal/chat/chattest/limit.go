package chattest

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Limits are limits of rate, each a bucket that refills evenly. Refused calls
// cost nothing.
type Limits struct {
	RequestsPerMinute, TokensPerMinute float64
	// Burst is the number of requests that a full bucket holds; 0 is a tenth of
	// a second's worth, at least 1. The bucket of tokens holds one minute's.
	Burst int
	// Window, if set, bounds the requests of every window of this length instead
	// (a sliding window): RequestsPerMinute in proportion.
	Window time.Duration
	// NoHeaders leaves the x-ratelimit headers out.
	NoHeaders bool
}

type limiter struct {
	mu       sync.Mutex
	limits   Limits
	last     time.Time
	requests float64
	tokens   float64
	times    []time.Time // of accepted requests within the window
}

// take admits a request or returns its refusal, with the headers of both.
func (l *limiter) take(now time.Time, tokens int64) (http.Header, *Behaviour) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lim := l.limits
	if lim.RequestsPerMinute == 0 && lim.TokensPerMinute == 0 {
		return nil, nil
	}
	burst := float64(lim.Burst)
	if burst == 0 {
		burst = max(1, lim.RequestsPerMinute/600)
	}
	if l.last.IsZero() {
		l.requests, l.tokens = burst, lim.TokensPerMinute
	} else {
		minutes := now.Sub(l.last).Minutes()
		l.requests = min(burst, l.requests+minutes*lim.RequestsPerMinute)
		l.tokens = min(lim.TokensPerMinute, l.tokens+minutes*lim.TokensPerMinute)
	}
	l.last = now
	wait, kind := time.Duration(0), ""
	if lim.RequestsPerMinute > 0 {
		if w := l.waitRequests(now); w > 0 {
			wait, kind = w, "requests"
		}
	}
	if need := float64(tokens) - l.tokens; lim.TokensPerMinute > 0 && need > 0 {
		if w := minutes(need / lim.TokensPerMinute); w > wait {
			wait, kind = w, "tokens"
		}
	}
	if kind == "" {
		l.requests--
		l.tokens -= float64(tokens)
		if lim.Window > 0 {
			l.times = append(l.times, now)
		}
		return l.headers(burst), nil
	}
	b := TooMany(wait)
	b.Body = fault(429, "rate_limit_exceeded", "", fmt.Sprintf("Rate limit reached on %s per min. Please try again in %s.", kind, wait.Round(time.Millisecond))).Body
	return l.headers(burst), &b
}

// waitRequests returns how long the next request must wait.
func (l *limiter) waitRequests(now time.Time) time.Duration {
	if l.limits.Window <= 0 {
		if l.requests >= 1-1e-9 {
			return 0
		}
		return max(minutes((1-l.requests)/l.limits.RequestsPerMinute), 1)
	}
	for len(l.times) > 0 && now.Sub(l.times[0]) >= l.limits.Window {
		l.times = l.times[1:]
	}
	if most := int(l.limits.RequestsPerMinute * l.limits.Window.Minutes()); len(l.times) >= max(most, 1) {
		return l.limits.Window - now.Sub(l.times[0])
	}
	return 0
}

func (l *limiter) headers(burst float64) http.Header {
	if l.limits.NoHeaders {
		return nil
	}
	h := http.Header{}
	if rpm := l.limits.RequestsPerMinute; rpm > 0 {
		h.Set("X-Ratelimit-Limit-Requests", whole(rpm))
		h.Set("X-Ratelimit-Remaining-Requests", whole(math.Max(0, l.requests)))
		h.Set("X-Ratelimit-Reset-Requests", minutes((burst-l.requests)/rpm).Round(time.Millisecond).String())
	}
	if tpm := l.limits.TokensPerMinute; tpm > 0 {
		h.Set("X-Ratelimit-Limit-Tokens", whole(tpm))
		h.Set("X-Ratelimit-Remaining-Tokens", whole(math.Max(0, l.tokens)))
		h.Set("X-Ratelimit-Reset-Tokens", minutes((tpm-l.tokens)/tpm).Round(time.Millisecond).String())
	}
	return h
}

func minutes(x float64) time.Duration { return time.Duration(x * float64(time.Minute)) }

func whole(x float64) string { return strconv.FormatInt(int64(x), 10) }
