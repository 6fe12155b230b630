package asking

import (
	"encoding/json"
	"strings"

	"icono/internal/answers"
	"icono/internal/price"
	"icono/internal/vision"
)

// inBatch begins the notes of answers that came with a batch.
const inBatch = "asked in a batch"

// Cost is what a stored answer cost by the prices of a table, and whether that is
// known: that of a batch where it came with one. What people, and programs on this
// machine, answered cost nothing. What is written to a provider's cache is not
// told from other input.
func Cost(t *price.Table, r answers.Request, a answers.Answer) (price.Money, bool) {
	switch {
	case a.Model == HandCoded, r.Provider == "tesseract", r.Provider == "yolox":
		return 0, true
	case r.Provider == vision.Provider:
		var question struct {
			Features []string `json:"features"`
		}
		if json.Unmarshal(r.Body, &question) != nil {
			return 0, false
		}
		q := t.Quote(vision.Provider, question.Features)
		return q.Of(1), q.Known()
	}
	entry, _ := t.Find(r.Provider, r.Model)
	return entry.Cost(price.Usage{Input: a.Usage.Input, CachedInput: a.Usage.CachedInput, Output: a.Usage.Output}, strings.HasPrefix(a.Note, inBatch))
}
