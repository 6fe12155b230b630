package asking

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"icono/internal/answers"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/price"
	"icono/internal/transport"
)

// dearest is the most that one request is taken to cost, a million dollars, so
// that sums stay within their type.
const dearest = price.Money(1_000_000) * price.Dollar

// purse is the money of one request, which may be sent more than once.
type purse struct {
	line  *Line
	turn  *answers.Turn
	bound bounds // worst is scaled by what earlier answers taught

	mu   sync.Mutex
	held []*answers.Reservation // one for each time that it may be paid
}

// purse waits for a request's turn and sets its worst case aside.
func (l *Line) purse(ctx context.Context, b bounds) (*purse, error) {
	turn, err := l.gauge().Enter(ctx, b.worst)
	if err != nil {
		return nil, l.spentUp(err)
	}
	b.worst = turn.Worst()
	r, err := l.reserve(ctx, b)
	if err != nil {
		turn.Free()
		return nil, l.spentUp(err)
	}
	return &purse{line: l, turn: turn, bound: b, held: []*answers.Reservation{r}}, nil
}

func (l *Line) gauge() *answers.Gauge { return l.desk.budget.Gauge(l.calibrates()) }

// errLost ends a request whose answer was lost where the budget does not allow
// it to be asked, and perhaps paid, again.
var errLost = errors.New("the answer was lost on its way and may have been paid; what is left of the budget does not allow to ask again")

// again sets the worst case aside once more, for a request whose last attempt may
// have been paid. It never waits: others may wait for the same room.
func (p *purse) again() error {
	r, ok := p.line.desk.budget.TryReserve(p.bound.worst)
	if !ok {
		return errLost
	}
	p.mu.Lock()
	p.held = append(p.held, r)
	p.mu.Unlock()
	return nil
}

// settle pays what a request came to: what the server reports, or the worst case
// where it reports nothing or what cannot be, and the worst case for every
// attempt whose answer was lost. known tells that the price is.
func (p *purse) settle(reply chat.Reply, call *transport.Call, err error) (cost price.Money, known bool) {
	l, u, worst := p.line, reply.Usage, price.Money(p.bound.worst)
	claimed, known := l.cost(u)
	claimed = min(claimed, dearest)
	told, paid := false, true
	switch {
	case u.Reported && known:
		cost, told = claimed, true
	case u.Absurd():
		cost = worst
		l.gauge().Close(fmt.Sprintf("the usage that the server reports cannot be trusted: %s for one answer; nothing more is asked, because what it bills is not known", u.Doubt))
	case u.Doubt != "":
		cost, told = max(worst, claimed), claimed > worst
	case answered(reply, err):
		cost = worst
	default:
		paid = false
	}
	for range call.Lost {
		cost, paid = min(cost+min(worst, dearest), dearest), true
	}
	if paid {
		p.turn.Paid(int64(cost), told && call.Lost == 0)
	} else {
		p.turn.Free()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held[0].Settle(int64(cost))
	for _, r := range p.held[1:] {
		r.Release()
	}
	return cost, known
}

// answered reports whether a model may have worked for what came: anything but
// the server's word that it failed.
func answered(reply chat.Reply, err error) bool {
	var e *chat.Error
	return reply.Raw != nil && (!errors.As(err, &e) || e.Status < 400)
}

// spentError ends the asking for want of money: it is a coding.ErrBudget that
// says why.
type spentError struct{ why string }

func (e *spentError) Error() string        { return e.why }
func (e *spentError) Is(target error) bool { return target == coding.ErrBudget }

// spentUp words the end of the budget, and what is wrong where the server counts
// more than it was expected to at most.
func (l *Line) spentUp(err error) error {
	var closed *answers.ClosedError
	if errors.As(err, &closed) {
		return &spentError{closed.Why}
	}
	above, limit := l.desk.budget.Above(), l.desk.options.Limit
	if !errors.Is(err, coding.ErrBudget) || above == 0 || limit == nil {
		return err
	}
	spent, text := price.Money(l.desk.budget.Spent()), "%s of %s are paid"
	if spent > *limit && l.gauge().Answered() == 1 {
		text = "the first answer alone cost %s, and the budget is %s"
	}
	return &spentError{fmt.Sprintf("%v: "+text+"; %s; nothing more is asked", coding.ErrBudget, spent.Short(), limit.Short(), counted(above))}
}

// counted words that a server counts more than was computed.
func counted(above float64) string {
	return fmt.Sprintf("the server counts up to %.3g times what was computed as the worst case of a request", above)
}
