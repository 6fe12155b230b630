// Package stages is the catalogue: the only list of the kinds in the program.
package stages

import (
	"icono/internal/stage"
	"icono/stages/caption"
	"icono/stages/clip"
	"icono/stages/ensemble"
	"icono/stages/filter"
	"icono/stages/gpt"
	"icono/stages/join"
	"icono/stages/load"
	"icono/stages/report"
	"icono/stages/sample"
	"icono/stages/save"
	selection "icono/stages/select"
	"icono/stages/unnest"
	"icono/stages/vision"
)

// Backends are the parts of the machine that kinds need. A kind that is only
// described, not run, needs none.
type Backends struct {
	// Models opens CLIP models.
	Models clip.Models
	// Shelves keep the vectors of pictures, nil for none.
	Shelves clip.Shelves
	// Askers opens language models.
	Askers gpt.Askers
	// Readers open what looks at pictures.
	Readers vision.Readers
}

// All returns the kinds, in the order in which a study uses them.
func All(b Backends) []stage.Kind {
	return []stage.Kind{
		load.Kind(),
		filter.Kind(),
		selection.Kind(),
		sample.Kind(),
		clip.Kind(b.Models, b.Shelves),
		gpt.Kind(b.Askers),
		vision.Kind(b.Readers),
		caption.Kind(b.Askers),
		ensemble.Kind(b.Askers),
		unnest.Kind(),
		join.Kind(),
		save.Kind(),
		report.Kind(),
	}
}
