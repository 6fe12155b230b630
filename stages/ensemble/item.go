package ensemble

import (
	"strings"

	"icono/internal/coding"
)

// described is the scheme of a codebook, whose prompt also says what the item is:
// an object of named parts. A decision tree stays one.
type described struct {
	coding.Scheme
	parts []string
}

// Prompt implements coding.Scheme.
func (d described) Prompt(order func(n int) []int) string {
	return strings.TrimRight(d.Scheme.Prompt(order), "\n") + "\n\n# Item\n\nThe item is described by one JSON object, with what other coders and programs found. Its names are: " +
		strings.Join(d.parts, ", ") + ". What was not found is null. You see nothing else of the item.\n"
}

// Walks implements coding.Walker.
func (d described) Walks() bool {
	w, ok := d.Scheme.(coding.Walker)
	return ok && w.Walks()
}

// Walk implements coding.Walker. It is called only where Walks holds.
func (d described) Walk(ask func(step coding.Scheme) ([]any, error)) ([]any, error) {
	return d.Scheme.(coding.Walker).Walk(func(step coding.Scheme) ([]any, error) { return ask(described{step, d.parts}) })
}
