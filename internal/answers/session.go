package answers

import (
	"context"
	"fmt"
	"sync/atomic"
	"unicode/utf8"
)

// Options says what a stage may use and do in one run.
type Options struct {
	// Store may be nil for a replay from a cassette alone: then nothing is
	// written anywhere.
	Store *Store
	// Cassette is looked into where the store has no answer; it may be nil.
	Cassette *Cassette
	// CassetteFirst has it looked into before the store: the cassette is that of an
	// earlier version of the study, which the store has gone beyond.
	CassetteFirst bool
	Mode          Mode
	Retry         RetryPolicy
	// Secrets are texts that must not be stored: a request that holds one is an
	// error, in what comes back they are replaced.
	Secrets []string
}

// Ask makes a request. It must return soon after its context ends.
type Ask func(context.Context) (Answer, error)

// Session is one stage's use of stored answers in one run.
type Session struct {
	stage      string
	o          Options
	replay     bool
	secrets    []string // in the forms that they take in texts
	superseded atomic.Int64
}

// NewSession begins a stage's use of stored answers.
func NewSession(ctx context.Context, stage string, o Options) (*Session, error) {
	if _, err := ParseMode(string(o.Mode)); err != nil {
		return nil, err
	}
	s := &Session{stage: stage, o: o, replay: o.Mode == None, secrets: forms(o.Secrets)}
	if !utf8.ValidString(stage) || stage == "" {
		return nil, fmt.Errorf("%q cannot be the name of a stage", stage)
	}
	if o.Mode == Once {
		recorded := o.Cassette != nil && o.Cassette.answers > 0
		if !recorded && o.Store != nil {
			n, err := o.Store.recorded(ctx, stage)
			if err != nil {
				return nil, err
			}
			recorded = n
		}
		s.replay = recorded
	}
	if !s.replay && (o.Store == nil || o.Store.readOnly) {
		return nil, fmt.Errorf("record mode %s stores answers, and needs an answer store that can be written", o.Mode)
	}
	return s, nil
}

// recorded reports whether a stage has an answer.
func (s *Store) recorded(ctx context.Context, stage string) (bool, error) {
	var any bool
	err := s.read.QueryRowContext(ctx, `SELECT EXISTS(SELECT 1 FROM uses u JOIN answers a ON a.key = u.key WHERE u.stage = ?)`, stage).Scan(&any)
	return any, s.explain(err)
}

// Replays reports whether the session never asks.
func (s *Session) Replays() bool { return s.replay }

// Superseded counts the answers so far that differ from the cassette's, because
// the store's are used: writing the cassette anew brings them together.
func (s *Session) Superseded() int64 { return s.superseded.Load() }

// Do returns the stored answer to a request, or asks for it and stores it; an
// asked answer is durable when Do returns. Identical requests are asked once at
// a time, by several programs too, and in mode all once as long as the store is
// open. The error is a
// *MissError where a replay has no answer, a *FaultError where the request went
// wrong now or earlier, ask's error where it gave another one, or what kept the
// answer from being read or stored; then the Answer is still returned, if there
// is one.
func (s *Session) Do(ctx context.Context, r Request, ask Ask) (Answer, Origin, error) {
	if ctx.Err() != nil {
		return Answer{}, "", context.Cause(ctx)
	}
	if err := s.check(r); err != nil {
		return Answer{}, "", err
	}
	k := r.Key()
	if s.replay {
		if got := s.find(ctx, k, r.Row); got.settled() {
			return got.answer, got.origin, got.err
		}
		return Answer{}, "", s.miss(ctx, k, r)
	}
	look := func(ctx context.Context) result {
		if s.o.Mode == All && !s.o.Store.tried.has(k) {
			return result{}
		}
		return s.find(ctx, k, r.Row)
	}
	got, joined := s.o.Store.flights.do(ctx, k, func() result { return look(ctx) }, func(ctx context.Context) result {
		if err := s.o.Store.asking.lock(ctx, k); err != nil {
			return result{err: err}
		}
		defer s.o.Store.asking.unlock(k)
		if s.o.Store.now(ctx).any(k) { // another program may have asked meanwhile
			if got := look(ctx); got.settled() {
				return got
			}
		}
		return s.ask(ctx, k, r, ask)
	})
	if joined && got.origin != "" {
		s.use(k, r.Row)
	}
	return got.answer, got.origin, got.err
}

// Lookup returns what is stored for a request and never asks; found is false
// where Do would ask. A kept fault is found, as a *FaultError.
func (s *Session) Lookup(ctx context.Context, r Request) (a Answer, found bool, err error) {
	if err := s.check(r); err != nil {
		return Answer{}, false, err
	}
	k := r.Key()
	if !s.replay && s.o.Mode == All && !s.o.Store.tried.has(k) {
		return Answer{}, false, nil
	}
	got := s.find(ctx, k, r.Row)
	return got.answer, got.origin != "", got.err
}

// find looks a request up: answers before faults, the store before the
// cassette, because what a person asked for again is newer; CassetteFirst turns that round.
func (s *Session) find(ctx context.Context, k Key, row string) result {
	if s.o.CassetteFirst && s.o.Cassette != nil {
		switch e, err := s.o.Cassette.find(k); {
		case err != nil:
			return result{err: err}
		case e != nil && e.answer != nil:
			return result{answer: *e.answer, origin: Stored}
		case e != nil && e.fault != nil && s.replay:
			return result{origin: Stored, err: e.fault}
		}
	}
	var fault *FaultError
	if st := s.o.Store; st != nil {
		q := st.now(ctx)
		a, used, err := q.answer(k, s.stage, row)
		if err == nil && a == nil {
			fault, err = q.fault(k)
		}
		if err != nil {
			return result{err: st.unread(err)}
		}
		if a != nil {
			if s.o.Cassette.differs(k, *a) {
				s.superseded.Add(1)
			}
			if !used {
				s.use(k, row)
			}
			return result{answer: *a, origin: Stored}
		}
	}
	if c := s.o.Cassette; c != nil {
		e, err := c.find(k)
		switch {
		case err != nil:
			return result{err: err}
		case e != nil && e.answer != nil:
			return result{answer: *e.answer, origin: Stored}
		case e != nil && fault == nil:
			fault = e.fault
		}
	}
	if fault != nil && (s.replay || s.o.Store.tried.has(k) || !s.o.Retry.Again(fault.Status)) {
		s.use(k, row)
		return result{origin: Stored, err: fault}
	}
	return result{}
}

// use notes, without waiting, that a row made a request.
func (s *Session) use(k Key, row string) {
	if st := s.o.Store; !s.replay {
		// A closed store is the only error, and then nobody asks for the list.
		_ = st.submit(&write{do: func(w *writer) error { return w.addUse(s.stage, row, k) }})
	}
}
