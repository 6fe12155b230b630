package vision

import (
	"context"
	"encoding/json"
	"time"

	"icono/internal/transport"
)

// entry is a picture on its way.
type entry struct {
	image *Image
	file  []byte
	bytes int64

	answer json.RawMessage
	err    error
	call   transport.Call // what the requests with it came to
	gone   bool           // its caller waits no more; guarded by the batcher
}

// report tells the picture's Call what became of its requests since the last
// report.
func (e *entry) report() {
	c := e.image.Call
	if c == nil {
		return
	}
	c.Attempts += e.call.Attempts
	c.Lost += e.call.Lost
	c.Status, c.Header, c.RequestID, c.Fault = e.call.Status, e.call.Header, e.call.RequestID, e.call.Fault
	e.call.Attempts, e.call.Lost = 0, 0
}

// group is the pictures of a request. Its fields are guarded by the batcher, but
// for the channels.
type group struct {
	entries []*entry
	bytes   int64
	due     time.Time     // when it is sent, unless another picture comes
	full    chan struct{} // closed when it takes no more
	lead    chan struct{} // holds the right to send it
	done    chan struct{} // closed when all entries have their answers
	sent    bool
	waiting int // callers
	cancel  context.CancelFunc
}

// gather joins a group and waits for the entry's answer.
func (b *Batcher) gather(ctx context.Context, e *entry) (json.RawMessage, error) {
	if err := b.ended(ctx); err != nil {
		return nil, err
	}
	g := b.join(e)
	select {
	case <-g.done:
	case <-g.lead:
		if !b.await(ctx, g) {
			b.leave(g, e)
			g.lead <- struct{}{} // for whoever else waits
			return nil, context.Cause(ctx)
		}
		b.conduct(ctx, g)
	case <-ctx.Done():
		select {
		case <-g.done: // an answer that is there is not thrown away
		default:
			b.leave(g, e)
			return nil, context.Cause(ctx)
		}
	}
	e.report()
	return e.answer, e.err
}

// join puts an entry into the group that takes pictures, or begins one.
func (b *Batcher) join(e *entry) *group {
	b.mu.Lock()
	defer b.mu.Unlock()
	if g := b.open; g != nil && g.bytes+e.bytes > b.scale.most {
		b.seal(g)
	}
	g := b.open
	if g == nil {
		g = &group{bytes: b.scale.frame, full: make(chan struct{}), lead: make(chan struct{}, 1), done: make(chan struct{})}
		g.lead <- struct{}{}
		b.open = g
	}
	g.entries = append(g.entries, e)
	g.bytes += e.bytes
	g.waiting++
	g.due = time.Now().Add(b.o.Linger)
	if len(g.entries) >= b.o.Most {
		b.seal(g)
	}
	return g
}

// seal closes a group. The caller holds the lock.
func (b *Batcher) seal(g *group) {
	if b.open == g {
		b.open = nil
		close(g.full)
	}
}

// await waits until a group is full or nothing more has come for a while. It is
// false where the context ended before.
func (b *Batcher) await(ctx context.Context, g *group) bool {
	for {
		b.mu.Lock()
		left := time.Until(g.due)
		if left <= 0 {
			b.seal(g)
		}
		b.mu.Unlock()
		if ctx.Err() != nil {
			return false
		}
		timer := time.NewTimer(left)
		select {
		case <-g.full:
			timer.Stop()
			return true
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
	}
}

// conduct sends a group for all that wait for it. What is sent ends when none of
// them waits any more.
func (b *Batcher) conduct(ctx context.Context, g *group) {
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	b.mu.Lock()
	g.sent, g.cancel = true, cancel
	var present []*entry
	for _, e := range g.entries {
		if !e.gone {
			present = append(present, e)
		}
	}
	b.mu.Unlock()
	forget := context.AfterFunc(ctx, func() { b.drop(g) })
	b.send(sending, present)
	forget()
	if ctx.Err() != nil {
		for _, e := range present {
			if e.err != nil && sending.Err() != nil {
				e.err = context.Cause(ctx)
			}
		}
	}
	close(g.done)
}

// leave takes an entry out of a group: it is not sent, or its answer not waited
// for.
func (b *Batcher) leave(g *group, e *entry) {
	b.mu.Lock()
	e.gone = true
	sent := g.sent
	if !sent {
		g.bytes -= e.bytes
	}
	b.mu.Unlock()
	if sent && e.image.Call != nil {
		e.image.Call.Lost++ // it may be paid for
	}
	b.drop(g)
}

// drop counts a caller out of a group. After the last nothing is sent for it.
func (b *Batcher) drop(g *group) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g.waiting--
	if g.waiting > 0 {
		return
	}
	b.seal(g)
	if g.cancel != nil {
		g.cancel()
	}
}
