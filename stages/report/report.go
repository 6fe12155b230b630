// Package report is the kind that writes one page of HTML about the coded rows:
// what ran, how often each category was given, pictures of each, the least
// certain ones, and what went wrong. It passes its rows on unchanged.
package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/flow"
	"icono/internal/picture"
	"icono/internal/stage"
	"icono/internal/tabular"
)

type report struct{ config Config }

// Schema implements stage.Stage.
func (r report) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	_, err := newLayout(r.config, in[0])
	return in[0], err
}

// Files implements stage.FileUser.
func (r report) Files() (reads, writes []string) { return nil, []string{string(r.config.Path)} }

// EstimateRows implements stage.Estimator.
func (r report) EstimateRows(in []int64) int64 { return in[0] }

// Prepare implements stage.Preparer: it finds out that the page cannot be
// written before anything is spent.
func (r report) Prepare(_ context.Context, env stage.Env, _ []*arrow.Schema) error {
	f, err := tabular.Create(env.Study.Resolve(string(r.config.Path)))
	if err != nil {
		return err
	}
	return f.Abort()
}

// Run implements stage.Stage. The page is written when the last row has been
// passed on.
func (r report) Run(ctx context.Context, env stage.Env, in []stage.Table) stage.Rows {
	l, err := newLayout(r.config, in[0].Schema)
	if err != nil {
		return flow.Fail(err)
	}
	return func(yield func(arrow.Record, error) bool) {
		c := newCollector(r.config, l, env.Seed)
		for rec, err := range in[0].Rows {
			if err == nil {
				err = c.add(rec)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(rec, nil) {
				return
			}
		}
		err := context.Cause(ctx)
		if err == nil {
			err = r.write(ctx, env, c)
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// write makes the page of what was collected, and the file of the page.
func (r report) write(ctx context.Context, env stage.Env, c *collector) error {
	c.settle()
	shots, err := loadShots(ctx, env, r.config, c)
	if err != nil {
		return err
	}
	name, facts, interrupted := string(r.config.Path), env.Run(), env.Draining()
	if facts.Partial = facts.Partial || interrupted; facts.Partial {
		name = tabular.Partial(name)
	}
	var page bytes.Buffer
	if err := render(&page, compose(r.config, facts, c, shots)); err != nil {
		return fmt.Errorf("the report cannot be made: %w", err)
	}
	f, err := tabular.Create(env.Study.Resolve(name))
	if err != nil {
		return err
	}
	defer func() { _ = f.Abort() }() // does nothing after Commit
	if _, err := f.Write(page.Bytes()); err != nil {
		return err
	}
	if err := f.Commit(); err != nil {
		return err
	}
	if !facts.Partial {
		_ = os.Remove(env.Study.Resolve(tabular.Partial(name))) // of a run that was interrupted or limited
	}
	env.Ledger.Fact("file", name)
	env.Ledger.Fact("sha256", picture.Hash(page.Bytes()))
	env.Ledger.Fact("content", "sha256:"+picture.Hash(Content(page.Bytes())))
	if interrupted {
		env.Ledger.Warn(fmt.Sprintf("interrupted: a report of the rows done so far is in %s; %s is as it was before", name, r.config.Path))
	}
	return nil
}

// Content is a page without the text of the pipeline file, which can be written in
// several ways that say the same.
func Content(page []byte) []byte {
	before, rest, found := bytes.Cut(page, []byte(`<section id="source">`))
	_, after, closed := bytes.Cut(rest, []byte("</section>"))
	if !found || !closed {
		return page
	}
	return slices.Concat(before, after)
}
