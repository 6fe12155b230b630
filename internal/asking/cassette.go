package asking

import (
	"context"
	"fmt"
	"slices"

	"icono/internal/answers"
	"icono/internal/tabular"
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
	f, err := tabular.Create(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Abort() }() // does nothing after Commit
	if lines, err = c.session.Export(ctx, f, func(k answers.Key) bool { return c.used[k] }); err != nil {
		return 0, err
	}
	return lines, f.Commit()
}
