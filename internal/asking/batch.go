package asking

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"icono/internal/answers"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/price"
	"icono/internal/stage"
)

// mostTries is how often a request is put into a batch, where batches end
// without its answer.
const mostTries = 3

// batched is what a stage knows of its batches from one call of Together to the
// next.
type batched struct {
	tries map[answers.Key]int
	// told are answers that failed their check and are to be sent back.
	told map[answers.Key]told
	// closing are batches that are read, and stay listed until their answers
	// that were sent back are in a batch of their own.
	closing map[string]string // the last state by name
	// fresh are the requests that this run had answered.
	fresh map[answers.Key]bool
}

func newBatched() batched {
	return batched{map[answers.Key]int{}, map[answers.Key]told{}, map[string]string{}, map[answers.Key]bool{}}
}

type told struct {
	text  string
	wrong error
	usage answers.Usage
}

// batching is one call of Together.
type batching struct {
	*Line
	drain <-chan struct{}
	tell  func(string)
	way   []*onItsWay
	asked map[string]*asked // by custom id
	held  *waiting          // read, and too large for the last file
	full  bool              // the budget allows no more
	stop  error             // what stops the run once all is stored
	// learnt are parameters that the server was found not to take.
	learnt map[string]bool
}

// onItsWay is a batch that was handed to the provider.
type onItsWay struct {
	answers.Batch
	n       int
	settled map[string]bool // by custom id
}

// asked is what is known of a request beside what is stored of it.
type asked struct {
	check       func(string) error
	repair      bool
	part        price.Part
	worst       int64
	reservation *answers.Reservation // nil where an earlier run asked
	adapted     []string
	request     chat.Request // without messages
}

// stored is Ask where nothing is asked.
func (l *Line) stored(ctx context.Context, q coding.Question) (coding.Answered, error) {
	r, err := l.request(q)
	if err != nil {
		return coding.Answered{}, err
	}
	answered, err := l.find(ctx, q, r)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch fresh := l.batched.fresh[r.Key()]; {
	case err == nil && answered == nil:
		return coding.Answered{}, coding.ErrPending
	case err == nil && !fresh:
		l.spent.Stored++
	case err == nil:
		answered.Stored = false
	}
	if err != nil {
		return coding.Answered{}, err
	}
	return *answered, nil
}

// Open implements coding.Batcher.
func (l *Line) Open(ctx context.Context, q coding.Question) (*coding.Answered, coding.Ready, error) {
	ready, request := coding.Ready{Question: q}, q.Request
	r, err := l.request(q)
	if err != nil {
		return nil, ready, err
	}
	if answered, err := l.find(ctx, q, r); answered != nil || err != nil {
		return answered, ready, err
	}
	l.mu.Lock()
	t, again := l.batched.told[r.Key()]
	l.mu.Unlock()
	if again {
		request = repair(request, t.text, t.wrong)
		ready.Adapted = []string{"repaired: " + t.wrong.Error()}
	}
	body, adapted, err := l.client.Body(request)
	if err != nil {
		return nil, ready, &coding.Fault{Status: stage.Failed, Reason: err.Error()}
	}
	ready.Body, ready.Adapted = body, append(adapted, ready.Adapted...)
	return nil, ready, nil
}

// find returns a stored answer, nil where there is none that may be asked for.
func (l *Line) find(ctx context.Context, q coding.Question, r answers.Request) (*coding.Answered, error) {
	a, found, err := l.session.Lookup(ctx, r)
	if err == nil && !found && l.session.Replays() {
		_, _, err = l.session.Do(ctx, r, nil) // words what is missing
	}
	if found || err != nil {
		l.tell(r, a, err)
	}
	var fault *answers.FaultError
	switch {
	case errors.As(err, &fault):
		return nil, &coding.Fault{Status: stage.Status(fault.Status), Reason: fault.Reason}
	case err != nil:
		return nil, err
	case found:
		reply, err := l.parse(a.Body)
		if err != nil {
			return nil, fmt.Errorf("the stored answer for the row %s cannot be read: %w", q.Row, err)
		}
		reply.Model = a.Model
		return &coding.Answered{Reply: reply, Stored: true}, nil
	}
	return nil, nil
}

