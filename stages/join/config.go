// Package join is the kind that puts the columns of a second table beside
// those of the first.
package join

import (
	"icono/internal/option"
	"icono/internal/stage"
)

// Config are the options of a stage of kind join.
type Config struct {
	// The columns that must agree: a name (`ID`), a list of names, or a mapping
	// from names in the first table to names in the second
	// (`{Username: account}`). Those of the second table are left out of the
	// result. Rows without a value match nothing.
	On option.Pairs `yaml:"on" required:"true" example:"ID"`
	// Which rows stay: `left` keeps every row of the first table, with nulls
	// where the second has nothing for it; `inner` keeps those with a match.
	How string `yaml:"how" enum:"left,inner"`
	// What happens if several rows of the second table match: `error` stops
	// and names them; `first` takes the first; `all` makes a row of each, and
	// as the key does not identify rows any more then, the result has none.
	Many string `yaml:"many" enum:"error,first,all"`
	// How values are compared. `exact`: they must be equal. `path`: one column
	// each holds paths, and the longest common end of two paths decides:
	// `/content/upload/cdu/1.jpg` matches `media/cdu/1.jpg`, `cdu/1.jpg` and
	// `1.jpg`, the longest first. One path must be the end of the other, or
	// folder and file name agree.
	Match string `yaml:"match" enum:"exact,path"`
	// Text put before the names of the second table's columns, where the first
	// has columns of the same names.
	Prefix string `yaml:"prefix" example:"account_"`
}

// Values of the options.
const (
	left      = "left"
	inner     = "inner"
	manyError = "error"
	manyFirst = "first"
	manyAll   = "all"
	exact     = "exact"
	path      = "path"
)

// Kind returns the kind join.
func Kind() stage.Kind {
	return stage.Define("join", stage.Exactly(2), func() Config { return Config{How: left, Many: manyError, Match: exact} },
		func(id string, c Config) stage.Stage { return join{id, c} })
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	if c.Match == path && len(c.On) > 1 {
		return &stage.OptionError{Path: []string{"on"}, Message: "`match: path` compares one column of each table", Hint: "name one, or a mapping of one: `on: {Image: path}`"}
	}
	return nil
}
