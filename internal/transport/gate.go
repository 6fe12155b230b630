package transport

import (
	"context"
	"sync"
	"time"
)

// gate lets requests pass: as many at once as the concurrency allows, as often
// as the rates allow, those that were sent before first, each group in order.
type gate struct {
	mu          sync.Mutex
	concurrency concurrency
	requests    bucket
	tokens      bucket
	inFlight    int
	sent        uint64
	again       queue
	fresh       queue
	timer       *time.Timer
	storm       storm
}

// pass is the right to have one attempt in flight.
type pass struct {
	seq  uint64
	from time.Time
}

// waiter stands in a queue.
type waiter struct {
	cost    float64
	since   time.Time
	ready   chan struct{}
	pass    pass
	granted bool
	left    bool // gave up waiting; skipped when its turn comes
}

func newGate(o Options) *gate {
	g := &gate{concurrency: newConcurrency(o.Concurrency, o.RequestsPerMinute > 0 || o.TokensPerMinute > 0)}
	g.requests.configured, g.requests.rate = o.RequestsPerMinute/60, o.RequestsPerMinute/60
	g.tokens.configured, g.tokens.rate = o.TokensPerMinute/60, o.TokensPerMinute/60
	g.tokens.lumps = true
	g.storm.over = make(chan struct{})
	return g
}

// enter waits for a turn. cost is what the attempt is expected to take of the
// tokens; again says that the request was sent before.
func (g *gate) enter(ctx context.Context, cost float64, again bool) (pass, error) {
	if err := ctx.Err(); err != nil {
		return pass{}, err
	}
	g.mu.Lock()
	now := time.Now()
	w := &waiter{cost: cost, since: now, ready: make(chan struct{})}
	if again {
		g.again.push(w)
	} else {
		g.fresh.push(w)
	}
	g.pump(now)
	g.mu.Unlock()
	select {
	case <-w.ready:
		return w.pass, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.granted {
		g.inFlight--
		g.tokens.correct(time.Now(), -cost)
	} else {
		w.left = true
		if again {
			g.again.left()
		} else {
			g.fresh.left()
		}
	}
	g.pump(time.Now())
	return pass{}, ctx.Err()
}

// pump lets pass whoever may. The caller holds the lock.
func (g *gate) pump(now time.Time) {
	for g.inFlight < max(1, int(g.concurrency.limit)) {
		q := &g.again
		w := q.head()
		if w == nil {
			q = &g.fresh
			w = q.head()
		}
		if w == nil {
			return
		}
		at := g.requests.ready(now, 1)
		if t := g.tokens.ready(now, w.cost); t.After(at) {
			at = t
		}
		if wait := at.Sub(now); wait > 0 {
			g.wake(wait)
			return
		}
		q.pop()
		g.requests.take(now, w.since, 1)
		g.tokens.take(now, w.since, w.cost)
		w.granted, w.pass = true, pass{g.sent, now}
		g.sent++
		g.inFlight++
		close(w.ready)
	}
}

// wake sets the one timer of the gate. A timer that fires too early finds
// nothing to do and sets itself again.
func (g *gate) wake(wait time.Duration) {
	if g.timer != nil {
		g.timer.Reset(wait)
		return
	}
	g.timer = time.AfterFunc(wait, func() {
		g.mu.Lock()
		g.pump(time.Now())
		g.mu.Unlock()
	})
}

// leave gives the pass back and learns from what the attempt came to. limits
// are the readings of the answer's headers.
func (g *gate) leave(p pass, c cause, limits [2]reading) {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests.learn(now, limits[0])
	g.tokens.learn(now, limits[1])
	known := g.requests.rate > 0 || g.tokens.rate > 0
	switch c {
	case none:
		g.concurrency.success(p.seq, g.inFlight, known)
		g.storm.success(p.from, now)
	case refused:
		g.concurrency.refused(p.seq, g.sent, g.inFlight, known)
		g.storm.failure(now)
	case server, broken, timedOut:
		g.storm.failure(now)
	}
	g.inFlight--
	g.pump(now)
}

func (g *gate) settle(difference float64) {
	g.mu.Lock()
	now := time.Now()
	g.tokens.correct(now, difference)
	g.pump(now)
	g.mu.Unlock()
}

func (g *gate) calm() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.storm.over
}

func (g *gate) stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Stats{
		InFlight: g.inFlight, Queued: g.again.len() + g.fresh.len(), Concurrency: g.concurrency.limit,
		RequestsPerMinute: g.requests.rate * 60, TokensPerMinute: g.tokens.rate * 60,
	}
}
