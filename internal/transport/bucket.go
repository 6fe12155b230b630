package transport

import "time"

const (
	// share of the allowed rate that is used in the long run, so that a bucket
	// at the server never runs dry. slack is how far behind that the pace may
	// fall and still catch up: timers that fire late cost no throughput then,
	// and a time in which nobody asked is not made up for.
	share = 0.993
	slack = 200 * time.Millisecond
	// Requests also keep this pace at every moment, catching up included, so
	// that a sliding window as short as a second never sees a burst.
	brisk      = 0.995
	briskSlack = 4 * time.Millisecond
	// Tokens come in lumps and are corrected later; their slack is short.
	tokenSlack = 20 * time.Millisecond
)

// bucket spreads a cost over time. It is guarded by the gate's lock.
type bucket struct {
	configured float64 // per second, 0 if not
	rate       float64 // per second, 0 is unknown: no limit
	next       time.Time
	brisk      time.Time
	lumps      bool // tokens: no brisk pace
	// refund is how far corrections have set next before the time they came:
	// unlike the time in which nobody asked, this is not lost.
	refund time.Duration
	// level is what the server said remains, less what was sent since.
	level    float64
	levelAt  time.Time
	capacity float64 // 0: level is unknown
	evidence evidence
}

// ready is the time at which cost may be spent.
func (b *bucket) ready(now time.Time, cost float64) time.Time {
	if b.rate <= 0 || cost <= 0 {
		return now
	}
	at := b.next
	if !b.lumps && b.brisk.After(at) {
		at = b.brisk
	}
	if b.capacity > 0 {
		if lack := min(cost, b.capacity) - b.remaining(now); lack > 0 {
			if t := now.Add(seconds(lack / b.rate)); t.After(at) {
				at = t
			}
		}
	}
	return at
}

func (b *bucket) remaining(now time.Time) float64 {
	return min(b.capacity, b.level+b.rate*now.Sub(b.levelAt).Seconds())
}

// take spends cost for a request that has waited since a time. A pace that was
// missed before anybody waited is not caught up.
func (b *bucket) take(now, since time.Time, cost float64) {
	if b.rate <= 0 || cost <= 0 {
		return
	}
	allowed := slack
	if b.lumps {
		allowed = tokenSlack + b.refund
	} else {
		if earliest := now.Add(-briskSlack); b.brisk.Before(earliest) {
			b.brisk = earliest
		}
		b.brisk = b.brisk.Add(seconds(cost / (b.rate * brisk)))
	}
	earliest := now.Add(-allowed)
	if idle := since.Add(-briskSlack - b.refund); idle.After(earliest) {
		earliest = idle
	}
	if b.next.Before(earliest) {
		b.next = earliest
	}
	b.next = b.next.Add(seconds(cost / (b.rate * share)))
	b.refund = min(b.refund, max(0, now.Sub(b.next)))
	if b.capacity > 0 {
		b.level, b.levelAt = max(0, b.remaining(now)-cost), now
	}
}

// correct changes what was taken before by difference.
func (b *bucket) correct(now time.Time, difference float64) {
	if b.rate <= 0 {
		return
	}
	change := seconds(difference / (b.rate * share))
	before := b.next
	b.next = b.next.Add(change)
	if change < 0 && b.next.Before(now) {
		if before.After(now) {
			before = now
		}
		// One request's worth is kept, so that no burst is saved up.
		b.refund = min(b.refund+before.Sub(b.next), max(b.refund, -change))
	}
}

// setRate changes the rate; what is owed stays owed, at the new rate.
func (b *bucket) setRate(now time.Time, rate float64) {
	if rate == b.rate || rate <= 0 {
		return
	}
	if owed := b.next.Sub(now).Seconds(); b.rate > 0 && owed > 0 {
		b.next = now.Add(seconds(owed * b.rate / rate))
	}
	b.rate = rate
}

// seconds converts, and keeps what is absurdly long from overflowing.
func seconds(s float64) time.Duration {
	const most = 24 * time.Hour
	if s >= most.Seconds() {
		return most
	}
	if s <= -most.Seconds() {
		return -most
	}
	return time.Duration(s * float64(time.Second))
}