// Together implements coding.Batcher.
func (l *Line) Together(ctx context.Context, drain <-chan struct{}, questions iter.Seq2[coding.Ready, error], tell func(string)) (int, error) {
	if l.desk.options.Offline || l.session.Replays() {
		return 0, nil
	}
	release, ok := l.desk.store.Hold("batches of " + l.stage)
	if !ok {
		return 0, &stage.MissingError{What: fmt.Sprintf("another run asks by batches for the stage %s now", l.stage), Mend: "wait until it has ended, or end it: its batches are found again"}
	}
	defer release()
	b := &batching{Line: l, drain: drain, tell: tell, asked: map[string]*asked{}, learnt: map[string]bool{}}
	if err := b.resume(ctx); err != nil {
		return 0, err
	}
	if err := b.gather(ctx, questions); err != nil {
		return 0, err
	}
	if err := b.close(ctx); err != nil {
		return 0, err
	}
	n := 0
	for _, w := range b.way {
		n += w.n
	}
	if n == 0 && b.full {
		return 0, coding.ErrBudget
	}
	err := b.wait(ctx)
	l.waits("")
	return n, errors.Join(err, b.stop)
}

// batches is the client of a server that has batches: stages with another one
// are not asked in batches.
func (l *Line) batches() *chat.Client {
	c, _ := l.client.(*chat.Client)
	return c
}

// waits says on the live line what the stage waits for.
func (l *Line) waits(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = what
}

// close ends the batches of earlier calls that were read and whose answers that
// were sent back are on their way now.
func (b *batching) close(ctx context.Context) error {
	for name, state := range b.batched.closing {
		if err := b.desk.store.FinishBatch(ctx, name, state); err != nil {
			return err
		}
		delete(b.batched.closing, name)
	}
	return nil
}

// resume takes up the batches that earlier runs handed in.
func (b *batching) resume(ctx context.Context) error {
	list, err := b.desk.store.Batches(ctx, b.stage)
	if err != nil {
		return err
	}
	for _, batch := range list {
		if b.batched.closing[batch.Name] != "" {
			continue
		}
		switch {
		case batch.Provider != string(b.client.Provider()) || batch.BaseURL != b.client.BaseURL():
			b.tell(fmt.Sprintf("the batch %s was handed to another server than the pipeline names now, and is not fetched: %s", batch.ID, where(batch)))
			continue
		case b.keyless != nil:
			return b.keyless
		case batch.ID == "" && batch.InputFile == "":
			if err := b.desk.store.FinishBatch(ctx, batch.Name, "never sent"); err != nil {
				return err
			}
			continue
		case batch.ID == "":
			if batch, err = b.create(ctx, batch); err != nil {
				return err
			}
		}
		b.follow(batch, batch.Items)
		b.tell(fmt.Sprintf("the batch %s of an earlier run is taken up: %d questions", batch.ID, len(batch.Items)))
	}
	return nil
}

func where(b answers.Batch) string {
	if b.BaseURL == "" {
		return b.Provider
	}
	return b.BaseURL
}

// follow has a batch waited for.
func (b *batching) follow(batch answers.Batch, items []answers.BatchItem) {
	batch.Items = nil // the store has them, and they may be large
	b.way = append(b.way, &onItsWay{Batch: batch, n: len(items), settled: map[string]bool{}})
	for _, item := range items {
		if b.asked[item.CustomID] == nil {
			b.asked[item.CustomID] = &asked{}
		}
	}
}

// create starts the batch of a file that is uploaded, unless it was started.
func (b *batching) create(ctx context.Context, batch answers.Batch) (answers.Batch, error) {
	made, err := b.batches().Create(ctx, batch.InputFile)
	if err != nil {
		return batch, b.refused("a batch could not be started", err)
	}
	batch.ID, batch.State = made.ID, string(made.Status)
	items := batch.Items
	batch.Items = nil
	if err := b.session.SaveBatch(ctx, batch); err != nil {
		return batch, err
	}
	batch.Items = items
	return batch, nil
}

// refused words why a service did not take or give something.
func (l *Line) refused(what string, err error) error {
	var e *chat.Error
	errors.As(err, &e)
	switch {
	case e == nil:
	case e.Status == 404 || e.Status == 405 || e.Status == 501:
		return &stage.MissingError{What: fmt.Sprintf("%s: %v", what, err), Mend: "the server may take no batches: remove `mode: batch`, or check `base_url`"}
	case e.Stop:
		return stopped(e, l.server.Model, l.server.Key)
	}
	return fmt.Errorf("%s: %w", what, err)
}
