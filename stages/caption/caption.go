package caption

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/asking"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/picture"
	"icono/internal/stage"
)

// Askers opens the models that a configuration can name.
type Askers interface {
	// Open returns what answers a stage's questions. It stays open until the run
	// ends.
	Open(ctx context.Context, stageID string, s asking.Server) (coding.Asker, error)
}

// Kind returns the kind caption.
func Kind(askers Askers) stage.Kind {
	return stage.Define("caption", stage.One(), defaults, func(id string, c Config) stage.Stage {
		return &captioner{id: id, config: c, askers: askers, scheme: c.scheme(cmp.Or(c.Column, id))}
	})
}

// captioner is a stage of kind caption.
type captioner struct {
	id     string
	config Config
	askers Askers
	scheme coding.Plain
	asker  coding.Asker

	columns coding.Columns
	schema  *arrow.Schema
	key     int
	gallery coding.Gallery
}

// Costly implements stage.Coster.
func (*captioner) Costly() {}

// EstimateRows implements stage.Estimator: one row in, one row out.
func (*captioner) EstimateRows(in []int64) int64 { return in[0] }

// Schema implements stage.Stage.
func (c *captioner) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	var err error
	c.key, c.gallery, err = coding.Keyed(in[0])
	c.columns = coding.Layout(c.scheme, c.id, "", 1)
	c.schema = columns.AppendFields(in[0], c.columns.Fields()...)
	return c.schema, errors.Join(err, stage.Taken(in[0], c.columns.Fields(), "column", c.id+"_text"))
}

// Prepare implements stage.Preparer.
func (c *captioner) Prepare(ctx context.Context, _ stage.Env, _ []*arrow.Schema) (err error) {
	c.asker, err = c.askers.Open(ctx, c.id, c.config.Questions.Of(c.config.Server(c.config.model())))
	return err
}

// Run implements stage.Stage. Pictures are asked about beside each other, and rows
// keep their order.
func (c *captioner) Run(ctx context.Context, env stage.Env, in []stage.Table) stage.Rows {
	r := c.round(env)
	code := func(rows stage.Rows) stage.Rows {
		return flow.ByRow(ctx, rows, c.config.Concurrency, 2*c.config.Concurrency, func(ctx context.Context, rec arrow.Record, row int) (coding.Outcome, error) {
			return r.Do(ctx, rec, row, r.see)
		}, r.finish)
	}
	rows := code(in[0].Rows)
	if c.config.Together() {
		rows = r.Together(ctx, in[0], r.see, func(arrow.Record) {}, code)
	}
	return func(yield func(arrow.Record, error) bool) {
		if c.asker == nil {
			yield(nil, errors.New("the model has not been opened"))
			return
		}
		for _, f := range append(c.asker.Facts(), c.facts()...) {
			env.Ledger.Fact(f.Name, f.Value)
		}
		defer r.Tell()
		rows(yield)
	}
}

// facts say how pictures are described, for the report.
func (c *captioner) facts() []stage.Fact {
	pictures := "as they are"
	if c.config.MaxSide > 0 {
		pictures = fmt.Sprintf("longer side at most %d pixels", c.config.MaxSide)
	}
	return []stage.Fact{{Name: "prompt", Value: "sha256:" + picture.Hash([]byte(c.scheme.Text))}, {Name: "pictures", Value: pictures}}
}

// round is one run of the stage.
type round struct {
	*captioner
	*coding.Round
	env stage.Env
}

func (c *captioner) round(env stage.Env) *round {
	request := chat.Request{Model: c.config.model(), Parameters: c.config.Parameters()}
	return &round{c, coding.NewRound(env, coding.Coder{Scheme: c.scheme, Asker: c.asker, Request: request, Runs: 1, Seed: env.Seed}), env}
}

// see collects what the model sees of a row.
func (r *round) see(rec arrow.Record, row int) (coding.Row, *coding.Outcome, error) {
	out := coding.Row{Key: columns.Format(rec.Column(r.key), row)}
	data, name, fault := r.gallery.Read(r.env.Study, rec, row)
	if fault == nil {
		out.Picture, fault = r.config.picture().Sendable(data, name)
	}
	if fault != nil {
		return out, &coding.Outcome{Status: fault.Status, Reason: fault.Reason}, nil
	}
	return out, nil, nil
}

// finish appends the columns of a batch.
func (r *round) finish(rec arrow.Record, results []coding.Outcome) (arrow.Record, error) {
	cols, err := r.columns.Arrays(r.env.Memory, results)
	if err != nil {
		return nil, err
	}
	defer columns.Release(cols)
	return columns.Append(rec, r.schema, cols...)
}

// Quote implements stage.Quoter.
func (c *captioner) Quote(ctx context.Context, env stage.Env, in stage.Table) (stage.Quote, error) {
	if err := c.Prepare(ctx, env, nil); err != nil {
		return stage.Quote{}, err
	}
	r := c.round(env)
	r.Exact = true
	return r.QuoteRows(ctx, in.Rows, env.Workers, r.see, func(arrow.Record) {})
}
