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
	// Inherited is set where nothing was written: a pipeline that this one extends has
	// recorded the same answers, at Path.
	Inherited bool
}

// Export writes a cassette for each of the stages: the stored answers to the
// questions of this run, and no others. Where there are none, what was recorded stays.
func (d *Desk) Export(ctx context.Context, stages []string) ([]Exported, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Exported
	for _, c := range d.counters {
		if !slices.Contains(stages, c.stage) {
			continue
		}
		e := Exported{Stage: c.stage, Path: d.cassette(c.stage), Missed: c.Spending().Missed}
		if d.inherits(c) {
			e.Path, e.Inherited = d.recorded(c.stage), true
			out = append(out, e)
			continue
		}
		var err error
		if e.Lines, err = c.export(ctx, e.Path); err != nil {
			return out, fmt.Errorf("the cassette of %s cannot be written: %w", c.stage, err)
		}
		out = append(out, e)
	}
	return out, nil
}

// inherits reports whether all that a stage used stands in the cassette of a pipeline that
// this one extends.
func (d *Desk) inherits(c *Counter) bool {
	if !d.options.Extends || c.cassette == nil || d.recorded(c.stage) == d.cassette(c.stage) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.alone) == 0 && c.spent.Missed == 0
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
	if lines == 0 && len(c.used) > 0 {
		return 0, nil
	}
	return lines, f.Commit()
}
