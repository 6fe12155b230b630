package save

import (
	"context"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
	"icono/internal/tabular"
)

type save struct{ config Config }

// Schema implements stage.Stage.
func (s save) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	if _, err := s.writer(io.Discard, in[0]); err != nil {
		return in[0], &stage.OptionError{Path: []string{"path"}, Message: err.Error(), Hint: "leave the column out or change it with a stage of kind `select`, or choose another format"}
	}
	return in[0], nil
}

// Files implements stage.FileUser.
func (s save) Files() (reads, writes []string) { return nil, []string{string(s.config.Path)} }

// EstimateRows implements stage.Estimator.
func (s save) EstimateRows(in []int64) int64 { return in[0] }

// Prepare implements stage.Preparer: a file that cannot be written is an error
// before the work, not after it.
func (s save) Prepare(_ context.Context, env stage.Env, _ []*arrow.Schema) error {
	f, err := tabular.Create(env.Study.Resolve(string(s.config.Path)))
	if err != nil {
		return err
	}
	return f.Abort()
}

// Run implements stage.Stage.
func (s save) Run(ctx context.Context, env stage.Env, in []stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		o, err := s.create(env, in[0].Schema)
		if err != nil {
			yield(nil, err)
			return
		}
		defer o.abort() // does nothing once the file is in its place
		for rec, err := range in[0].Rows {
			if err == nil {
				err = o.writer.Write(rec)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(rec, nil) {
				return
			}
		}
		if err := context.Cause(ctx); err != nil {
			yield(nil, err)
			return
		}
		if err := o.finish(); err != nil {
			yield(nil, err)
		}
	}
}

func (s save) writer(w io.Writer, schema *arrow.Schema) (tabular.Writer, error) {
	f, _ := s.config.format()
	return tabular.NewWriter(w, f, schema, tabular.WriteOptions{BOM: s.config.BOM, Delimiter: s.config.Delimiter, Compression: s.config.Compression})
}
