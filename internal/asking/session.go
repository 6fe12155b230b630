package asking

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"icono/internal/answers"
)

// session begins a stage's use of stored answers. The cassette, nil for none, is
// to be closed by the caller, also beside an error.
func (d *Desk) session(ctx context.Context, stageID string, secrets []string) (*answers.Session, *answers.Cassette, error) {
	o := answers.Options{Mode: d.options.Mode, Retry: d.options.Retry, Secrets: secrets}
	if d.options.Look {
		o.Mode = answers.None
	}
	cassette, err := answers.OpenCassette(d.recorded(stageID))
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

// Recorded reports whether the study has a cassette of a stage.
func (d *Desk) Recorded(stageID string) bool {
	_, err := os.Stat(d.recorded(stageID))
	return err == nil
}

// cassette is where the cassette of a stage is written.
func (d *Desk) cassette(stageID string) string {
	return filepath.Join(d.options.Cassettes, stageID+".jsonl")
}

// recorded is where the cassette of a stage is read.
func (d *Desk) recorded(stageID string) string {
	own := d.cassette(stageID)
	if _, err := os.Stat(own); err == nil {
		return own
	}
	for _, folder := range d.options.Below {
		path := filepath.Join(folder, stageID+".jsonl")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return own
}
