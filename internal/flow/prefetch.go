package flow

import (
	"context"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
)

// Prefetch pulls up to n batches of in ahead of its reader, in a goroutine of
// its own, so that producing and consuming overlap. Without n it is in itself.
func Prefetch(ctx context.Context, in stage.Rows, n int) stage.Rows {
	if n <= 0 {
		return in
	}
	return func(yield func(arrow.Record, error) bool) {
		inner, cancel := context.WithCancel(ctx)
		ahead := make(chan fetched, n)
		var wait sync.WaitGroup
		wait.Go(func() { fetch(inner, in, ahead) })
		defer func() {
			cancel()
			for f := range ahead {
				f.release()
			}
			wait.Wait()
		}()
		for {
			select {
			case f, open := <-ahead:
				if !open {
					if err := context.Cause(ctx); err != nil {
						yield(nil, err)
					}
					return
				}
				more := yield(f.rec, f.err)
				f.release()
				if !more || f.err != nil {
					return
				}
			case <-ctx.Done():
				yield(nil, context.Cause(ctx))
				return
			}
		}
	}
}

type fetched struct {
	rec arrow.Record
	err error
}

func (f fetched) release() {
	if f.rec != nil {
		f.rec.Release()
	}
}

// fetch sends the batches of in, retained, until it ends or ctx is cancelled,
// and closes the channel. A panic of in is sent as an error.
func fetch(ctx context.Context, in stage.Rows, ahead chan<- fetched) {
	defer close(ahead)
	err := func() (err error) {
		defer guard(&err)
		for rec, err := range in {
			if err != nil {
				return err
			}
			rec.Retain()
			select {
			case ahead <- fetched{rec: rec}:
			case <-ctx.Done():
				rec.Release()
				return nil
			}
		}
		return nil
	}()
	if err != nil {
		select {
		case ahead <- fetched{err: err}:
		case <-ctx.Done():
		}
	}
}
