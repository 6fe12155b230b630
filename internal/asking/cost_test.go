package asking

import (
	"testing"

	"icono/internal/answers"
	"icono/internal/price"
	"icono/internal/vision"
)

// Answers cost what the table says of their model, in batches what it says of these,
// and nothing where nobody is paid.
func TestCost(t *testing.T) {
	table, err := price.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	file, faults := price.Parse("prices.yaml", `version: 1
date: "2026-11-01"
source: the test
models:
  - {provider: openai, model: dear, input: 2, output: 10, batch: 0.5}
`)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	table = table.With("prices.yaml", file)
	usage := answers.Usage{Input: 1_000_000, Output: 100_000}
	for name, c := range map[string]struct {
		provider, model, by string
		note                string
		want                float64
		known               bool
	}{
		"live":         {"openai", "dear", "dear-2026", "", 3, true},
		"in batches":   {"openai", "dear", "dear-2026", "asked in a batch; repaired: x", 1.5, true},
		"no price":     {"openai", "nobody-sells-this", "x", "", 0, false},
		"by hand":      {"openai", "dear", HandCoded, "", 0, true},
		"this machine": {"tesseract", "tesseract", "tesseract 5", "", 0, true},
	} {
		got, known := Cost(table, answers.Request{Provider: c.provider, Model: c.model}, answers.Answer{Model: c.by, Note: c.note, Usage: usage})
		if known != c.known || float64(got)/float64(price.Dollar) != c.want {
			t.Errorf("%s: $%f, known %v", name, float64(got)/float64(price.Dollar), known)
		}
	}
	if _, known := Cost(table, answers.Request{Provider: vision.Provider, Body: []byte(`no question`)}, answers.Answer{}); known {
		t.Error("a question that cannot be read has a price")
	}
}
