// Package sample is the kind that draws a sample of rows which stays the same
// when the study grows.
package sample

import (
	"icono/internal/option"
	"icono/internal/stage"
)

// Config are the options of a stage of kind sample.
type Config struct {
	// How many rows to draw, from each stratum if there is `by`. A sample of
	// 200 contains that of 100 with the same seed, and rows that come into the
	// table later do not reshuffle those drawn before.
	N *int `yaml:"n" min:"1" example:"200"`
	// The share of rows to draw, from 0 to 1. Each row is drawn or not by
	// itself, so the number of rows varies a little around that share.
	Share *float64 `yaml:"share" min:"0" max:"1" example:"0.1"`
	// The columns whose values divide the rows into strata; `n` rows are drawn
	// from each. Rows without a value form a stratum of their own.
	By []string `yaml:"by" min:"1" example:"Username"`
	// The seed of this sample; without it, that of the pipeline. A row is drawn
	// by the SHA-256 of the text `SEED:KEY`: its first 53 bits, read as a
	// fraction, must be below `share`, or its first 64 bits be among the `n`
	// smallest. A sample of a sample is drawn by `SEED:2:KEY`, the next by
	// `SEED:3:KEY`.
	Seed *uint64 `yaml:"seed" example:"7"`
	// The name of the new column with the probability that the row had of
	// being drawn; one divided by it is the row's weight. For a sample of a
	// sample it is that of the second draw alone: multiply the two.
	Column string `yaml:"column" required:"true" min:"1"`
	// A table of the rows that were drawn before, with the columns `key` and
	// `probability`. These rows are taken and nothing is drawn: `n`, `share`, `by`
	// and `seed` only say how it was done. Studies made by `icono share` have it,
	// since other keys would draw other rows.
	Drawn option.Path `yaml:"drawn" example:"data/pilot.drawn.csv"`
}

// Kind returns the kind sample.
func Kind() stage.Kind {
	return stage.Define("sample", stage.One(), func() Config { return Config{Column: "inclusion_probability"} },
		func(id string, c Config) stage.Stage { return &sample{id: id, config: c} })
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	switch {
	case c.N == nil && c.Share == nil && c.Drawn != "":
		return nil
	case c.N == nil && c.Share == nil:
		return &stage.OptionError{Message: "how much to draw is not said", Hint: "use `n: 200` or `share: 0.1`"}
	case c.N != nil && c.Share != nil:
		return &stage.OptionError{Path: []string{"share"}, Message: "`n` and `share` cannot both be used", Hint: "remove one of them"}
	case c.Share != nil && *c.Share == 0:
		return &stage.OptionError{Path: []string{"share"}, Message: "a share of 0 draws nothing", Hint: "use more than 0 and at most 1"}
	case c.Share != nil && len(c.By) > 0:
		return &stage.OptionError{Path: []string{"by"}, Warning: true, Message: "`by` changes nothing here: `share` draws at the same rate in every stratum",
			Hint: "use `n` to draw a number of rows from each stratum"}
	}
	return nil
}
