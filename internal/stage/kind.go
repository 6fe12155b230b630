package stage

import "fmt"

// Arity is how many inputs a kind takes. Max < 0 means no upper bound.
type Arity struct{ Min, Max int }

// Source is the arity of a kind that reads no other stage.
func Source() Arity { return Arity{0, 0} }

// One is the arity of a kind with exactly one input.
func One() Arity { return Arity{1, 1} }

// Exactly is the arity of a kind with exactly n inputs.
func Exactly(n int) Arity { return Arity{n, n} }

// String names the arity as it stands in a message.
func (a Arity) String() string {
	switch {
	case a.Max == 0:
		return "no input"
	case a.Min == 1 && a.Max == 1:
		return "one input"
	case a.Min == a.Max:
		return fmt.Sprintf("%d inputs", a.Min)
	case a.Max < 0:
		return fmt.Sprintf("at least %d inputs", a.Min)
	}
	return fmt.Sprintf("%d to %d inputs", a.Min, a.Max)
}

// Allows reports whether n inputs fit.
func (a Arity) Allows(n int) bool { return n >= a.Min && (a.Max < 0 || n <= a.Max) }

// Kind is one entry of the catalogue.
type Kind struct {
	Name   string
	Inputs Arity
	// NewConfig returns a pointer to a configuration that holds the defaults.
	NewConfig func() any
	// Build makes the stage with an id of what NewConfig returned and the
	// engine filled. Columns such as `<id>_status` are named after the id.
	Build func(id string, config any) Stage
}

// Define makes a kind of a configuration type C, its defaults and the function
// that builds the stage with an id from it.
func Define[C any](name string, in Arity, defaults func() C, build func(id string, c C) Stage) Kind {
	return Kind{
		Name:   name,
		Inputs: in,
		NewConfig: func() any {
			c := defaults()
			return &c
		},
		Build: func(id string, config any) Stage { return build(id, *config.(*C)) },
	}
}
