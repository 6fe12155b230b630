package asking

import (
	"context"
	"sync"

	"icono/internal/answers"
	"icono/internal/price"
)

// Fee is the money of one request whose price is fixed, which may be sent more
// than once. It is safe for concurrent use.
type Fee struct {
	counter *Counter
	price   price.Money
	known   bool

	mu   sync.Mutex
	held []*answers.Reservation
}

// Fee sets the price of a request aside. what names what has it. The error is
// coding.ErrBudget where it is more than is left.
func (c *Counter) Fee(ctx context.Context, cost price.Money, known bool, what string) (*Fee, error) {
	r, err := c.Reserve(ctx, cost, known, what)
	if err != nil {
		return nil, err
	}
	return &Fee{counter: c, price: cost, known: known, held: []*answers.Reservation{r}}, nil
}

// Again sets the price aside once more, for a request whose last attempt may have
// been paid. It never waits.
func (f *Fee) Again() error {
	r, ok := f.counter.desk.budget.TryReserve(int64(f.price))
	if !ok {
		return errLost
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = append(f.held, r)
	return nil
}

// Settle pays for an answer if one came, and for every attempt whose answer was
// lost.
func (f *Fee) Settle(answered bool, lost int) {
	times := lost
	if answered {
		times++
	}
	cost := price.Money(0)
	for range times {
		cost = sum(cost, f.price)
	}
	f.mu.Lock()
	f.held[0].Settle(int64(cost))
	for _, r := range f.held[1:] {
		r.Release()
	}
	f.mu.Unlock()
	if times > 0 {
		f.counter.Paid(cost, f.price, f.known)
	}
}
