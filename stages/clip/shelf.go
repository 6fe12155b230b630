package clip

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"icono/internal/clip"
	"icono/internal/media"
	"icono/internal/stage"
	"icono/internal/vectors"
)

// Shelves keep the vectors of pictures and phrases between runs.
type Shelves interface {
	// Keeper returns what keeps those of a stage's model, nil where none are kept.
	Keeper(ctx context.Context, stageID, model string) (vectors.Keeper, error)
}

// settings are what the configuration says of the model, beside its name.
func (c *classify) settings() string {
	return fmt.Sprintf("precision %s, image size %d", c.config.Precision, c.config.ImageSize)
}

// open opens the model, or what is recorded of it in a replay and where the model is
// not on this machine, and the shelf of its vectors.
func (c *classify) open(ctx context.Context, real func(context.Context) (Encoder, error)) (err error) {
	var keeper vectors.Keeper
	if c.kept != nil {
		if keeper, err = c.kept.Keeper(ctx, c.id, c.config.Model); err != nil {
			return err
		}
	}
	if keeper == nil {
		c.encoder, err = real(ctx)
		return err
	}
	card, err := vectors.FindCard(ctx, keeper, c.config.Model, c.settings())
	if err != nil {
		return err
	}
	if !keeper.Replays() || card == nil {
		c.encoder, err = real(ctx)
	}
	var missing *stage.MissingError
	absent := errors.As(err, &missing) || errors.Is(err, fs.ErrNotExist)
	if card != nil && (keeper.Replays() || absent) {
		r := &recorded{card: *card, strict: keeper.Strict(), stage: c.id, real: real}
		r.shelf, err = c.newShelf(keeper, r)
		c.encoder, c.shelf = r, r.shelf
		return err
	}
	if err != nil {
		return err
	}
	if c.shelf, err = c.newShelf(keeper, c.encoder); err != nil {
		return err
	}
	return vectors.KeepCard(ctx, keeper, c.config.Model, c.settings(), vectors.Card{Facts: c.encoder.Facts(), Dim: c.encoder.Dim(), Side: c.encoder.Size(), Scale: c.encoder.LogitScale()})
}

func (c *classify) newShelf(keeper vectors.Keeper, e Encoder) (*vectors.Shelf, error) {
	facts := append(slices.Clone(e.Facts()), stage.Fact{Name: "EXIF orientation", Value: fmt.Sprint(c.config.Orient)})
	return vectors.New(keeper, c.config.Model, facts, e.Dim())
}

// keepPhrases stores the vectors of the phrases that were computed.
func (c *classify) keepPhrases(ctx context.Context, phrases []string, v [][]float32) error {
	if c.shelf == nil {
		return nil
	}
	return c.shelf.KeepPhrases(ctx, phrases, v)
}

// keep stores the vectors that were computed.
func (r *runner) keep(ctx context.Context, dim int) error {
	if r.shelf == nil {
		return nil
	}
	all := make([]vectors.Vector, len(r.ready))
	for i, p := range r.ready {
		all[i] = vectors.Vector{Row: media.Under(r.root, p.path), Picture: p.hash, Values: r.vectors[i*dim : (i+1)*dim]}
	}
	return r.shelf.Keep(ctx, all)
}

// recorded is a model of which vectors are recorded. The model itself is opened
// only for what is not, and must be the same then.
type recorded struct {
	card vectors.Card
	// strict computes nothing: the study is replayed.
	strict bool
	stage  string
	shelf  *vectors.Shelf
	real   func(context.Context) (Encoder, error)

	opened Encoder // nil until it is needed
}

// model opens the model itself.
func (r *recorded) model(ctx context.Context, lacks string) (Encoder, error) {
	if r.opened != nil {
		return r.opened, nil
	}
	if r.strict {
		return nil, fmt.Errorf("%s is recorded for the stage `%s`, and a replay computes nothing: run it once with `--record new_episodes`, and `icono answers export --vectors`", lacks, r.stage)
	}
	e, err := r.real(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s is recorded for the stage `%s`, and the model cannot be used here: %w", lacks, r.stage, err)
	}
	for i, f := range e.Facts() {
		if i >= len(r.card.Facts) || r.card.Facts[i] != f {
			was := "nothing"
			if i < len(r.card.Facts) {
				was = r.card.Facts[i].Name + " " + r.card.Facts[i].Value
			}
			return nil, fmt.Errorf("%s is recorded for the stage `%s`, and the model here is not the recorded one: %s %s, recorded %s; run with `--record new_episodes`", lacks, r.stage, f.Name, f.Value, was)
		}
	}
	r.opened = e
	return e, nil
}

// Dim, Size, LogitScale and Facts are those of the card.

func (r *recorded) Dim() int            { return r.card.Dim }
func (r *recorded) Size() int           { return r.card.Side }
func (r *recorded) LogitScale() float64 { return r.card.Scale }
func (r *recorded) Facts() []stage.Fact { return r.card.Facts }
func (r *recorded) Notes() []string     { return nil }

// Normalizer implements Encoder. It is wanted before EmbedImages alone.
func (r *recorded) Normalizer() *clip.Normalizer {
	if r.opened == nil {
		return nil
	}
	return r.opened.Normalizer()
}

// Explain implements Encoder.
func (r *recorded) Explain(phrase string) string {
	if r.opened == nil {
		return "its recorded vector is zero"
	}
	return r.opened.Explain(phrase)
}

// EmbedTexts implements Encoder.
func (r *recorded) EmbedTexts(ctx context.Context, phrases []string) ([][]float32, error) {
	out := make([][]float32, len(phrases))
	for i, p := range phrases {
		var err error
		if out[i], err = r.shelf.FindPhrase(ctx, p); err != nil {
			return nil, err
		}
		if out[i] == nil {
			e, err := r.model(ctx, fmt.Sprintf("no vector of the phrase %q", p))
			if err != nil {
				return nil, err
			}
			return e.EmbedTexts(ctx, phrases)
		}
	}
	return out, nil
}

// EmbedImages implements Encoder.
func (r *recorded) EmbedImages(ctx context.Context, pixels []float32, n int, dst []float32) error {
	if r.opened == nil {
		return errors.New("the model has not been opened")
	}
	return r.opened.EmbedImages(ctx, pixels, n, dst)
}

// normalizer makes what the model takes from pixels. p is a row whose picture has no
// recorded vector.
func (c *classify) normalizer(ctx context.Context, p prepared) (*clip.Normalizer, error) {
	if r, ok := c.encoder.(*recorded); ok {
		lacks := fmt.Sprintf("no vector of the picture %s", media.Under(c.root, p.path))
		if p.key != "" {
			lacks = fmt.Sprintf("row %q: %s", p.key, lacks)
		}
		if _, err := r.model(ctx, lacks+c.unlike(ctx, p)); err != nil {
			return nil, err
		}
	}
	return c.encoder.Normalizer(), nil
}

// unlike words how a picture without a recorded vector differs from what is recorded.
func (c *classify) unlike(ctx context.Context, p prepared) string {
	name := media.Under(c.root, p.path)
	why, err := c.shelf.Why(ctx, name, p.hash)
	switch {
	case err != nil || why == "":
		return fmt.Sprintf(" (SHA-256 %x…, of which nothing is recorded)", p.hash[:6])
	case why == "picture":
		return fmt.Sprintf(" (SHA-256 %x…: another file than the one that is recorded)", p.hash[:6])
	}
	return fmt.Sprintf(" (what is recorded of it differs in: %s)", why)
}
