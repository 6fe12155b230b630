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
	o := answers.Options{Mode: d.options.Mode, Retry: d.options.Retry, Secrets: secrets, CassetteFirst: d.options.CassetteFirst}
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
	_, found := d.options.Cassette(stageID)
	return found
}

// cassette is where the cassette of a stage is written.
func (d *Desk) cassette(stageID string) string { return d.options.own(stageID) }

// recorded is where the cassette of a stage is read.
func (d *Desk) recorded(stageID string) string {
	path, _ := d.options.Cassette(stageID)
	return path
}

func (o Options) own(stageID string) string { return filepath.Join(o.Cassettes, stageID+".jsonl") }

// Cassette is the file with the recorded answers of a stage, and whether there is
// one: its own, or that of a pipeline which this one extends.
func (o Options) Cassette(stageID string) (path string, found bool) {
	for _, folder := range append([]string{o.Cassettes}, o.Below...) {
		path := filepath.Join(folder, stageID+".jsonl")
		if _, err := os.Stat(path); err == nil {
			return path, true
		}
	}
	return o.own(stageID), false
}
