package asking

import (
	"context"

	"icono/internal/answers"
	"icono/internal/chat"
	"icono/internal/price"
)

// Spending is what a stage has asked and paid so far.
type Spending struct {
	Stored, Asked, Shared, Faults int64
	// Missed counts questions without an answer where nothing is asked.
	Missed int64
	Usage  answers.Usage
	Cost   price.Money
	// Unknown counts answers whose price is not known.
	Unknown int64
}

// bounds are what a request can come to at most.
type bounds struct {
	expected int64 // tokens, in and out
	worst    int64 // nanodollars; 0 where the price is unknown
	priced   bool
}

// bound finds what a request can cost at most, with an estimate of its parts: no
// more tokens than bytes for its text, and for pictures what their rule gives at
// most.
func (l *Line) bound(r chat.Request, p price.Part) bounds {
	text := price.TokensBound(r.System) + price.TokensBound(string(r.Format.Schema)) + turnTokens*int64(len(r.Messages))
	for _, m := range r.Messages {
		for _, part := range m.Parts {
			text += price.TokensBound(part.Text)
		}
	}
	b := bounds{expected: p.Text.Plus(p.Pictures).Expected + min(p.MaxOutput, 500)}
	worst, ok := l.entry.Worst(text+p.Pictures.High, p.MaxOutput, l.server.Batch)
	b.worst, b.priced = int64(worst), ok
	return b
}

// turnTokens bounds what a protocol adds to a turn.
const turnTokens = 16

// reserve sets the worst case aside, so that the budget holds whatever comes.
func (l *Line) reserve(ctx context.Context, b bounds) (*answers.Reservation, error) {
	return l.Reserve(ctx, price.Money(b.worst), b.priced, "the model "+l.server.Model)
}

func (l *Line) cost(u chat.Usage) (price.Money, bool) {
	return l.entry.Cost(price.Usage{Input: u.Input, CachedInput: u.CachedInput, CacheWrite: u.CacheWrite, Output: u.Output}, l.server.Batch)
}

// paid adds what one request came to, and what it was expected to.
func (l *Line) paid(part price.Part, u chat.Usage, cost price.Money, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if u.Reported {
		l.observed.Observe(part, u.Input, u.Output)
	}
	if l.calibration.Requests > 0 {
		part = l.calibration.Apply(part)
	}
	l.expected.Add(l.entry, part, l.server.Batch, 1)
	l.planned = l.expected.Cost.Expected
	l.add(u, cost, known)
}

// add adds what an answer came to. The caller holds the lock.
func (l *Line) add(u chat.Usage, cost price.Money, known bool) {
	l.spent.Usage = l.spent.Usage.Plus(usage(u))
	l.spent.Cost = sum(l.spent.Cost, cost)
	if !known {
		l.spent.Unknown++
	}
}
