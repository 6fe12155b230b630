package vectors

import (
	"context"
	"encoding/json"
	"fmt"

	"icono/internal/answers"
	"icono/internal/stage"
)

// Card is what is known of a model whose vectors are kept, so that a study can be
// replayed where the model is not.
type Card struct {
	// Facts say which model it is, and how it ran.
	Facts []stage.Fact `json:"facts"`
	// Dim is the length of a vector, Side the side of the pictures that the model
	// sees in pixels, Scale the factor of its cosines.
	Dim   int     `json:"dim"`
	Side  int     `json:"side"`
	Scale float64 `json:"scale"`
}

// cardRequest is about a model as it is configured: settings are what a stage says
// of it.
func cardRequest(model, settings string) (answers.Request, error) {
	body, err := json.Marshal(map[string]string{"task": "model", "settings": settings})
	return answers.Request{Row: "model " + model, Provider: provider, Model: model, Body: body}, err
}

// FindCard returns the card of a model, nil where none is kept.
func FindCard(ctx context.Context, k Keeper, model, settings string) (*Card, error) {
	r, err := cardRequest(model, settings)
	if err != nil {
		return nil, err
	}
	a, found, err := k.Lookup(ctx, r)
	if err != nil || !found {
		return nil, err
	}
	var c Card
	if err := json.Unmarshal(a.Body, &c); err != nil || c.Dim < 1 || c.Side < 1 {
		return nil, fmt.Errorf("what is stored of the model %s cannot be read; `--record all` makes it anew", model)
	}
	return &c, nil
}

// KeepCard stores the card of a model. A replay stores nothing.
func KeepCard(ctx context.Context, k Keeper, model, settings string, c Card) error {
	if k.Replays() {
		return nil
	}
	r, err := cardRequest(model, settings)
	if err != nil {
		return err
	}
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return k.Record(ctx, answers.Recorded{Request: r, Answer: answers.Answer{Body: body, Model: model}})
}
