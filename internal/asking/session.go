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
	cassette, err := answers.OpenCassette(d.cassette(stageID))
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
	_, err := os.Stat(d.cassette(stageID))
	return err == nil
}

func (d *Desk) cassette(stageID string) string {
	return filepath.Join(d.options.Cassettes, stageID+".jsonl")
}
