package asking

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"icono/internal/answers"
)

// Exported is a cassette that was written.
type Exported struct {
	Stage, Path string
	Lines       int
}

// Export writes a cassette for each stage: the stored answers to the questions
// that were quoted, and no others.
func (d *Desk) Export(ctx context.Context) ([]Exported, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Exported
	for _, l := range d.lines {
		e := Exported{Stage: l.stage, Path: filepath.Join(d.options.Cassettes, l.stage+".jsonl")}
		var err error
		if e.Lines, err = l.export(ctx, e.Path); err != nil {
			return out, fmt.Errorf("the cassette of %s cannot be written: %w", l.stage, err)
		}
		out = append(out, e)
	}
	return out, nil
}

func (l *Line) export(ctx context.Context, path string) (lines int, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already where all went well
	lines, err = l.session.Export(ctx, f, func(k answers.Key) bool { return l.quoted[k] })
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	return lines, os.Rename(f.Name(), path)
}
