package asking

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"icono/internal/answers"
)

// Exported is a cassette that was written.
type Exported struct {
	Stage, Path string
	Lines       int
	Missed      int64 // questions without an answer
}

// Export writes a cassette for each of the stages: the stored answers to the
// questions of this run, and no others.
func (d *Desk) Export(ctx context.Context, stages []string) ([]Exported, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Exported
	for _, c := range d.counters {
		if !slices.Contains(stages, c.stage) {
			continue
		}
		e := Exported{Stage: c.stage, Path: d.cassette(c.stage), Missed: c.Spending().Missed}
		var err error
		if e.Lines, err = c.export(ctx, e.Path); err != nil {
			return out, fmt.Errorf("the cassette of %s cannot be written: %w", c.stage, err)
		}
		out = append(out, e)
	}
	return out, nil
}

func (c *Counter) export(ctx context.Context, path string) (lines int, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already where all went well
	lines, err = c.session.Export(ctx, f, func(k answers.Key) bool { return c.used[k] })
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	return lines, os.Rename(f.Name(), path)
}
