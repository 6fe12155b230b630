// Package filter is the kind that keeps the rows which meet a condition.
package filter

import (
	"icono/internal/option"
	"icono/internal/stage"
)

// Config are the options of a stage of kind filter.
type Config struct {
	// The condition that a row must meet to stay, over the columns of the row:
	// `Likes > 100 and Username in ["cdu", "spd"]`,
	// `Caption matches "(?i)wahl"`, `Posted >= date("2021-09-01")`. A column
	// whose name has spaces is written `$env["Time of Posting"]`. What is
	// computed from a null is null, as in SQL; `Likes ?? 0` puts a value in its
	// place and `Likes == nil` asks for it.
	Where option.Expression `yaml:"where" required:"true" example:"'Username == \"afd.bund\"'"`
	// What happens to a row for which the condition is null, so neither true
	// nor false: `drop` it and count it apart, `keep` it, or `error`: stop.
	OnNull string `yaml:"on_null" enum:"drop,keep,error"`
	// A table with a column `key` of the rows that were kept before. These are
	// kept, and `where` only says how they were chosen. Studies made by
	// `icono share` have it where the condition reads what they do not hold.
	Kept option.Path `yaml:"kept" example:"data/account.kept.csv"`
}

// Values of OnNull.
const (
	dropNull  = "drop"
	keepNull  = "keep"
	errorNull = "error"
)

// Kind returns the kind filter.
func Kind() stage.Kind {
	return stage.Define("filter", stage.One(), func() Config { return Config{OnNull: dropNull} },
		func(_ string, c Config) stage.Stage { return &filter{config: c} })
}
