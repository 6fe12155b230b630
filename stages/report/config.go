// Package report is the kind that writes one HTML page about a run: what ran,
// how the codes are distributed, pictures of each category, the least certain
// ones, and every fault.
package report

import (
	"icono/internal/option"
	"icono/internal/stage"
)

// Config are the options of a stage of kind report.
type Config struct {
	// The HTML file to write. It works offline and loads nothing from
	// anywhere.
	Path option.Path `yaml:"path" required:"true" example:"out/report.html"`
	// The title; without it the pipeline's name.
	Title string `yaml:"title"`
	// The coded columns to report on; without it all that coders have added.
	Columns []string `yaml:"columns"`
	// How many pictures of each category are shown, chosen by the seed.
	PerCategory int `yaml:"per_category" min:"0" max:"100"`
	// How many of the rows with the lowest probability are shown.
	LeastCertain int `yaml:"least_certain" min:"0" max:"200"`
	// Whether pictures are embedded as thumbnails, linked (the page then needs
	// the files beside it), or left out.
	Pictures string `yaml:"pictures" enum:"embed,link,none"`
	// The longer side of an embedded thumbnail in pixels.
	Thumbnail int `yaml:"thumbnail" min:"32" max:"1024"`
	// Further columns to print below each picture.
	Show []string `yaml:"show"`
}

// Kind returns the kind report.
func Kind() stage.Kind {
	return stage.Define("report", stage.One(),
		func() Config {
			return Config{PerCategory: 6, LeastCertain: 12, Pictures: "embed", Thumbnail: 240}
		},
		func(id string, c Config) stage.Stage { return &report{id: id, config: c} })
}
