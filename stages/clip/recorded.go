package clip

import (
	"context"
	"errors"
	"fmt"

	"icono/internal/clip"
	"icono/internal/stage"
	"icono/internal/vectors"
)

// recorded is a model of which vectors are recorded. The model itself is opened
// only for what is not, and must be the same then.
type recorded struct {
	card  vectors.Card
	model vectors.Model
	// strict computes nothing: the study is replayed.
	strict bool
	stage  string
	shelf  *vectors.Shelf
	real   func(context.Context) (Encoder, error)

	opened Encoder // nil until it is needed
}

// computer opens the model itself, unless nothing is to be computed.
func (r *recorded) computer(ctx context.Context, lacks string) (Encoder, error) {
	if r.opened != nil {
		return r.opened, nil
	}
	if r.strict {
		return nil, errUnrecorded(lacks, r.stage)
	}
	e, err := r.real(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s is recorded for the stage `%s`, and the model cannot be used here: %w", lacks, r.stage, err)
	}
	recorded := r.Facts()
	for i, f := range e.Facts() {
		if i >= len(recorded) || recorded[i] != f {
			was := "nothing"
			if i < len(recorded) {
				was = recorded[i].Name + " " + recorded[i].Value
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
func (r *recorded) Facts() []stage.Fact { return told(r.model, r.card.Facts) }
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
			u, err := r.shelf.UnlikePhrase(ctx, p)
			if err != nil {
				return nil, err
			}
			e, err := r.computer(ctx, fmt.Sprintf("no vector of the phrase %q", p)+differing(u.Settings))
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
