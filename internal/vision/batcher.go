package vision

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"icono/internal/chat"
)

// Gathering says how a Batcher groups pictures. The zero value takes the
// defaults.
type Gathering struct {
	// Most is the most pictures in a request, 1 to 16; 0 is 16.
	Most int
	// Linger is how long a request waits for another picture after the last one
	// came; 0 is 20 ms.
	Linger time.Duration
	// Retries is how often a picture is asked about again, alone, after the service
	// reported an error for it that may pass; 0 is 3, below 0 never.
	Retries int
	// Wait is the time before the first of these, doubled for each further one; 0
	// is one second.
	Wait time.Duration
}

// Batcher puts one question about many pictures. It groups those that are asked
// about at the same time into requests, and starts no goroutine: the first caller
// of a group sends it for all. It is safe for concurrent use.
type Batcher struct {
	client   *Client
	question Question
	scale    scale
	o        Gathering

	mu      sync.Mutex
	open    *group // takes pictures; nil if none does
	stopped error  // what every further request would meet
}

// NewBatcher makes a batcher. Its errors are those of the question.
func NewBatcher(c *Client, q Question, o Gathering) (*Batcher, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	s, err := newScale(q, c.parent)
	if err != nil {
		return nil, err
	}
	if o.Most < 1 || o.Most > MaxPictures {
		o.Most = MaxPictures
	}
	if o.Linger <= 0 {
		o.Linger = 20 * time.Millisecond
	}
	switch {
	case o.Retries == 0:
		o.Retries = 3
	case o.Retries < 0:
		o.Retries = 0
	}
	if o.Wait <= 0 {
		o.Wait = time.Second
	}
	return &Batcher{client: c, question: q, scale: s, o: o}, nil
}

// Annotate asks about one picture and waits for the answer: what was found, and
// the response as JSON, to be stored. Boxes in pixels become shares by the size of
// the file that was sent.
//
// An error is an *chat.Error, or that of the context. Where the service reports
// one for the picture, the response and what was found come with it. Once a
// request has met what every other would meet too, such as a wrong key, nothing
// more is sent and all further calls return that error.
//
// A caller whose context ends while it sends for others too goes on until they
// are served.
func (b *Batcher) Annotate(ctx context.Context, m *Image) (Annotation, []byte, error) {
	file, err := m.sent()
	if err != nil {
		return Annotation{}, nil, &causedError{failed(err.Error()), err}
	}
	if err := b.scale.refuse(m, file); err != nil {
		return Annotation{}, nil, err
	}
	size := SizeOf(file)
	e := &entry{image: m, file: file, bytes: b.scale.of(file)}
	raw, err := b.gather(ctx, e)
	for n := 0; ; n++ {
		var a Annotation
		if err == nil {
			a, err = Parse(raw, size)
		}
		fault, ok := errors.AsType[*chat.Error](err)
		again := ok && fault.Status == 200 && fault.Retryable && n < b.o.Retries
		if ok && fault.Stop {
			b.stop(err)
		}
		if !again {
			return a, raw, err
		}
		if err := rest(ctx, b.o.Wait<<n); err != nil {
			return a, raw, err
		}
		raw, err = b.alone(ctx, e)
	}
}

// alone asks about one picture in a request of its own.
func (b *Batcher) alone(ctx context.Context, e *entry) (json.RawMessage, error) {
	if err := b.ended(ctx); err != nil {
		return nil, err
	}
	e.answer, e.err = nil, nil
	b.send(ctx, []*entry{e})
	e.report()
	return e.answer, e.err
}

// ended is what keeps a request from being sent: the end of the context, or an
// earlier error that this one would meet too.
func (b *Batcher) ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stopped
}

func (b *Batcher) stop(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped == nil {
		b.stopped = err
	}
}

func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
