package answers

import (
	"context"
	"errors"
	"sync"
)

// result is what a request led to.
type result struct {
	answer Answer
	origin Origin
	err    error
}

// settled reports whether there is nothing to ask for.
func (r result) settled() bool { return r.origin != "" || r.err != nil }

// flight is one request that is under way, and who waits for it.
type flight struct {
	result
	done    chan struct{} // closed when result is set
	waiters int
	ctx     context.Context
	cancel  context.CancelFunc
	given   bool // nobody waits any more: it was cancelled
}

// flights holds the requests under way, so that identical ones are made once.
type flights struct {
	mu     sync.Mutex
	byKey  map[Key]*flight
	closed bool
	all    sync.WaitGroup
}

// do settles a request by look, else by ask, or waits for the same request that
// is under way. Looking is quick; asking is done beside the callers. A caller
// whose context ends leaves the others waiting; when the last one's ends, the
// request is cancelled and waited for: an answer that came nevertheless is not
// lost.
func (fs *flights) do(ctx context.Context, k Key, look func() result, ask func(context.Context) result) (r result, joined bool) {
	for {
		fs.mu.Lock()
		if fs.closed {
			fs.mu.Unlock()
			return result{err: ErrClosed}, false
		}
		f, joined := fs.byKey[k]
		if joined && f.given {
			fs.mu.Unlock()
			select {
			case <-f.done:
				continue
			case <-ctx.Done():
				return result{err: context.Cause(ctx)}, true
			}
		}
		if !joined {
			f = fs.begin(ctx, k)
		}
		f.waiters++
		fs.mu.Unlock()
		if !joined {
			fs.fly(f, k, look, ask)
		}
		return fs.wait(ctx, f, joined), joined
	}
}

// begin makes a flight; the caller holds the lock.
func (fs *flights) begin(ctx context.Context, k Key) *flight {
	f := &flight{done: make(chan struct{})}
	f.ctx, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
	f.err = errors.New("the request ended without a result")
	if fs.byKey == nil {
		fs.byKey = map[Key]*flight{}
	}
	fs.byKey[k] = f
	fs.all.Add(1)
	return f
}

func (fs *flights) fly(f *flight, k Key, look func() result, ask func(context.Context) result) {
	land := func() {
		fs.mu.Lock()
		delete(fs.byKey, k)
		fs.mu.Unlock()
		f.cancel()
		close(f.done)
		fs.all.Done()
	}
	if got := look(); got.settled() {
		f.result = got
		land()
		return
	}
	go func() {
		defer land() // even when ask does not return
		f.result = ask(f.ctx)
	}()
}

func (fs *flights) wait(ctx context.Context, f *flight, joined bool) result {
	select {
	case <-f.done:
	case <-ctx.Done():
		fs.mu.Lock()
		f.waiters--
		last := f.waiters == 0
		if last {
			f.given = true
			f.cancel()
		}
		fs.mu.Unlock()
		if !last {
			return result{err: context.Cause(ctx)}
		}
		<-f.done
		if errors.Is(f.err, context.Canceled) {
			return result{err: context.Cause(ctx)}
		}
	}
	r := f.result
	if joined && r.origin == Asked {
		r.origin = Shared
	}
	return r
}

// close refuses new requests and waits for those under way.
func (fs *flights) close() {
	fs.mu.Lock()
	fs.closed = true
	fs.mu.Unlock()
	fs.all.Wait()
}

// keys is a set of requests.
type keys struct {
	mu  sync.Mutex
	set map[Key]struct{}
}

func (s *keys) add(k Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		s.set = map[Key]struct{}{}
	}
	s.set[k] = struct{}{}
}

func (s *keys) has(k Key) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.set[k]
	return ok
}
