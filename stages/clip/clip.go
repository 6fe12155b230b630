package clip

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/clip"
	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/vectors"
)

// Models opens the models that a configuration can name.
type Models interface {
	// Names lists the models that can be named.
	Names() []string
	// Open returns the model, downloading it if need be. It stays open until
	// the run ends, and is shared by equal requests.
	Open(ctx context.Context, r Request) (Encoder, error)
}

// Request names a model and how it is to run.
type Request struct {
	// Model is a name, or the path of a folder on this machine.
	Model string
	// Name is what facts call it.
	Name              string
	Device, Precision string
	Threads           int // 0 means as many as the machine has
	ImageSize         int // 0 means what the model says
	BatchSize         int
}

// Encoder turns pictures and phrases into vectors of one space, of Dim values
// and length 1 (or 0 for what the model gives no meaning to).
type Encoder interface {
	Dim() int
	// Size is the side of the square picture that EmbedImages takes, in pixels.
	Size() int
	// Normalizer makes the values that EmbedImages takes from pixels.
	Normalizer() *clip.Normalizer
	// LogitScale is the factor that cosines are multiplied with.
	LogitScale() float64
	EmbedTexts(ctx context.Context, phrases []string) ([][]float32, error)
	// EmbedImages writes n vectors to dst, for n pictures of 3*Size*Size
	// normalised values, channel by channel.
	EmbedImages(ctx context.Context, pixels []float32, n int, dst []float32) error
	// Facts say which model it is and where it runs.
	Facts() []stage.Fact
	// Notes are warnings about the model or the device.
	Notes() []string
	// Explain says why the model gives no meaning to a phrase.
	Explain(phrase string) string
}

// classify is a stage of kind clip.
type classify struct {
	id     string
	config Config
	models Models
	kept   Shelves // nil for none
	layout layout
	schema *arrow.Schema
	image  int // index of the column with the pictures' paths
	root   string

	model   vectors.Model
	encoder Encoder
	head    *clip.Head
	shelf   *vectors.Shelf // nil where no vectors are kept
	// others are the models that a replay has recorded in place of this one, which is
	// not opened then.
	others []vectors.Known
}

// Costly implements stage.Coster.
func (*classify) Costly() {}

// EstimateRows implements stage.Estimator: one row in, one row out.
func (*classify) EstimateRows(in []int64) int64 { return in[0] }

// Schema implements stage.Stage.
func (c *classify) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	var errs []error
	if c.image = stage.Find(in[0], stage.Image); c.image < 0 {
		errs = append(errs, &stage.OptionError{Message: "no column names the pictures", Hint: "give the stage that loads the table an `image`: a column, or an expression that makes the path"})
	} else {
		c.root = stage.RootOf(in[0].Field(c.image))
	}
	errs = append(errs, c.config.checkModel(c.models.Names()))
	c.layout = newLayout(c.config, c.id)
	c.schema = columns.AppendFields(in[0], c.layout.fields...)
	return c.schema, errors.Join(errs...)
}

// Prepare implements stage.Preparer: it opens the model and computes the
// vectors of the phrases, once.
func (c *classify) Prepare(ctx context.Context, env stage.Env, _ []*arrow.Schema) error {
	request := Request{Model: c.identify(env.Study), Device: c.config.Device, Precision: c.config.Precision, Threads: c.config.Threads,
		ImageSize: c.config.ImageSize, BatchSize: c.config.BatchSize}
	request.Name = c.model.Name
	if err := c.open(ctx, func(ctx context.Context) (Encoder, error) { return c.models.Open(ctx, request) }); err != nil {
		return err
	}
	if len(c.others) > 0 {
		return nil
	}
	return c.prepareHead(ctx)
}

// tell states which model runs and how. The batch size is not told: a report
// is the same whatever it is.
func (c *classify) tell(l stage.Ledger) {
	for _, note := range c.encoder.Notes() {
		l.Warn(note)
	}
	for _, f := range c.encoder.Facts() {
		l.Fact(f.Name, f.Value)
	}
	orientation, template := "ignored, as CLIP's own programs do", c.config.Template
	if c.config.Orient {
		orientation = "applied"
	}
	if template == "" {
		template = "none"
	}
	l.Fact("EXIF orientation", orientation)
	l.Fact("aggregate", c.config.Aggregate)
	l.Fact("template", template)
}

func (c *classify) prepareHead(ctx context.Context) error {
	groups := make([]clip.Group, len(c.config.Labels))
	var phrases []string
	for i, e := range c.config.Labels {
		groups[i] = clip.Group{Name: e.Key, Phrases: e.Value}
		for _, p := range e.Value {
			phrases = append(phrases, clip.Fill(c.config.Template, p))
		}
	}
	vectors, err := c.encoder.EmbedTexts(ctx, phrases)
	if err != nil {
		return err
	}
	if err := c.keepPhrases(ctx, phrases, vectors); err != nil {
		return err
	}
	var faults faults
	for i, v := range vectors {
		if isZero(v) {
			faults.add(c.config.pathOf(i), fmt.Sprintf("the model gives no meaning to the phrase %q", phrases[i]), c.encoder.Explain(phrases[i]))
		}
	}
	if len(faults) > 0 {
		return faults.join()
	}
	c.head, err = clip.NewHead(groups, vectors, clip.Aggregate(c.config.Aggregate), c.encoder.LogitScale())
	return err
}

func isZero(v []float32) bool {
	for _, x := range v {
		if x != 0 {
			return false
		}
	}
	return true
}
