// Package selection is the kind `select`, which chooses, renames and computes
// columns.
package selection

import (
	"icono/internal/option"
	"icono/internal/stage"
)

// Config are the options of a stage of kind select.
type Config struct {
	// New columns, each computed by an expression over the columns of the row;
	// a later one may use an earlier one. They stand behind the others, and
	// never replace a column. An expression that meets a null gives null.
	Derive option.Map[option.Expression] `yaml:"derive" example:"{\"Reach\": \"Likes + (Plays ?? 0)\"}"`
	// The columns that stay, in this order; derived ones follow unless they
	// are listed too. The key must be among them.
	Keep []string `yaml:"keep" min:"1" example:"[\"ID\", \"Caption\", \"Likes\"]"`
	// The columns that go; all others stay. Use either `keep` or `drop`.
	Drop []string `yaml:"drop" min:"1" example:"[\"Email\", \"Phone\"]"`
	// New names of columns, old name first. Renaming comes last: all other
	// options use the old names.
	Rename option.Map[string] `yaml:"rename" example:"{\"Username\": \"account\"}"`
}

// Kind returns the kind select.
func Kind() stage.Kind {
	return stage.Define("select", stage.One(), func() Config { return Config{} },
		func(id string, c Config) stage.Stage { return selection{id, c} })
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	switch {
	case len(c.Keep) > 0 && len(c.Drop) > 0:
		return &stage.OptionError{Path: []string{"drop"}, Message: "`keep` and `drop` cannot both be used", Hint: "`keep` alone says which columns stay"}
	case len(c.Keep)+len(c.Drop)+len(c.Rename)+len(c.Derive) == 0:
		return &stage.OptionError{Message: "nothing is selected", Hint: "use `keep`, `drop`, `rename` or `derive`"}
	}
	return nil
}
