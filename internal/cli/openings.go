package cli

import (
	"context"
	"io"
	"sync"

	"icono/internal/flow"
	"icono/internal/lock"
	"icono/internal/media"
	"icono/internal/picture"
	"icono/internal/stage"
)

// openings is a study that notes what is opened through it. It is safe for concurrent
// use.
type openings struct {
	stage.Study
	mu    sync.Mutex
	paths map[string]bool
}

// Open implements stage.Study.
func (o *openings) Open(path string) (io.ReadCloser, error) {
	r, err := o.Study.Open(path)
	if err == nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.paths[path] = true
	}
	return r, err
}

// pictures states what is known of the pictures that were opened: of all files that
// are no inputs of the study by their names.
func (o *openings) pictures(ctx context.Context, inputs *lock.File, workers int) (media.Absent, error) {
	for path := range inputs.Pipeline.Reads {
		delete(o.paths, path)
	}
	for _, s := range inputs.Stages {
		for path := range s.Reads {
			delete(o.paths, path)
		}
	}
	type one struct {
		path  string
		known picture.Known
	}
	paths := func(yield func(string, error) bool) {
		for path := range o.paths {
			if !yield(path, nil) {
				return
			}
		}
	}
	describe := func(_ context.Context, path string) (one, error) {
		r, err := o.Study.Open(path)
		if err != nil {
			return one{}, err
		}
		defer func() { _ = r.Close() }() // only read
		data, err := io.ReadAll(io.LimitReader(r, media.MaxPicture+1))
		return one{path, picture.Describe(data)}, err
	}
	out := media.Absent{}
	for p, err := range flow.Ordered(ctx, paths, workers, 2*workers, describe, func(one) {}) {
		if err != nil {
			return nil, err
		}
		out[p.path] = p.known
	}
	return out, nil
}
