package answers

import (
	"context"
	"math"
	"sync"
)

const (
	// margin is put on the largest ratio that was seen, and more where it last
	// rose by more.
	margin = 1.25
	// surprise is how many times the largest ratio seen the requests in flight
	// may come to without passing what is left.
	surprise = 8
	// calm is the number of answers without news after which a rise is forgotten.
	calm = 32
	// record is how far a ratio is above the largest before to be news.
	record = 1.05
)

// Gauge compares what the requests of one stage cost with what was computed as
// their worst case, and lets them through so that a computation that is too low
// is found with few of them on their way. While a budget caps the run:
//
//   - The first request goes alone. What its answer cost scales the worst cases
//     of all that follow, and so does every larger ratio.
//   - Never more requests go beside each other than answers came. As long as the
//     largest ratio seen is above an eighth, eight times that ratio must also
//     stay within what is left for all in flight, and only answers since it last
//     rose count: costs that grow from answer to answer meet one request in flight.
//
// So the limit holds unless the first answer alone passes it, or a later one costs
// over a quarter more than any before it just where the money ends.
type Gauge struct {
	b *Budget

	mu       sync.Mutex
	ratio    float64 // the largest cost / worst case seen
	rise     float64 // by what factor it last rose, at most 2
	answered int     // answers so far
	quiet    int     // answers since the ratio last rose
	failed   int     // requests before the first answer that cost nothing
	flying   int
	worst    int64 // the computed worst cases of the requests in flight
	closed   string
	changed  chan struct{} // closed when another may go
}

// ClosedError says why a gauge lets nothing through any more.
type ClosedError struct{ Why string }

// Error gives the reason.
func (e *ClosedError) Error() string { return e.Why }

// Gauge returns the gauge of a name, one for each.
func (b *Budget) Gauge(name string) *Gauge {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gauges == nil {
		b.gauges = map[string]*Gauge{}
	}
	g := b.gauges[name]
	if g == nil {
		g = &Gauge{b: b, changed: make(chan struct{})}
		b.gauges[name] = g
	}
	return g
}

// Above returns the largest ratio of a cost to its computed worst case among all
// gauges, 0 where none is above 1.
func (b *Budget) Above() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	most := 1.0
	for _, g := range b.gauges {
		g.mu.Lock()
		most = max(most, g.ratio)
		g.mu.Unlock()
	}
	if most == 1 {
		return 0
	}
	return most
}

// Turn is the right to have one request in flight.
type Turn struct {
	g       *Gauge
	worst   int64
	scaled  int64
	settled bool
}

// Worst is what to reserve for the request: its computed worst case, scaled by
// what earlier ones taught.
func (t *Turn) Worst() int64 { return t.scaled }

// Enter waits until a request may go whose worst case was computed. Each turn
// must end with Paid or Free. The error is a *ClosedError once the gauge is closed.
func (g *Gauge) Enter(ctx context.Context, worst int64) (*Turn, error) {
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		left, limited := g.b.unspent()
		g.mu.Lock()
		switch {
		case g.closed != "":
			g.mu.Unlock()
			return nil, &ClosedError{g.closed}
		case !limited || g.flying == 0 || g.room(worst, left):
			t := &Turn{g: g, worst: worst, scaled: scale(worst, max(1, g.ratio*max(margin, g.rise)))}
			g.flying++
			g.worst = plus(g.worst, worst)
			g.mu.Unlock()
			return t, nil
		}
		changed := g.changed
		g.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// room reports whether a request may go beside those in flight.
func (g *Gauge) room(worst, left int64) bool {
	all := plus(g.worst, worst)
	if g.answered == 0 { // nothing is known; but who fails for nothing must not hold up all
		return g.flying <= g.failed && scale(all, 8*surprise) <= left
	}
	careful := g.ratio * surprise
	if careful <= 1 {
		return g.flying <= g.answered
	}
	return g.flying <= g.quiet && scale(all, careful) <= left
}

// Paid ends the turn of a request that was paid. told says that the server told
// its cost; else cost is what it may have come to, and nothing is learnt.
func (t *Turn) Paid(cost int64, told bool) {
	t.end(func(g *Gauge) {
		g.answered++
		ratio := 1.0 // so much was set aside
		if told {
			ratio = float64(cost) / float64(max(t.worst, 1))
		}
		if told && t.worst == 0 && cost == 0 { // what is free is free
			ratio = 0
		}
		switch {
		case ratio > g.ratio*record:
			if g.ratio > 0 {
				g.rise = min(ratio/g.ratio, 2)
			}
			g.ratio, g.quiet = ratio, 0
		default:
			g.ratio = max(g.ratio, ratio)
			if g.quiet++; g.quiet > calm {
				g.rise = 0
			}
		}
	})
}

// Free ends the turn of a request that was not paid.
func (t *Turn) Free() {
	t.end(func(g *Gauge) {
		if g.answered == 0 {
			g.failed++
		}
	})
}

func (t *Turn) end(learn func(*Gauge)) {
	g := t.g
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.settled {
		return
	}
	t.settled = true
	learn(g)
	g.flying--
	g.worst -= min(t.worst, g.worst)
	g.wake()
}

// Scaled is what to reserve for a request of a batch, which takes no turn: its
// computed worst case, scaled by what answers taught so far.
func (g *Gauge) Scaled(worst int64) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return scale(worst, max(1, g.ratio*max(margin, g.rise)))
}

// Learn takes what the server told that a request of a batch cost.
func (g *Gauge) Learn(worst, cost int64) {
	g.mu.Lock()
	g.flying++
	g.worst = plus(g.worst, worst)
	g.mu.Unlock()
	(&Turn{g: g, worst: worst}).Paid(cost, true)
}

// Answered is how many requests were paid.
func (g *Gauge) Answered() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.answered
}

// Close lets no further request go where a budget caps the run, and says why.
func (g *Gauge) Close(why string) {
	if _, limited := g.b.unspent(); !limited {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed == "" {
		g.closed = why
	}
	g.wake()
}

func (g *Gauge) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// unspent is what requests in flight and to come may cost.
func (b *Budget) unspent() (left int64, limited bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.limit - min(b.spent, max(b.limit, 0)), b.limit >= 0
}

// scale multiplies and rounds up; what is too large is the largest.
func scale(n int64, by float64) int64 {
	x := math.Ceil(float64(n) * by)
	if !(x < math.MaxInt64) {
		return math.MaxInt64
	}
	return int64(x)
}

// plus adds amounts that are not negative; what is too large is the largest.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
