package asking

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"icono/internal/answers"
	"icono/internal/coding"
	"icono/internal/price"
	"icono/internal/stage"
)

// Counter is a stage's access to stored answers and to the money of the run. It
// is safe for concurrent use.
type Counter struct {
	desk    *Desk
	stage   string
	session *answers.Session
	// cassette is nil where the study has none for the stage.
	cassette *answers.Cassette

	mu      sync.Mutex
	spent   Spending
	planned price.Money // what was asked was expected to cost
	lacks   reasons
	used    map[answers.Key]bool // questions of this run, where they are traced
	waiting string               // what a batch is waited for; "" for nothing
	closers []func() error
	// alone are the requests of this run whose answers the cassette lacks.
	alone map[answers.Key]bool
}

// Counter opens what is stored of a stage. Answers never hold secrets.
func (d *Desk) Counter(ctx context.Context, stageID string, secrets []string) (*Counter, error) {
	c := &Counter{desk: d, stage: stageID}
	if d.options.Offline {
		c.used = map[answers.Key]bool{}
	}
	var err error
	if c.session, c.cassette, err = d.session(ctx, stageID, secrets); err != nil {
		return nil, errors.Join(err, c.close())
	}
	d.mu.Lock()
	d.counters = append(d.counters, c)
	d.mu.Unlock()
	return c, nil
}

// Closing has a function called when the desk closes.
func (c *Counter) Closing(f func() error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closers = append(c.closers, f)
}

func (c *Counter) close() error {
	var errs []error
	for _, f := range c.closers {
		errs = append(errs, f())
	}
	if c.cassette != nil {
		errs = append(errs, c.cassette.Close())
	}
	return errors.Join(errs...)
}

// Variable gives the value of an environment variable.
func (c *Counter) Variable(name string) string { return c.desk.Variable(name) }

// Credentials are those of this machine for Google Cloud.
func (c *Counter) Credentials() (Credentials, error) { return c.desk.options.Credentials() }

// trace notes a question of the run.
func (c *Counter) trace(r answers.Request) {
	if c.used == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used[r.Key()] = true
}

// Do returns the answer to a request: a stored one or, where there is none, that
// of ask, which is stored then. An error of ask that is an *answers.FaultError is
// stored too. The error is a *coding.Fault where the row has no good answer, and
// what stops the run otherwise.
func (c *Counter) Do(ctx context.Context, r answers.Request, ask func(context.Context) (answers.Answer, error)) (answers.Answer, answers.Origin, error) {
	c.trace(r)
	if err := c.learn(ctx, r); err != nil {
		return answers.Answer{}, "", err
	}
	a, origin, err := c.do(ctx, r, ask)
	c.tell(r, a, err)
	return a, origin, faulty(err)
}

// unrecorded notes an answer that is used and stands in no cassette.
func (c *Counter) unrecorded(r answers.Request, a *answers.Answer) {
	k := r.Key()
	if c.cassette != nil && c.cassette.Has(k, a) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alone == nil {
		c.alone = map[answers.Key]bool{}
	}
	c.alone[k] = true
}

// tell tells who listens of an answer that is used.
func (c *Counter) tell(r answers.Request, a answers.Answer, err error) {
	var fault *answers.FaultError
	switch {
	case err == nil:
		c.unrecorded(r, &a)
	case errors.As(err, &fault):
		c.unrecorded(r, nil)
	}
	if heard := c.desk.options.Heard; heard != nil {
		heard(c.stage, r, a, err)
	}
}

// learn stores what is known from elsewhere to answer a request.
func (c *Counter) learn(ctx context.Context, r answers.Request) error {
	known := c.desk.options.Known
	if known == nil {
		return nil
	}
	one, ok := known(c.stage, r)
	if !ok {
		return nil
	}
	one.Request = r
	return c.session.Record(ctx, one)
}

func (c *Counter) do(ctx context.Context, r answers.Request, ask func(context.Context) (answers.Answer, error)) (answers.Answer, answers.Origin, error) {
	if c.desk.options.Offline {
		return c.offline(ctx, r)
	}
	a, origin, err := c.session.Do(ctx, r, ask)
	c.count(origin, err)
	return a, origin, err
}

