// Package unnest is the kind that makes one row of each element of a list.
package unnest

import (
	"fmt"
	"slices"

	"icono/internal/option"
	"icono/internal/stage"
)

// Config are the options of a stage of kind unnest.
type Config struct {
	// The column whose lists are taken apart, such as the objects found in a
	// picture. It gives way to the columns of its elements, which stand last: one
	// column of the same name, or one for each field where the elements have
	// fields. All other columns are repeated for each element.
	Column string `yaml:"column" required:"true" example:"vision_objects"`
	// New names of the columns of elements, old name first.
	Names option.Map[string] `yaml:"names" min:"1" example:"{name: object_name, score: confidence}"`
	// What the names of the columns of elements begin with, but for those in `names`.
	Prefix string `yaml:"prefix" example:"object_"`
	// Keep a row whose list is empty or missing as one row without an element.
	// Otherwise such rows are dropped and counted.
	KeepEmpty bool `yaml:"keep_empty"`
	// The name of the column with the place of the element in its list, from 1;
	// null in a row without an element. Without it `<id>_position`.
	Position string `yaml:"position" example:"number"`
	// The name of the new key, which stands first and holds the former key, `#`
	// and the place of the element (`2157#3`; `2157#0` in a row without an
	// element). The former key stays as a column like any other. Without it
	// `<id>_key`.
	Key string `yaml:"key" example:"object_ID"`
}

// Kind returns the kind unnest.
func Kind() stage.Kind {
	return stage.Define("unnest", stage.One(), func() Config { return Config{} }, func(id string, c Config) stage.Stage {
		if c.Position == "" {
			c.Position = id + "_position"
		}
		if c.Key == "" {
			c.Key = id + "_key"
		}
		return unnest{id, c}
	})
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	for i, e := range c.Names {
		if e.Value == "" {
			return &stage.OptionError{Path: []string{"names", e.Key}, Message: "a column needs a name"}
		}
		if slices.ContainsFunc(c.Names[:i], func(other option.Entry[string]) bool { return other.Value == e.Value }) {
			return &stage.OptionError{Path: []string{"names", e.Key}, Message: fmt.Sprintf("two columns would be named `%s`", e.Value), Hint: "choose another name"}
		}
	}
	return nil
}
