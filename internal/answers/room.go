package answers

import "context"

// TryReserve is Reserve without waiting; ok is false where the amount does not
// fit now.
func (b *Budget) TryReserve(worst int64) (r *Reservation, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.fits(worst) {
		return nil, false
	}
	b.reserved += worst
	return &Reservation{b: b, worst: worst}, true
}

// Charge counts what was reserved and asked for by an earlier run.
func (b *Budget) Charge(cost int64) {
	r := Reservation{b: b}
	r.Settle(cost)
}

// Items lists the requests of a stored batch by custom id.
func (s *Store) Items(ctx context.Context, batch string) ([]BatchItem, error) {
	return s.items(ctx, batch)
}
