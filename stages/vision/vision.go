package vision

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/coding"
	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/picture"
	"icono/internal/sight"
	"icono/internal/stage"
)

// Readers open what looks at pictures.
type Readers interface {
	// OpenSight returns what looks at the pictures of a stage. It stays open until
	// the run ends.
	OpenSight(ctx context.Context, stageID string, s sight.Service, device string) (sight.Reader, error)
}

// Kind returns the kind vision.
func Kind(readers Readers) stage.Kind {
	return stage.Define("vision", stage.One(), defaults, func(id string, c Config) stage.Stage {
		return &viewer{id: id, config: c, readers: readers}
	})
}

// viewer is a stage of kind vision.
type viewer struct {
	id      string
	config  Config
	readers Readers
	reader  sight.Reader

	finds   []find
	columns coding.Columns
	schema  *arrow.Schema
	key     int
	gallery coding.Gallery
}

// Costly implements stage.Coster.
func (*viewer) Costly() {}

// EstimateRows implements stage.Estimator: one row in, one row out.
func (*viewer) EstimateRows(in []int64) int64 { return in[0] }

// Schema implements stage.Stage.
func (v *viewer) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	var err error
	v.key, v.gallery, err = coding.Keyed(in[0])
	v.finds = v.config.finds()
	fields := make([]arrow.Field, len(v.finds))
	for i, f := range v.finds {
		fields[i] = f.field
	}
	v.columns = coding.Arrange(fields, v.id, v.config.Prefix, 1)
	v.schema = columns.AppendFields(in[0], v.columns.Fields()...)
	return v.schema, errors.Join(err, stage.Taken(in[0], v.columns.Fields(), "prefix", v.id+"_"))
}

// Prepare implements stage.Preparer.
func (v *viewer) Prepare(ctx context.Context, env stage.Env, _ []*arrow.Schema) (err error) {
	s := v.config.service()
	if s.Local != nil && !named(s.Local.Detector) {
		s.Local.Detector = env.Study.Resolve(s.Local.Detector)
	}
	v.reader, err = v.readers.OpenSight(ctx, v.id, s, v.config.Device)
	return err
}

// Files implements stage.FileUser.
func (v *viewer) Files() (reads, writes []string) {
	if v.config.Provider == byLocal && v.config.wants("objects") && !named(v.config.Detector) {
		reads = append(reads, v.config.Detector)
	}
	return reads, nil
}

// Run implements stage.Stage. Pictures are looked at beside each other, and rows
// keep their order.
func (v *viewer) Run(ctx context.Context, env stage.Env, in []stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		if v.reader == nil {
			yield(nil, errors.New("what looks at pictures has not been opened"))
			return
		}
		r := v.round(env)
		defer func() {
			for _, f := range v.reader.Facts() {
				env.Ledger.Fact(f.Name, f.Value)
			}
			r.Tell()
		}()
		workers := env.Workers
		if v.config.Provider == byGoogle { // as many as fill the requests on their way
			workers = picturesAtOnce * v.config.Concurrency
		}
		flow.ByRow(ctx, in[0].Rows, workers, 2*workers, r.look, r.finish)(yield)
	}
}

// picturesAtOnce is how many pictures a request to Google takes.
const picturesAtOnce = 16

// round is one run of the stage.
type round struct {
	*viewer
	*coding.Round
	env stage.Env
}

func (v *viewer) round(env stage.Env) *round {
	return &round{v, coding.NewRound(env, coding.Coder{}), env}
}

// look has the picture of a row looked at.
func (r *round) look(ctx context.Context, rec arrow.Record, row int) (coding.Outcome, error) {
	return r.Attempt(func() (coding.Outcome, error) {
		p, fault := r.picture(rec, row)
		if fault != nil {
			return coding.Outcome{}, fault
		}
		found, err := r.reader.Read(ctx, p)
		if err != nil {
			return coding.Outcome{}, err
		}
		out := coding.Outcome{Status: stage.OK, Model: found.By, Values: make([]any, len(r.finds))}
		least := r.config.minScore()
		for i, f := range r.finds {
			out.Values[i] = f.of(&found.Annotation, least)
		}
		return out, nil
	})
}

// picture reads the picture of a row.
func (r *round) picture(rec arrow.Record, row int) (sight.Picture, error) {
	p := sight.Picture{Row: columns.Format(rec.Column(r.key), row)}
	data, name, fault := r.gallery.Read(r.env.Study, rec, row)
	if fault != nil {
		return p, fault
	}
	p.Data, p.Name = data, name
	return p, nil
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
func (v *viewer) Quote(ctx context.Context, env stage.Env, in stage.Table) (stage.Quote, error) {
	var out stage.Quote
	if err := v.Prepare(ctx, env, nil); err != nil {
		return out, err
	}
	r := v.round(env)
	var asked sync.Map // by the picture, which is asked about once
	look := func(ctx context.Context, rec arrow.Record, row int) (int, error) {
		p, err := r.picture(rec, row)
		if err != nil {
			return 0, nil // a row without a picture is not asked about
		}
		known, err := v.reader.Known(ctx, p)
		var fault *coding.Fault
		switch {
		case errors.As(err, &fault):
			return 0, nil
		case known || err != nil:
			return -1, err
		}
		if _, again := asked.LoadOrStore(picture.Hash(p.Data), true); again {
			return 0, nil
		}
		return 1, nil
	}
	for n, err := range flow.PerRow(ctx, in.Rows, env.Workers, 4*env.Workers, look, func(arrow.Record) {}) {
		if err != nil {
			return out, err
		}
		out.Rows++
		switch n {
		case -1:
			out.Stored++
		case 1:
			out.Requests++
		}
	}
	price := v.reader.Price()
	cost := int64(price.Of(out.Requests))
	out.Cost = [3]int64{cost, cost, cost}
	if !price.Known() {
		out.Unpriced = out.Requests
	}
	out.Notes, out.Reasons = price.Assumes, v.reader.Reasons()
	for i, source := range price.Sources {
		date := ""
		if i < len(price.Dates) {
			date = ", " + price.Dates[i]
		}
		out.Notes = append(out.Notes, fmt.Sprintf("prices from %s%s", source, date))
	}
	return out, nil
}