func (c *Counter) offline(ctx context.Context, r answers.Request) (answers.Answer, answers.Origin, error) {
	a, found, err := c.session.Lookup(ctx, r)
	if err == nil && !found {
		c.mu.Lock()
		c.spent.Missed++
		c.mu.Unlock()
		if err := c.reason(ctx, r); err != nil {
			return a, answers.Stored, err
		}
		return a, answers.Stored, &coding.Fault{Status: stage.Skipped, Reason: "there is no stored answer, and nothing is asked"}
	}
	c.count(answers.Stored, err)
	return a, answers.Stored, err
}

// faulty turns a stored fault into one of the row.
func faulty(err error) error {
	var fault *answers.FaultError
	if errors.As(err, &fault) {
		return &coding.Fault{Status: stage.Status(fault.Status), Reason: fault.Reason}
	}
	return err
}

// Record stores answers that were not asked for through Do, in one durable step.
func (c *Counter) Record(ctx context.Context, all ...answers.Recorded) error {
	for _, one := range all {
		c.trace(one.Request)
		if kept := c.desk.options.Kept; kept != nil {
			kept(c.stage, one.Request, one.Answer)
		}
	}
	return c.session.Record(ctx, all...)
}

// Strict reports whether the run replays what is recorded and nothing else.
func (c *Counter) Strict() bool { return c.desk.options.Mode == answers.None }

// Near returns what is stored of a row of the stage, the newest first.
func (c *Counter) Near(ctx context.Context, row string) ([]answers.Request, error) {
	return c.session.Near(ctx, row)
}

// Replays reports whether nothing is stored.
func (c *Counter) Replays() bool { return c.session.Replays() }

// Lookup returns the stored answer to a request, and whether there is one that
// would be used. A stored fault that would not be asked again is a *coding.Fault.
func (c *Counter) Lookup(ctx context.Context, r answers.Request) (answers.Answer, bool, error) {
	c.trace(r)
	if err := c.learn(ctx, r); err != nil {
		return answers.Answer{}, false, err
	}
	a, found, err := c.session.Lookup(ctx, r)
	if found && err == nil {
		c.unrecorded(r, &a)
	}
	if kept := c.desk.options.Kept; kept != nil && found && err == nil {
		kept(c.stage, r, a)
	}
	var fault *answers.FaultError
	if errors.As(err, &fault) {
		if c.desk.options.Retry.Again(fault.Status) {
			return a, false, nil
		}
		return a, false, faulty(err)
	}
	found = found && c.desk.options.Mode != answers.All
	if err == nil && !found {
		err = c.reason(ctx, r)
	}
	return a, found, err
}

// Reserve sets aside what a request can cost at most. priced is whether that is
// known: without it a budget cannot be kept. what names what has the price. The
// error is coding.ErrBudget where it is more than is left.
func (c *Counter) Reserve(ctx context.Context, worst price.Money, priced bool, what string) (*answers.Reservation, error) {
	if !priced && c.desk.options.Limit != nil {
		return nil, &stage.MissingError{What: fmt.Sprintf("the price of %s is unknown, so the budget cannot be kept", what),
			Mend: "name a price file that has it with `prices:` in the pipeline, or set `max_tokens`, or run without a budget"}
	}
	r, err := c.desk.budget.Reserve(ctx, int64(worst))
	if errors.Is(err, answers.ErrBudget) {
		return nil, coding.ErrBudget
	}
	return r, err
}

// Paid adds what an answer cost, and what it was expected to cost.
func (c *Counter) Paid(cost, expected price.Money, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spent.Cost = sum(c.spent.Cost, cost)
	c.planned = sum(c.planned, expected)
	if !known {
		c.spent.Unknown++
	}
}

func (c *Counter) count(origin answers.Origin, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case origin == answers.Stored:
		c.spent.Stored++
	case origin == answers.Shared:
		c.spent.Shared++
	case origin == answers.Asked:
		c.spent.Asked++
	}
	var fault *answers.FaultError
	if errors.As(err, &fault) {
		c.spent.Faults++
	}
}

// Spending returns what the stage has asked and paid so far.
func (c *Counter) Spending() Spending {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.spent
}
