package methods

import (
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/agreement"
	"icono/internal/columns"
	"icono/internal/pipeline"
	"icono/internal/stage"
)

// votes are the codes that the inputs of a vote gave to each row, in their own words.
type votes struct {
	at    []int // the columns
	text  map[string]string
	pairs agreement.Tally
	scale agreement.Scale
}

// Alpha is how far the inputs of a vote agree with each other.
type Alpha struct {
	// Inputs are how many there are, Rows those with at least two codes.
	Inputs int `json:"inputs"`
	Rows   int `json:"rows"`
	// Alpha is Krippendorff's for the level of measurement. It is not known where all
	// codes are the same.
	Alpha float64 `json:"alpha"`
	Level string  `json:"level"`
	Known bool    `json:"known"`
}

// votesOf returns what is to be kept of a stage that merges columns by votes, nil of
// others: of codes that are mapped to others, or computed, the votes are not known.
func votesOf(p *pipeline.Planned) *votes {
	method := false
	for _, o := range p.Settings() {
		switch o.Name {
		case "method":
			method = o.Value == `"vote"`
		case "crosswalk", "crosswalk_of":
			return nil
		}
	}
	if !method {
		return nil
	}
	for _, i := range p.Made() {
		from := stage.InputsOf(p.Out.Field(i))
		if len(from) < 2 || stage.AddedBy(p.Out.Field(i)) != p.ID {
			continue
		}
		v := &votes{text: map[string]string{}, scale: agreement.ScaleOf(p.Out.Field(i))}
		for _, in := range from {
			at := columns.Index(p.Out, in.Column)
			if in.Column == "" || at < 0 {
				return nil
			}
			v.at = append(v.at, at)
		}
		return v
	}
	return nil
}

// add takes the votes of a batch.
func (v *votes) add(rec arrow.Record) {
	for row := range int(rec.NumRows()) {
		var unit []string
		for _, c := range v.at {
			if rec.Column(c).IsNull(row) {
				continue
			}
			code := columns.Format(rec.Column(c), row)
			if strings.TrimSpace(code) == "" { // as the stage reads it
				continue
			}
			known, ok := v.text[code]
			if !ok {
				known = strings.Clone(code) // the batch is lent
				v.text[known] = known
			}
			unit = append(unit, known)
		}
		v.pairs.Add(unit...)
	}
}

// alpha is nil where there were no votes.
func (v *votes) alpha() *Alpha {
	if v == nil {
		return nil
	}
	out := &Alpha{Inputs: len(v.at), Rows: int(v.pairs.Units())}
	alpha, level, known := v.pairs.Alpha(v.scale)
	out.Alpha, out.Level, out.Known = alpha, string(level), known
	return out
}
