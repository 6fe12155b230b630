package flow

import (
	"context"
	"iter"
	"sync"
)

// Ordered applies fn to the items of in with a number of workers and yields
// the results in the order of the items. At most window items are taken and
// not yet yielded; it is at least the number of workers.
//
// in is pulled by the goroutine that ranges over the result. fn is called once
// for every item taken, with a cancelled context where the stream has ended
// early, so that it can release what an item holds. drop releases a result
// that nobody took; it may be nil. An error of in or of fn, a panic of fn as a
// *PanicError and the cause of a cancelled ctx end the stream, after the
// results that come before it.
func Ordered[T, U any](ctx context.Context, in iter.Seq2[T, error], workers, window int,
	fn func(context.Context, T) (U, error), drop func(U)) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) {
		p := startPool(ctx, max(1, workers), max(1, workers, window), fn, drop)
		defer p.close()
		for item, err := range in {
			if err == nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				if p.flush(yield) {
					p.fail(yield, err)
				}
				return
			}
			p.put(item)
			if !p.flushReady(yield) {
				return
			}
		}
		p.flush(yield)
	}
}

// task is one item on its way. done is closed once result and err are set.
type task[T, U any] struct {
	item   T
	result U
	err    error
	done   chan struct{}
}

// pool is the workers of one range and the tasks that they have not yielded.
type pool[T, U any] struct {
	ctx     context.Context // of the caller
	cancel  context.CancelFunc
	queue   chan *task[T, U]
	pending []*task[T, U] // in order
	window  int
	drop    func(U)
	workers sync.WaitGroup
}

func startPool[T, U any](ctx context.Context, workers, window int, fn func(context.Context, T) (U, error), drop func(U)) *pool[T, U] {
	inner, cancel := context.WithCancel(ctx)
	p := &pool[T, U]{ctx: ctx, cancel: cancel, queue: make(chan *task[T, U], window), window: window, drop: drop}
	for range workers {
		p.workers.Go(func() {
			for t := range p.queue {
				t.run(inner, fn)
			}
		})
	}
	return p
}

func (t *task[T, U]) run(ctx context.Context, fn func(context.Context, T) (U, error)) {
	defer close(t.done)
	defer guard(&t.err)
	t.result, t.err = fn(ctx, t.item)
}

// put hands an item to the workers; there is room in the queue, because no
// more than window tasks are pending.
func (p *pool[T, U]) put(item T) {
	t := &task[T, U]{item: item, done: make(chan struct{})}
	p.pending = append(p.pending, t)
	p.queue <- t
}

// flushReady yields the results that are ready, and waits for the first if the
// window is full.
func (p *pool[T, U]) flushReady(yield func(U, error) bool) bool {
	for len(p.pending) > 0 {
		if len(p.pending) < p.window {
			select {
			case <-p.pending[0].done:
			default:
				return true
			}
		}
		if !p.yieldFirst(yield) {
			return false
		}
	}
	return true
}

// flush yields all pending results.
func (p *pool[T, U]) flush(yield func(U, error) bool) bool {
	for len(p.pending) > 0 {
		if !p.yieldFirst(yield) {
			return false
		}
	}
	return true
}

// yieldFirst waits for the first pending task and yields its result.
func (p *pool[T, U]) yieldFirst(yield func(U, error) bool) bool {
	t := p.pending[0]
	select {
	case <-t.done:
	case <-p.ctx.Done():
		p.fail(yield, context.Cause(p.ctx))
		return false
	}
	if t.err != nil {
		p.fail(yield, t.err)
		return false
	}
	p.pending = p.pending[1:]
	return yield(t.result, nil)
}

// fail ends the workers and yields an error.
func (p *pool[T, U]) fail(yield func(U, error) bool, err error) {
	p.close()
	var none U
	yield(none, err)
}

// close ends the workers, waits for them and drops what nobody took.
func (p *pool[T, U]) close() {
	p.cancel()
	if p.queue == nil {
		return
	}
	close(p.queue)
	p.workers.Wait()
	p.queue = nil
	for _, t := range p.pending {
		if t.err == nil && p.drop != nil {
			p.drop(t.result)
		}
	}
	p.pending = nil
}
