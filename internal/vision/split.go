package vision

import (
	"context"

	"cloud.google.com/go/vision/v2/apiv1/visionpb"

	"icono/internal/transport"
)

// send asks about some pictures in one request and gives each its answer or its
// error. A request that is refused for what may be one picture's fault is halved,
// down to single pictures, so that the others are answered.
func (b *Batcher) send(ctx context.Context, entries []*entry) {
	if len(entries) == 0 {
		return
	}
	if err := b.ended(ctx); err != nil {
		for _, e := range entries {
			e.err = err
		}
		return
	}
	pictures := make([]*visionpb.AnnotateImageRequest, len(entries))
	for i, e := range entries {
		pictures[i] = b.question.wire(e.file)
	}
	call := &transport.Call{Again: again(entries)}
	answers, fault := b.client.ask(ctx, pictures, call)
	for _, e := range entries {
		e.call.Attempts += call.Attempts
		e.call.Lost += call.Lost
		e.call.Status, e.call.Header, e.call.RequestID, e.call.Fault = call.Status, call.Header, call.RequestID, call.Fault
	}
	if fault == nil {
		for i, e := range entries {
			e.answer = answers[i]
		}
		return
	}
	if fault.Stop {
		b.stop(fault.err())
	}
	if len(entries) > 1 && fault.divides() {
		if fault.short {
			for _, e := range entries {
				b.send(ctx, []*entry{e}) // nothing is left to guess
			}
			return
		}
		half := len(entries) / 2
		b.send(ctx, entries[:half])
		b.send(ctx, entries[half:])
		return
	}
	for _, e := range entries {
		e.err = fault.err()
	}
}

// again asks all pictures of a request whether it may be sent once more.
func again(entries []*entry) func() error {
	return func() error {
		for _, e := range entries {
			if e.image.Call == nil || e.image.Call.Again == nil {
				continue
			}
			if err := e.image.Call.Again(); err != nil {
				return err
			}
		}
		return nil
	}
}
