package stage

import (
	"encoding/json"

	"github.com/apache/arrow/go/v15/arrow"
)

// Roles of columns with what was found in a picture.
const (
	// Text is read in the picture, or describes it; "" where there is none.
	Text Role = "text"
	// Regions are a list of what was found: structs with `name` and, where they
	// are known, `score` (0 to 1) and the place as shares of the width and the
	// height of the upright picture, from its left upper corner: `left`, `top`,
	// `right`, `bottom`, all null where it is not known.
	Regions Role = "regions"
	// Words are regions that are the words of a text.
	Words Role = "words"
	// Finding is something else that was found, beside its texts and regions.
	Finding Role = "finding"
)

// Agreed is the role of the names of the inputs that have the merged code,
// divided by "; ".
const Agreed Role = "agreed"

// metaInputs is the metadata entry of what a code was merged from.
const metaInputs = "icono.inputs"

// Input is one of the values that a merged code comes from.
type Input struct {
	Name string `json:"name"`
	// Column is the column with the value, "" where it is computed by Expression.
	Column     string `json:"column,omitempty"`
	Expression string `json:"expression,omitempty"`
}

// MergedFrom states what a column is merged from, in order.
func MergedFrom(f arrow.Field, inputs []Input) arrow.Field {
	text, _ := json.Marshal(inputs) // texts always marshal
	return set(f, metaInputs, string(text))
}

// InputsOf returns what a column is merged from, nil where it is not.
func InputsOf(f arrow.Field) []Input {
	var out []Input
	if json.Unmarshal([]byte(get(f, metaInputs)), &out) != nil {
		return nil
	}
	return out
}
