package asking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"icono/internal/answers"
	"icono/internal/chat"
	"icono/internal/price"
	"icono/internal/stage"
)

// recordTogether is how many answers are stored by one step.
const recordTogether = 500

// wait waits for the batches in turn and stores what they bring. It ends early
// when the run is to.
func (b *batching) wait(ctx context.Context) error {
	crowded := 0
	for i, w := range b.way {
		b.waits(fmt.Sprintf("batch %d of %d: %d questions", i+1, len(b.way), w.n))
		state, err := b.batches().Wait(ctx, b.drain, w.ID, b.server.Poll, func(s chat.Batch) {
			b.waits(fmt.Sprintf("batch %d of %d: %d of %d questions %s", i+1, len(b.way), s.Completed+s.Failed, w.n, strings.ReplaceAll(string(s.Status), "_", " ")))
		})
		var e *chat.Error
		switch {
		case errors.As(err, &e) && e.Status == 404:
			b.tell(fmt.Sprintf("the server does not know the batch %s any more; its %d questions are asked again", w.ID, w.n))
			b.release(w)
			if err := b.desk.store.FinishBatch(ctx, w.Name, "lost"); err != nil {
				return err
			}
			continue
		case err != nil:
			return b.refused("the batch "+w.ID+" cannot be followed", err)
		case !state.Done(): // the run is to end
			b.tell(fmt.Sprintf("the batch %s is on its way; run the study again to fetch its answers", w.ID))
			continue
		case state.Status == chat.BatchBad:
			b.release(w)
			if err := b.desk.store.FinishBatch(ctx, w.Name, string(state.Status)); err != nil {
				return err
			}
			if why := strings.Join(state.Problems, "; "); !full(why) {
				return fmt.Errorf("the batch %s was refused, and nothing of it was asked or paid: %s", w.ID, why)
			} else if crowded++; crowded == len(b.way) {
				return &stage.MissingError{What: fmt.Sprintf("the batch %s was refused, because it holds more than the server queues at once: %s", w.ID, why),
					Mend: "make batches smaller: `batch: {requests: 500}`"}
			}
			continue
		}
		if err := b.harvest(ctx, w, state); err != nil {
			return err
		}
	}
	return nil
}

// full reports whether a batch was refused because others fill the queue: then
// it is taken once they are done.
func full(problem string) bool {
	problem = strings.ToLower(problem)
	return strings.Contains(problem, "enqueued") || strings.Contains(problem, "token_limit") || strings.Contains(problem, "token limit")
}

// release gives back what was set aside for a batch that was not run.
func (b *batching) release(w *onItsWay) {
	items, err := b.desk.store.Items(context.Background(), w.Name)
	if err != nil {
		return // the budget stays smaller, which is safe
	}
	for _, item := range items {
		if a := b.asked[item.CustomID]; a != nil && a.reservation != nil {
			a.reservation.Release()
		}
	}
}

// harvest stores the results of a batch.
func (b *batching) harvest(ctx context.Context, w *onItsWay, state chat.Batch) error {
	b.waits("fetching " + w.ID)
	items, err := b.desk.store.Items(ctx, w.Name)
	if err != nil {
		return err
	}
	byID, ids := make(map[string]answers.Request, len(items)), make([]string, len(items))
	for i, item := range items {
		byID[item.CustomID], ids[i] = item.Request, item.CustomID
	}
	var list []answers.Recorded
	store := func(least int) error {
		if len(list) < least || len(list) == 0 {
			return nil
		}
		err := b.session.Record(ctx, list...)
		list = list[:0]
		return err
	}
	kept := false // an answer of it is sent back
	take := func(r chat.Result) error {
		if w.settled[r.ID] { // of a download that broke off
			return nil
		}
		w.settled[r.ID] = true
		one, sentBack := b.result(byID[r.ID], r)
		kept = kept || sentBack
		if one != nil {
			list = append(list, *one)
		}
		return store(recordTogether)
	}
	var h chat.Harvest
	for attempt := 1; ; attempt++ {
		h, err = b.batches().Fetch(ctx, state, ids, take)
		var e *chat.Error
		if errors.As(err, &e) && e.Retryable && attempt < 5 && ctx.Err() == nil {
			continue
		}
		break
	}
	for _, id := range h.Missing {
		if err == nil {
			err = take(chat.Result{ID: id, Err: &chat.Error{Outcome: chat.Failed, Message: "the batch brought no answer", Retryable: true}})
		}
	}
	if lost := store(0); err != nil || lost != nil {
		return errors.Join(err, lost)
	}
	if kept {
		b.batched.closing[w.Name] = string(state.Status)
		return nil
	}
	return b.desk.store.FinishBatch(ctx, w.Name, string(state.Status))
}

