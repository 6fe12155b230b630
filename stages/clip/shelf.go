package clip

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

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
// not on this machine, and the shelf of its vectors. A replay for which other models
// are recorded opens nothing: its first row tells that.
func (c *classify) open(ctx context.Context, real func(context.Context) (Encoder, error)) (err error) {
	var keeper vectors.Keeper
	if c.kept != nil {
		if keeper, err = c.kept.Keeper(ctx, c.id, c.config.Model); err != nil {
			return err
		}
	}
	if keeper == nil {
		c.encoder, err = real(ctx)
		return orRecorded(err)
	}
	card, err := vectors.FindCard(ctx, keeper, c.model, c.settings())
	if err != nil {
		return err
	}
	if card == nil && keeper.Strict() {
		return c.unnamed(ctx, keeper, real)
	}
	if !keeper.Replays() || card == nil {
		c.encoder, err = real(ctx)
	}
	if card != nil && (keeper.Replays() || absent(err)) {
		c.replay(keeper, *card, real)
		return nil
	}
	if err != nil {
		return err
	}
	c.shelf = c.newShelf(keeper, c.encoder.Facts(), c.encoder.Dim())
	return vectors.KeepCard(ctx, keeper, c.model, c.settings(), c.card(c.encoder))
}

// absent reports whether an error says that a model is not on this machine.
func absent(err error) bool {
	var missing *stage.MissingError
	return errors.As(err, &missing) || errors.Is(err, fs.ErrNotExist)
}

// replay has the recorded vectors of a model stand for it.
func (c *classify) replay(keeper vectors.Keeper, card vectors.Card, real func(context.Context) (Encoder, error)) {
	r := &recorded{card: card, model: c.model, strict: keeper.Strict(), stage: c.id, real: real}
	r.shelf = c.newShelf(keeper, card.Facts, card.Dim)
	c.encoder, c.shelf = r, r.shelf
}

// unnamed begins a replay for which no model of this name is recorded. One in a folder
// may be recorded under another name, and its files are looked at; where nothing at all
// is recorded of the stage, it is computed.
func (c *classify) unnamed(ctx context.Context, keeper vectors.Keeper, real func(context.Context) (Encoder, error)) error {
	others, err := vectors.Cards(ctx, keeper, c.models.Names())
	if err != nil {
		return err
	}
	if len(others) > 0 && !c.model.Folder {
		c.others = others
		return nil
	}
	e, err := real(ctx)
	switch {
	case absent(err) && len(others) > 0:
		c.others = others
	case err != nil:
		return orRecorded(err)
	case len(others) > 0:
		c.replay(keeper, c.card(e), real)
	default:
		c.encoder, c.shelf = e, c.newShelf(keeper, e.Facts(), e.Dim())
	}
	return nil
}

// orRecorded adds to an error of what a model lacks on this machine how a study is
// replayed without it.
func orRecorded(err error) error {
	var missing *stage.MissingError
	if !errors.As(err, &missing) {
		return err
	}
	return &stage.MissingError{What: missing.What, Mend: missing.Mend + "\nor have its vectors recorded where it can be run, and replay them: icono answers export --vectors"}
}

func (c *classify) card(e Encoder) vectors.Card {
	return vectors.Card{Facts: c.deciding(e.Facts()), Dim: e.Dim(), Side: e.Size(), Scale: e.LogitScale()}
}

func (c *classify) newShelf(keeper vectors.Keeper, facts []stage.Fact, dim int) *vectors.Shelf {
	return vectors.New(keeper, c.model, c.deciding(facts), c.config.Orient, dim)
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
