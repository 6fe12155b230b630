package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Model is a model that a server lists.
type Model struct {
	ID string
	// Shutdown is the day on which the model ends; zero where the server does
	// not say.
	Shutdown time.Time
}

// Models lists the models of the server. Not every server can; the error is an
// *Error and no reason to stop.
func (c *Client) Models(ctx context.Context) ([]Model, error) {
	x := c.exchange()
	_, err := c.library(x, "").ListModels(ctx)
	if fault := x.fault(err); fault != nil {
		return nil, fault
	}
	// The library knows no shutdown dates, so its answer is read again.
	var list struct {
		Data []struct {
			ID       string          `json:"id"`
			Shutdown json.RawMessage `json:"shutdown_date"`
		} `json:"data"`
	}
	if err := json.Unmarshal(x.answer, &list); err != nil {
		return nil, &Error{Outcome: Failed, Status: 200, Message: "the list of models cannot be read: " + clip(describeBody(200, "", x.answer))}
	}
	models := make([]Model, 0, len(list.Data))
	for _, m := range list.Data {
		models = append(models, Model{m.ID, day(m.Shutdown)})
	}
	return models, nil
}

// day reads a date, a time or seconds since 1970; what is neither is no date.
func day(raw json.RawMessage) time.Time {
	var text string
	var seconds float64
	switch {
	case json.Unmarshal(raw, &text) == nil:
		for _, layout := range []string{time.DateOnly, time.RFC3339} {
			if t, err := time.Parse(layout, text); err == nil {
				return t.UTC()
			}
		}
	case json.Unmarshal(raw, &seconds) == nil && seconds > 0 && seconds < math.MaxInt32*4:
		return time.Unix(int64(seconds), 0).UTC()
	}
	return time.Time{}
}

// Warning words what the list says about the end of a model: "" where it says
// nothing, or nothing within 180 days of now.
func Warning(models []Model, id string, now time.Time) string {
	for _, m := range models {
		if m.ID != id || m.Shutdown.IsZero() {
			continue
		}
		date := m.Shutdown.Format(time.DateOnly)
		switch left := m.Shutdown.Sub(now); {
		case left <= 0:
			return fmt.Sprintf("the server shut %s down on %s", id, date)
		case left < 180*24*time.Hour:
			return fmt.Sprintf("the server will shut %s down on %s; answers that are not recorded by then cannot be had again", id, date)
		}
	}
	return ""
}