// result settles what one request came to. It is nil where the request is to be
// put into another batch; sentBack tells that its answer is sent back then.
func (b *batching) result(r answers.Request, result chat.Result) (one *answers.Recorded, sentBack bool) {
	a, key := b.asked[result.ID], r.Key()
	reply := result.Reply
	cost, known := b.cost(reply.Usage)
	switch {
	case reply.Usage.Reported && known:
		cost = min(cost, dearest)
		if a.worst > 0 {
			b.gauge().Learn(a.worst, int64(cost))
		}
	case reply.Raw != nil:
		cost = price.Money(b.gauge().Scaled(a.worst))
	default:
		cost = 0
	}
	if a.reservation != nil {
		a.reservation.Settle(int64(cost))
	} else {
		b.desk.budget.Charge(int64(cost))
	}
	answer := answers.Answer{Body: reply.Raw, Model: reply.Model, Usage: usage(reply.Usage), Note: strings.Join(slices.Concat([]string{inBatch}, a.adapted), "; ")}
	if reply.Raw != nil && a.part != (price.Part{}) {
		b.paid(a.part, reply.Usage, cost, known)
	} else if reply.Raw != nil { // of a question that the pipeline asks no more
		b.spend(reply.Usage, cost, known)
	}
	recorded := func(f *answers.FaultError) *answers.Recorded {
		delete(b.batched.told, key)
		b.count(answers.Asked, nil)
		if f != nil {
			b.count("", f)
		}
		b.settle(key)
		return &answers.Recorded{Request: r, Answer: answer, Fault: f}
	}
	if strings.HasSuffix(result.ID, repairing) { // the answer that was sent back was paid too
		b.mu.Lock()
		answer.Usage = b.batched.told[key].usage.Plus(answer.Usage)
		b.mu.Unlock()
	}
	var e *chat.Error
	if errors.As(result.Err, &e) {
		if e.Stop {
			b.stop = stopped(e, b.server.Model, b.server.Key)
			return nil, false
		}
		if again, err := b.adapt(a, e); again || err != nil {
			b.stop = errors.Join(b.stop, err)
			return nil, false
		}
		if b.batched.tries[key]++; e.Retryable && b.batched.tries[key] < mostTries {
			return nil, false
		}
	}
	err := b.outcome(context.Background(), reply, answer, result.Err)
	var fault *answers.FaultError
	if errors.As(err, &fault) {
		return recorded(fault), false
	}
	if a.check == nil {
		return recorded(nil), false
	}
	wrong := a.check(reply.Text)
	repaired := strings.HasSuffix(result.ID, repairing)
	switch {
	case wrong == nil:
		return recorded(nil), false
	case a.repair && !repaired:
		b.mu.Lock()
		b.batched.told[key] = told{reply.Text, wrong, answer.Usage}
		b.mu.Unlock()
		return nil, true
	case repaired:
		wrong = fmt.Errorf("%w (after it was told once)", wrong)
	}
	return recorded(&answers.FaultError{Status: answers.Invalid, Reason: wrong.Error(), Raw: reply.Raw, Usage: answer.Usage}), false
}

// adapt reports whether a request was refused for how it was put, and is put
// otherwise in the next batch. Nothing was paid for it.
func (b *batching) adapt(a *asked, refusal *chat.Error) (bool, error) {
	name := refusal.Refusal()
	if name == "" || b.learnt[name] {
		return name != "", nil
	}
	again, err := b.batches().Adapt(a.request, refusal)
	if again {
		b.learnt[name] = true
	}
	return again, err
}

// spend adds what a request came to that was not expected by this run.
func (l *Line) spend(u chat.Usage, cost price.Money, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(u, cost, known)
}

// settle marks a request whose answer this run asked for.
func (l *Line) settle(k answers.Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batched.fresh[k] = true
}
