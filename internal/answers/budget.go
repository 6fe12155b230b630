package answers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
)

// ErrBudget is what every *BudgetError is.
var ErrBudget = errors.New("the budget is spent")

// BudgetError says that a request does not fit in what is left.
type BudgetError struct {
	Limit, Spent, Reserved, Worst int64 // in 10^-9 dollars
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("the budget of %s is spent: %s are paid, and the next request may cost up to %s", dollars(e.Limit), dollars(e.Spent), dollars(e.Worst))
}

// Is makes a BudgetError an ErrBudget.
func (e *BudgetError) Is(target error) bool { return target == ErrBudget }

func dollars(nano int64) string { return fmt.Sprintf("$%d.%09d", nano/1e9, nano%1e9) }

// Budget caps what a run spends. The most that a request can cost is reserved
// before it is made and given back when it is settled, so spent and reserved
// together stay within the limit however many requests are in flight. A request
// that costs more than its reservation is counted in full: then the limit can be
// passed, by the sum of these excesses and no more, and nothing further is
// reserved. Amounts are whole 10^-9 dollars, which add up exactly.
type Budget struct {
	limit int64 // -1 for none

	mu              sync.Mutex
	spent, reserved int64
	changed         chan struct{} // closed when room may have been made
	gauges          map[string]*Gauge
}

// NewBudget caps spending at limit; a negative limit is 0.
func NewBudget(limit int64) *Budget {
	return &Budget{limit: max(limit, 0), changed: make(chan struct{})}
}

// Unlimited counts and caps nothing.
func Unlimited() *Budget { return &Budget{limit: -1, changed: make(chan struct{})} }

// Reservation is the part of a budget that one request may use.
type Reservation struct {
	b     *Budget
	worst int64
	once  sync.Once
}

// Reserve sets aside the most that a request can cost. It waits while only
// requests in flight stand in the way. It is a *BudgetError when the amount does
// not fit even if those cost nothing.
func (b *Budget) Reserve(ctx context.Context, worst int64) (*Reservation, error) {
	if worst < 0 {
		return nil, fmt.Errorf("a request cannot cost %d: its worst case is 0 or more", worst)
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		b.mu.Lock()
		if b.fits(worst) {
			b.reserved += worst
			b.mu.Unlock()
			return &Reservation{b: b, worst: worst}, nil
		}
		if b.reserved == 0 || b.limit >= 0 && worst > b.limit-b.spent {
			err := &BudgetError{b.limit, b.spent, b.reserved, worst}
			b.mu.Unlock()
			return nil, err
		}
		changed := b.changed
		b.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// fits reports whether an amount can be reserved. No sum leaves its type.
func (b *Budget) fits(worst int64) bool {
	all := plus(plus(b.spent, b.reserved), worst)
	return worst >= 0 && worst <= math.MaxInt64-b.reserved && (b.limit < 0 || all <= b.limit && all < math.MaxInt64)
}

// Settle replaces the reservation by what the request cost. A negative cost
// counts as 0. Only the first Settle or Release of a reservation has an effect.
func (r *Reservation) Settle(actual int64) {
	r.once.Do(func() {
		b := r.b
		b.mu.Lock()
		defer b.mu.Unlock()
		b.reserved -= r.worst
		b.spent += min(max(actual, 0), math.MaxInt64-b.spent)
		close(b.changed)
		b.changed = make(chan struct{})
	})
}

// Release gives a reservation back: the request cost nothing.
func (r *Reservation) Release() { r.Settle(0) }

// Spent is what the settled requests cost.
func (b *Budget) Spent() int64 {
	spent, _ := b.State()
	return spent
}

// Reserved is what the requests in flight may cost.
func (b *Budget) Reserved() int64 {
	_, reserved := b.State()
	return reserved
}

// State is what is spent and what is reserved, at one moment.
func (b *Budget) State() (spent, reserved int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spent, b.reserved
}

// Left is what is neither spent nor reserved, at least 0; limited is false for
// a budget without a limit.
func (b *Budget) Left() (left int64, limited bool) {
	spent, reserved := b.State()
	if b.limit < 0 {
		return 0, false
	}
	return max(b.limit-plus(spent, reserved), 0), true
}
