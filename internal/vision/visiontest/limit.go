package visiontest

import (
	"sync"
	"time"
)

// Limits are limits of rate. Refused calls cost nothing. Google sends no headers
// that tell how much is left.
type Limits struct {
	// RequestsPerMinute refill evenly, unless Window is set.
	RequestsPerMinute float64
	// Burst is the number of requests that a full bucket holds; 0 is a tenth of a
	// second's worth, at least 1.
	Burst int
	// Window, if set, bounds the requests of every window of this length instead
	// (a sliding window): RequestsPerMinute in proportion.
	Window time.Duration
	// Silent leaves Retry-After out.
	Silent bool
}

type limiter struct {
	mu     sync.Mutex
	limits Limits
	last   time.Time
	left   float64
	times  []time.Time // of accepted requests within the window
}

// take admits a request or returns its refusal.
func (l *limiter) take(now time.Time) *Behaviour {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limits.RequestsPerMinute <= 0 {
		return nil
	}
	wait := l.wait(now)
	if wait <= 0 {
		l.left--
		if l.limits.Window > 0 {
			l.times = append(l.times, now)
		}
		return nil
	}
	if l.limits.Silent {
		wait = -1
	}
	b := TooMany(wait)
	return &b
}

// wait is how long the next request must wait.
func (l *limiter) wait(now time.Time) time.Duration {
	rate := l.limits.RequestsPerMinute
	if l.limits.Window > 0 {
		for len(l.times) > 0 && now.Sub(l.times[0]) >= l.limits.Window {
			l.times = l.times[1:]
		}
		if most := int(rate * l.limits.Window.Minutes()); len(l.times) >= max(most, 1) {
			return l.limits.Window - now.Sub(l.times[0])
		}
		return 0
	}
	burst := float64(l.limits.Burst)
	if burst == 0 {
		burst = max(1, rate/600)
	}
	if l.last.IsZero() {
		l.left = burst
	} else {
		l.left = min(burst, l.left+now.Sub(l.last).Minutes()*rate)
	}
	l.last = now
	if l.left >= 1-1e-9 {
		return 0
	}
	return max(time.Duration((1-l.left)/rate*float64(time.Minute)), 1)
}
