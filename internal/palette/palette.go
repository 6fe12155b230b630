// Package palette holds a small dual encoder with CLIP's interface that
// measures colour, light and texture.
//
// It is no CLIP: it does not know what a picture shows. It is good for trying
// things without a download and for studies of colour and light. Every number
// that it gives follows from the picture by a formula that README.md states,
// in whole numbers as far as sums go, so that its answers are the same on every
// machine and can be checked by hand.
//
// The text side adds up the words that it knows and passes over all others. It
// understands no grammar: "not red" means red, and "low contrast" contrast.
package palette

import (
	_ "embed"

	"icono/internal/palette/tower"
)

//go:generate go run ./generate

var (
	//go:embed vision_model.onnx
	vision string
	//go:embed text_model.onnx
	text string
)

// Name is the model's name in pipeline files.
const Name = "palette"

// LogitScale is the factor between cosine and logit that the embeddings are
// made for; it is CLIP's.
const LogitScale = 100

// Concept is one thing that palette measures, with the words that ask for it.
type Concept = tower.Concept

// Vision is the image tower as an ONNX model: pixel_values float32
// [N,3,224,224], normalised as for CLIP -> image_embeds float32 [N,25], of unit
// length.
func Vision() []byte { return []byte(vision) }

// Text is the text tower as an ONNX model: input_ids int64 [N,77], from CLIP's
// tokenizer -> text_embeds float32 [N,25], of unit length, or all zeros for a
// phrase without a word that palette knows.
func Text() []byte { return []byte(text) }

// Words lists what palette measures and the words it knows, in the order of
// the embedding's dimensions.
func Words() []Concept { return tower.Concepts() }
