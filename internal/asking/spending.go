package asking

import (
	"fmt"
	"math"
	"strings"

	"icono/internal/answers"
	"icono/internal/price"
)

// Account is what a run has asked and paid so far.
type Account struct {
	Spending
	Reserved price.Money
	Limit    *price.Money
	// Planned is what the requests of the run were expected to cost.
	Planned price.Money
	// Above is how many times its computed worst case a request cost at most,
	// 0 where none cost more than that.
	Above float64
	// Waiting says what batches are waited for, "" for none.
	Waiting string
}

// Spending adds up all stages.
func (d *Desk) Spending() Account {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := Account{Reserved: price.Money(d.budget.Reserved()), Limit: d.options.Limit, Above: d.budget.Above()}
	for _, c := range d.counters {
		s, planned, waits := c.state()
		a.Stored += s.Stored
		a.Asked += s.Asked
		a.Shared += s.Shared
		a.Faults += s.Faults
		a.Usage = a.Usage.Plus(s.Usage)
		a.Cost = sum(a.Cost, s.Cost)
		a.Unknown += s.Unknown
		a.Missed += s.Missed
		a.Planned = sum(a.Planned, planned)
		if waits != "" {
			a.Waiting = waits
		}
	}
	return a
}

// Stage returns what a stage has asked and paid so far, and whether it has opened what
// is stored.
func (d *Desk) Stage(id string) (Spending, bool) {
	if c := d.counter(id); c != nil {
		return c.Spending(), true
	}
	return Spending{}, false
}

// counter is that of a stage, nil where it has not opened what is stored.
func (d *Desk) counter(stageID string) *Counter {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.counters {
		if c.stage == stageID {
			return c
		}
	}
	return nil
}

// Unrecorded is how many answers that the run used stand in no cassette, by stage.
func (d *Desk) Unrecorded() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string]int{}
	for _, c := range d.counters {
		c.mu.Lock()
		if n := len(c.alone); n > 0 {
			out[c.stage] = n
		}
		c.mu.Unlock()
	}
	return out
}

// InCassette reports whether an answer that a stage used in this run stands in the
// stage's cassette.
func (d *Desk) InCassette(stageID string, k answers.Key) bool {
	c := d.counter(stageID)
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cassette != nil && !c.alone[k]
}

// state is all that is told of a stage.
func (c *Counter) state() (spent Spending, planned price.Money, waits string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.spent, c.planned, c.waiting
}

// sum adds amounts that are not negative and stays at the largest.
func sum(a, b price.Money) price.Money {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// Actual words what was paid against what was expected; "" where nothing was
// asked or a price is unknown.
func (a Account) Actual() string {
	if a.Asked == 0 || a.Unknown > 0 || a.Planned == 0 {
		return ""
	}
	return fmt.Sprintf("expected %s, paid %s", a.Planned.Short(), a.Cost.Short())
}

// String words the account: "12 asked, 30 stored, $0.0123 spent, $4.98 left".
func (a Account) String() string {
	var parts []string
	if a.Waiting != "" {
		parts = append(parts, a.Waiting)
	}
	parts = append(parts, fmt.Sprintf("%d asked", a.Asked), fmt.Sprintf("%d stored", a.Stored))
	if a.Shared > 0 {
		parts = append(parts, fmt.Sprintf("%d shared", a.Shared))
	}
	switch {
	case a.Unknown > 0 && a.Cost == 0:
		parts = append(parts, "price unknown")
	case a.Unknown > 0:
		parts = append(parts, fmt.Sprintf("more than %s spent (the price of %d answers is unknown)", a.Cost.Short(), a.Unknown))
	default:
		parts = append(parts, a.Cost.Short()+" spent")
	}
	if a.Reserved > 0 {
		parts = append(parts, a.Reserved.Short()+" reserved")
	}
	if a.Limit != nil {
		parts = append(parts, max(0, *a.Limit-min(a.Cost, *a.Limit)-a.Reserved).Short()+" left")
	}
	if a.Above > 0 {
		parts = append(parts, counted(a.Above))
	}
	return strings.Join(parts, ", ")
}
