package report

import (
	"fmt"
	"path"
	"strings"

	"icono/internal/option"
	"icono/internal/stage"
)

// What becomes of pictures.
const (
	embed = "embed"
	link  = "link"
	none  = "none"
)

// Config are the options of a stage of kind report.
type Config struct {
	// The file to write, one HTML page that needs nothing else and no network.
	// If the run is interrupted or limited, the page goes to
	// `NAME.partial.html`, and says so.
	Path option.Path `yaml:"path" required:"true" example:"out/report.html"`
	// The title of the page; without it the name of the pipeline.
	Title string `yaml:"title" max:"200" example:"Image types of campaign stories"`
	// How many rows of each category are shown. They are drawn by the seed of
	// the pipeline: the same study shows the same rows.
	PerCategory int `yaml:"per_category" min:"0" max:"200"`
	// How many rows are shown of those that the coder was least certain of.
	LeastCertain int `yaml:"least_certain" min:"0" max:"200"`
	// What becomes of the pictures. `embed` puts small copies into the page,
	// which then shows what your pictures show to everyone who gets the page;
	// `link` names the files beside the page and copies nothing; `none` leaves
	// pictures out.
	Pictures string `yaml:"pictures" enum:"embed,link,none"`
	// The longer side of an embedded copy in pixels.
	Thumbnail int `yaml:"thumbnail" min:"40" max:"1200"`
	// The coded columns to describe; without it all that stages of the pipeline
	// have coded. A column of the table, such as the codes of a person, can be
	// named too: it is set against the others.
	Columns []string `yaml:"columns" min:"1" example:"[Classification]"`
	// Further columns to print under each picture.
	Show []string `yaml:"show" min:"1" example:"[Username, Caption]"`
}

func defaults() Config {
	return Config{PerCategory: 6, LeastCertain: 12, Pictures: embed, Thumbnail: 240}
}

// Kind returns the kind report.
func Kind() stage.Kind {
	return stage.Define("report", stage.One(), defaults, func(_ string, c Config) stage.Stage { return report{c} })
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	name := path.Base(string(c.Path))
	switch ext := strings.ToLower(path.Ext(name)); {
	case strings.HasSuffix(string(c.Path), "/") || name == "." || name == "..":
		return &stage.OptionError{Path: []string{"path"}, Message: "`path` names a folder", Hint: fmt.Sprintf("name a file in it: `%s`", path.Join(string(c.Path), "report.html"))}
	case ext != ".html" && ext != ".htm":
		return &stage.OptionError{Path: []string{"path"}, Message: fmt.Sprintf("a report is a page of HTML, and `%s` ends in no `.html`", name),
			Hint: fmt.Sprintf("write `%s.html`", strings.TrimSuffix(string(c.Path), path.Ext(name)))}
	}
	return nil
}
