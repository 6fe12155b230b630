package ensemble

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/asking"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/columns"
	"icono/internal/stage"
)

// Askers opens the models that a configuration can name.
type Askers interface {
	// Open returns what answers a stage's questions. It stays open until the run
	// ends.
	Open(ctx context.Context, stageID string, s asking.Server) (coding.Asker, error)
}

// asked is a stage whose rows a language model merges.
type asked struct {
	merger
	askers Askers
	scheme coding.Scheme
	asker  coding.Asker
}

// motion is a stage of questions over one input table.
type motion struct {
	inputs     []input
	columns    coding.Columns
	merged     int      // of the code among the columns that inputs are compared with, -1 for none
	categories []string // of it
	key        int      // index of the key column
	schema     *arrow.Schema
}

// Costly implements stage.Coster.
func (*asked) Costly() {}

// Files implements stage.FileUser.
func (a *asked) Files() (reads, writes []string) {
	if a.config.Codebook != "" {
		reads = append(reads, string(a.config.Codebook))
	}
	return reads, nil
}

// Probe implements stage.Prober: it reads the codebook.
func (a *asked) Probe(_ context.Context, env stage.Env, _ bool) error {
	if a.config.Codebook == "" {
		a.scheme = coding.Free{Text: strings.TrimSpace(a.config.Prompt), Columns: a.config.Columns}
		return nil
	}
	book, warnings, err := coding.OpenBook(env.Study.Open, string(a.config.Codebook))
	if errors.Is(err, fs.ErrNotExist) {
		return &stage.OptionError{Path: []string{"codebook"}, Message: fmt.Sprintf("there is no file %s", a.config.Codebook), Hint: "paths are relative to the pipeline file"}
	}
	if err != nil {
		return err
	}
	a.scheme = described{book, a.config.Inputs.Keys()}
	if warnings != nil {
		return warnings
	}
	return nil
}

// Schema implements stage.Stage. It needs Probe.
func (a *asked) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	m, err := a.plan(in[0])
	return m.schema, err
}

func (a *asked) plan(in *arrow.Schema) (*motion, error) {
	inputs, err := a.config.resolve(in)
	errs := []error{err}
	m := &motion{inputs: inputs, key: stage.Find(in, stage.Key), merged: -1}
	if m.key < 0 {
		errs = append(errs, coding.NoKey())
	}
	m.columns = coding.Layout(a.scheme, a.id, a.config.Prefix, a.config.Runs)
	fields := m.columns.Fields()
	for i := range a.scheme.Fields() {
		fields[i] = a.config.merged(fields[i], inputs)
	}
	for i, f := range fields[:len(a.scheme.Fields())] {
		codes := stage.CategoriesOf(f)
		if f.Type.ID() == arrow.DICTIONARY && m.merged < 0 && len(newAccord(inputs, codes, false).at) > 0 {
			m.merged, m.categories = i, codes
		}
	}
	if m.merged >= 0 {
		fields = append(fields[:len(fields):len(fields)], a.agreed())
	}
	errs = append(errs, a.exists(in, fields, "prefix"))
	m.schema = columns.AppendFields(in, fields...)
	return m, errors.Join(errs...)
}

// Prepare implements stage.Preparer.
func (a *asked) Prepare(ctx context.Context, _ stage.Env, _ []*arrow.Schema) error {
	asker, err := a.askers.Open(ctx, a.id, a.config.Questions.Of(a.config.Server(a.config.Model)))
	if err != nil {
		return err
	}
	a.asker = asker
	return nil
}

// coder has rows coded by the model.
func (a *asked) coder(env stage.Env) coding.Coder {
	return coding.Coder{Scheme: a.scheme, Asker: a.asker, Request: chat.Request{Model: a.config.Model, Parameters: a.config.Parameters()}, Runs: a.config.Runs,
		Shuffle: a.config.Shuffle, Seed: env.Seed, Repair: a.config.Repair}
}
