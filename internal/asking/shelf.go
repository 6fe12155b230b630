package asking

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"icono/internal/answers"
	"icono/internal/stage"
	"icono/internal/vectors"
)

// session begins a stage's use of stored answers. The cassette, nil for none, is
// to be closed by the caller, also beside an error.
func (d *Desk) session(ctx context.Context, stageID string, secrets []string) (*answers.Session, *answers.Cassette, error) {
	o := answers.Options{Mode: d.options.Mode, Retry: d.options.Retry, Secrets: secrets}
	if d.options.Look {
		o.Mode = answers.None
	}
	cassette, err := answers.OpenCassette(filepath.Join(d.options.Cassettes, stageID+".jsonl"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	o.Cassette = cassette
	if o.Store, err = d.opened(ctx); err != nil {
		return nil, cassette, err
	}
	session, err := answers.NewSession(ctx, stageID, o)
	return session, cassette, err
}

// Shelf returns the vectors of pictures that are kept of a stage's model; facts
// say what decides a vector beside the picture, dim is its length.
func (d *Desk) Shelf(ctx context.Context, stageID, model string, facts []stage.Fact, dim int) (*vectors.Shelf, error) {
	session, cassette, err := d.session(ctx, stageID, nil)
	if cassette != nil {
		d.mu.Lock()
		d.cassettes = append(d.cassettes, cassette)
		d.mu.Unlock()
	}
	if err != nil {
		return nil, err
	}
	return vectors.New(session, model, facts, dim)
}
