package gpt

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/coding"
	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/picture"
	"icono/internal/stage"
)

// Run implements stage.Stage. Rows are asked about beside each other and keep
// their order.
func (c *coder) Run(ctx context.Context, env stage.Env, in []stage.Table) stage.Rows {
	r := newRunner(c, env, in[0].Schema)
	code := func(in stage.Rows) stage.Rows {
		return flow.ByRow(ctx, in, c.config.Concurrency, 2*c.config.Concurrency, func(ctx context.Context, rec arrow.Record, row int) (coding.Outcome, error) {
			return r.Do(ctx, rec, row, r.row)
		}, r.finish)
	}
	rows := code(in[0].Rows)
	if c.config.Together() {
		rows = r.Together(ctx, in[0], r.row, r.forget, code)
	}
	return func(yield func(arrow.Record, error) bool) {
		if c.asker == nil {
			yield(nil, errors.New("the model has not been opened"))
			return
		}
		for _, f := range c.asker.Facts() {
			env.Ledger.Fact(f.Name, f.Value)
		}
		for _, f := range c.facts() {
			env.Ledger.Fact(f.Name, f.Value)
		}
		defer r.release()
		defer r.Tell()
		rows(yield)
	}
}

// release lets go of the texts of batches that were not finished.
func (r *runner) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.texts {
		t.release()
	}
	clear(r.texts)
}

// facts say how rows are coded, for the report.
func (c *coder) facts() []stage.Fact {
	facts := []stage.Fact{{Name: "prompt", Value: "sha256:" + picture.Hash([]byte(c.scheme.Prompt(nil)))}, {Name: "runs", Value: fmt.Sprint(c.config.Runs)}}
	if c.config.Codebook != "" {
		facts = append(facts, stage.Fact{Name: "codebook", Value: string(c.config.Codebook)})
	}
	if book, ok := c.scheme.(*coding.Book); ok {
		facts = append(facts, book.About()...)
	}
	if c.gallery.Column >= 0 {
		text := "as they are"
		if c.config.Image.MaxSide > 0 {
			text = fmt.Sprintf("longer side at most %d pixels", c.config.Image.MaxSide)
		}
		facts = append(facts, stage.Fact{Name: "pictures", Value: text})
	}
	return facts
}

// runner is one run of the stage.
type runner struct {
	*coder
	*coding.Round
	env stage.Env
	in  *arrow.Schema

	mu    sync.Mutex
	texts map[arrow.Record]*texts
}

// newRunner makes a run over rows of a schema.
func newRunner(c *coder, env stage.Env, in *arrow.Schema) *runner {
	return &runner{coder: c, env: env, in: in, texts: map[arrow.Record]*texts{}, Round: coding.NewRound(env, coding.Coder{Scheme: c.scheme, Asker: c.asker,
		Request: c.request(), Runs: c.config.Runs, Shuffle: c.config.Shuffle, Seed: env.Seed, Repair: c.config.Repair})}
}

// row collects what the model sees of a row, or why there is nothing to see.
func (r *runner) row(rec arrow.Record, at int) (coding.Row, *coding.Outcome, error) {
	out := coding.Row{Key: columns.Format(rec.Column(r.key), at)}
	if r.gallery.Column >= 0 {
		data, name, fault := r.gallery.Read(r.env.Study, rec, at)
		if fault == nil {
			out.Picture, fault = r.config.Image.Sendable(data, name)
		}
		if fault != nil {
			return out, &coding.Outcome{Status: fault.Status, Reason: fault.Reason}, nil
		}
	}
	t := r.inputs(rec)
	if t.err != nil {
		return out, nil, t.err
	}
	for i, e := range r.config.Inputs {
		out.Texts = append(out.Texts, coding.Named{Name: e.Key, Text: columns.Format(t.values[i], at)})
		if t.values[i].IsNull(at) {
			out.Texts[i].Text = ""
		}
	}
	if out.Picture == nil && strings.TrimSpace(joined(out.Texts)) == "" {
		return out, &coding.Outcome{Status: stage.Missing, Reason: "the row has no text to code"}, nil
	}
	return out, nil, nil
}

func joined(texts []coding.Named) string {
	var b strings.Builder
	for _, t := range texts {
		b.WriteString(t.Text)
	}
	return b.String()
}

// finish appends the columns of a batch.
func (r *runner) finish(rec arrow.Record, results []coding.Outcome) (arrow.Record, error) {
	r.forget(rec)
	cols, err := r.columns.Arrays(r.env.Memory, results)
	if err != nil {
		return nil, err
	}
	defer columns.Release(cols)
	return columns.Append(rec, r.schema, cols...)
}
