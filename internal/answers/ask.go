package answers

import (
	"context"
	"errors"
	"fmt"
)

// ask makes a request that is not settled, and stores what comes of it.
func (s *Session) ask(ctx context.Context, k Key, r Request, ask Ask) result {
	a, err := ask(ctx)
	if f := (*FaultError)(nil); errors.As(err, &f) {
		if lost := s.Fault(ctx, r, f); lost != nil {
			err = errors.Join(err, lost)
		}
		return result{origin: Asked, err: err}
	}
	if err != nil {
		return result{err: err}
	}
	a, err = s.record(k, r, a)
	return result{answer: a, origin: Asked, err: err}
}

// record stores an answer and returns it as it is stored.
func (s *Session) record(k Key, r Request, a Answer) (Answer, error) {
	kept := s.clean(a)
	err := s.o.Store.change(func(w *writer) (err error) {
		kept, err = w.putAnswer(s.stage, k, r, s.clean(a), s.o.Mode == All)
		return err
	})
	if err != nil {
		return kept, fmt.Errorf("row %q was answered, but the answer could not be stored: %w", r.Row, err)
	}
	if s.o.Mode == All {
		s.o.Store.tried.add(k)
	}
	return kept, nil
}

// Recorded is an answer that came by another way than Do, such as a batch, or
// a fault in its place.
type Recorded struct {
	Request Request
	Answer  Answer
	Fault   *FaultError
	// Replace puts the answer in the place of one that is stored; without it that
	// stays.
	Replace bool
}

// Record stores answers and faults in one durable step, or none of them.
func (s *Session) Record(ctx context.Context, all ...Recorded) error {
	if s.replay {
		return fmt.Errorf("stage %q replays stored answers: nothing can be recorded", s.stage)
	}
	for _, one := range all {
		if err := s.check(one.Request); err != nil {
			return err
		}
		if f := one.Fault; f != nil && !f.Status.known() {
			return fmt.Errorf("row %q: %q is no status of a fault", one.Request.Row, f.Status)
		}
	}
	err := s.o.Store.change(func(w *writer) error {
		for _, one := range all {
			k, err := one.Request.Key(), ctx.Err()
			if err == nil && one.Fault != nil {
				err = w.putFault(s.stage, k, one.Request, s.cleanFault(one.Fault))
			} else if err == nil {
				_, err = w.putAnswer(s.stage, k, one.Request, s.clean(one.Answer), s.o.Mode == All || one.Replace)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	for _, one := range all {
		if err == nil && (one.Fault != nil || s.o.Mode == All) {
			s.o.Store.tried.add(one.Request.Key())
		}
	}
	return err
}

// Fault stores what went wrong with a request. It is not asked again while the
// store is open, and later as the retry policy says.
func (s *Session) Fault(ctx context.Context, r Request, f *FaultError) error {
	if err := s.Record(context.WithoutCancel(ctx), Recorded{Request: r, Fault: f}); err != nil {
		return fmt.Errorf("row %q: the fault %q could not be stored: %w", r.Row, s.hide(f.Error()), err)
	}
	return nil
}
