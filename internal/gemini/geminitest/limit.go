package geminitest

import (
	"sync"
	"time"
)

// Limits are limits of rate. A refused call costs nothing.
type Limits struct {
	// RequestsPerMinute refills a bucket evenly; it holds Burst requests, 0 is a
	// tenth of a second's worth, at least 1.
	RequestsPerMinute float64
	Burst             int
	// RequestsPerDay is how many requests are answered at all.
	RequestsPerDay int
	// Silent leaves the RetryInfo out.
	Silent bool
}

type limiter struct {
	mu     sync.Mutex
	limits Limits
	last   time.Time
	level  float64
	taken  int
}

// take admits a request or returns its refusal.
func (l *limiter) take(now time.Time) *Behaviour {
	l.mu.Lock()
	defer l.mu.Unlock()
	if day := l.limits.RequestsPerDay; day > 0 && l.taken >= day {
		b := DayIsOver()
		return &b
	}
	if rpm := l.limits.RequestsPerMinute; rpm > 0 {
		burst := float64(l.limits.Burst)
		if burst == 0 {
			burst = max(1, rpm/600)
		}
		if l.last.IsZero() {
			l.level = burst
		}
		l.level = min(burst, l.level+now.Sub(l.last).Minutes()*rpm)
		l.last = now
		if l.level < 1-1e-9 {
			wait := time.Duration((1 - l.level) / rpm * float64(time.Minute))
			if l.limits.Silent {
				wait = -1
			}
			b := Limited(wait)
			return &b
		}
		l.level--
	}
	l.taken++
	return nil
}
