package asking

import (
	"context"
	"errors"
	"fmt"

	"icono/internal/answers"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/price"
	"icono/internal/stage"
)

// Spending is what a stage has asked and paid so far.
type Spending struct {
	Stored, Asked, Shared, Faults int64
	Usage                         answers.Usage
	Cost                          price.Money
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
	if !b.priced && l.desk.options.Limit != nil {
		return nil, &stage.MissingError{What: fmt.Sprintf("the price of the model %s is unknown, so the budget cannot be kept", l.server.Model),
			Mend: "name a price file that has it with `prices:` in the pipeline, or set `max_tokens`, or run without a budget"}
	}
	r, err := l.desk.budget.Reserve(ctx, b.worst)
	if errors.Is(err, answers.ErrBudget) {
		return nil, coding.ErrBudget
	}
	return r, err
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
	l.planned.Add(l.entry, part, l.server.Batch, 1)
	l.spent.Usage = l.spent.Usage.Plus(usage(u))
	l.spent.Cost += cost
	if !known {
		l.spent.Unknown++
	}
}

func (l *Line) count(origin answers.Origin, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case origin == answers.Stored:
		l.spent.Stored++
	case origin == answers.Shared:
		l.spent.Shared++
	case origin == answers.Asked:
		l.spent.Asked++
	}
	var fault *answers.FaultError
	if errors.As(err, &fault) {
		l.spent.Faults++
	}
}

// Spending returns what the stage has asked and paid so far.
func (l *Line) Spending() Spending {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spent
}
