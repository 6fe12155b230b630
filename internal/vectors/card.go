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
	// Facts say which model it is, and how it ran. The name of one in a folder is not
	// among them.
	Facts []stage.Fact `json:"facts"`
	// Dim is the length of a vector, Side the side of the pictures that the model
	// sees in pixels, Scale the factor of its cosines.
	Dim   int     `json:"dim"`
	Side  int     `json:"side"`
	Scale float64 `json:"scale"`
}

// card is the request of a card, as it is stored.
type card struct {
	// Folder is the name of a model in a folder.
	Folder   string `json:"folder,omitempty"`
	Settings string `json:"settings"`
	Task     string `json:"task"`
}

const cardTask = "model"

func cardRow(model string) string { return "model " + model }

// cardRequest is about a model as it is configured: settings are what a stage says
// of it.
func cardRequest(m Model, settings string) (answers.Request, error) {
	c := card{Settings: settings, Task: cardTask}
	if m.Folder {
		c.Folder = m.Name
	}
	body, err := json.Marshal(c)
	return answers.Request{Row: cardRow(m.kept()), Provider: provider, Model: m.kept(), Body: body}, err
}

// Known is a model of which a stage has kept a card.
type Known struct {
	Model
	Settings string
}

// Cards lists the models of which a stage has kept cards: those in folders, and those
// of the names.
func Cards(ctx context.Context, k Keeper, names []string) ([]Known, error) {
	var out []Known
	for _, name := range append([]string{inFolder}, names...) {
		near, err := k.Near(ctx, cardRow(name))
		if err != nil {
			return nil, err
		}
		for _, r := range near {
			var c card
			if json.Unmarshal(r.Body, &c) != nil || c.Task != cardTask || r.Model != name {
				continue // a picture of that name
			}
			m := Model{Name: name}
			if name == inFolder {
				m = Model{Name: c.Folder, Folder: true}
			}
			out = append(out, Known{m, c.Settings})
		}
	}
	return out, nil
}

// FindCard returns the card of a model, nil where none is kept.
func FindCard(ctx context.Context, k Keeper, model Model, settings string) (*Card, error) {
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
		return nil, fmt.Errorf("what is stored of the model %s cannot be read; `--record all` makes it anew", model.Name)
	}
	return &c, nil
}

// KeepCard stores the card of a model. A replay stores nothing.
func KeepCard(ctx context.Context, k Keeper, model Model, settings string, c Card) error {
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
	return k.Record(ctx, answers.Recorded{Request: r, Answer: answers.Answer{Body: body, Model: model.kept()}})
}
