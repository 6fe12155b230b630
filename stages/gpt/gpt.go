package gpt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/asking"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/stage"
)

// Askers opens the models that a configuration can name.
type Askers interface {
	// Open returns what answers a stage's questions. It stays open until the run
	// ends.
	Open(ctx context.Context, stageID string, s asking.Server) (coding.Asker, error)
}

// Kind returns the kind gpt.
func Kind(askers Askers) stage.Kind {
	return stage.Define("gpt", stage.One(), defaults, func(id string, c Config) stage.Stage {
		return &coder{id: id, config: c, askers: askers}
	})
}

// coder is a stage of kind gpt.
type coder struct {
	id     string
	config Config
	askers Askers

	scheme   coding.Scheme
	examples []chat.Message
	asker    coding.Asker

	columns coding.Columns
	schema  *arrow.Schema
	key     int // index of the key column; -1 for none
	gallery coding.Gallery
}

// Costly implements stage.Coster.
func (*coder) Costly() {}

// EstimateRows implements stage.Estimator: one row in, one row out.
func (*coder) EstimateRows(in []int64) int64 { return in[0] }

// Files implements stage.FileUser.
func (c *coder) Files() (reads, writes []string) {
	if c.config.Codebook != "" {
		reads = append(reads, string(c.config.Codebook))
	}
	if c.config.Examples != nil {
		reads = append(reads, string(c.config.Examples.Path))
	}
	return reads, nil
}

// Probe implements stage.Prober: it reads the codebook.
func (c *coder) Probe(_ context.Context, env stage.Env, _ bool) error {
	if c.config.Codebook == "" {
		c.scheme = coding.Free{Text: strings.TrimSpace(c.config.Prompt), Columns: c.config.Columns}
		return nil
	}
	book, warnings, err := coding.OpenBook(env.Study.Open, string(c.config.Codebook))
	if errors.Is(err, fs.ErrNotExist) {
		return &stage.OptionError{Path: []string{"codebook"}, Message: fmt.Sprintf("there is no file %s", c.config.Codebook), Hint: "paths are relative to the pipeline file"}
	}
	if err != nil {
		return err
	}
	c.scheme = book
	if warnings != nil {
		return warnings
	}
	return nil
}

// Schema implements stage.Stage. It needs Probe.
func (c *coder) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	var errs []error
	c.key, c.gallery = stage.Find(in[0], stage.Key), coding.Gallery{Column: -1}
	if c.key < 0 {
		errs = append(errs, coding.NoKey())
	}
	if c.config.Image.Send {
		var err error
		c.gallery, err = coding.FindGallery(in[0], "give the stage that loads the table an `image`, or code texts alone with `image: {send: false}` and `inputs`")
		errs = append(errs, err)
	}
	_, err := c.compile(in[0])
	errs = append(errs, err)
	c.columns = coding.Layout(c.scheme, c.id, c.config.Prefix, c.config.Runs)
	errs = append(errs, stage.Taken(in[0], c.columns.Fields(), "prefix", c.id+"_"))
	c.schema = columns.AppendFields(in[0], c.columns.Fields()...)
	return c.schema, errors.Join(errs...)
}

// compile compiles the expressions of the inputs. Programs are not for
// concurrent use, so each batch has its own.
func (c *coder) compile(in *arrow.Schema) ([]*expression.Program, error) {
	var errs []error
	out := make([]*expression.Program, len(c.config.Inputs))
	for i, e := range c.config.Inputs {
		var err error
		text := string(e.Value)
		if columns.Index(in, text) >= 0 { // a name with spaces, as it is
			text = "$env[" + strconv.Quote(text) + "]"
		}
		if out[i], err = expression.Compile(text, in, expression.Any); err != nil {
			errs = append(errs, expression.OptionError([]string{"inputs", e.Key}, err))
		}
	}
	return out, errors.Join(errs...)
}

// Prepare implements stage.Preparer.
func (c *coder) Prepare(ctx context.Context, env stage.Env, _ []*arrow.Schema) error {
	asker, err := c.askers.Open(ctx, c.id, c.config.Questions.Of(c.config.Server(c.config.Model)))
	if err != nil {
		return err
	}
	c.asker = asker
	if c.config.Examples != nil {
		c.examples, err = c.readExamples(ctx, env)
	}
	return err
}

// request is what all questions have in common.
func (c *coder) request() chat.Request {
	return chat.Request{Model: c.config.Model, Parameters: c.config.Parameters(), Messages: c.examples}
}
