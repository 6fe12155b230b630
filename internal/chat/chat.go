// Package chat speaks the chat-completions protocol: it builds requests with
// text and pictures, names what decides an answer, reads answers, adapts to
// what a model takes, and runs batches. It is the only importer of the
// go-openai library, which serves as codec; connections, keys, limits and
// retries belong to the http.Client that it is given.
package chat

import (
	"crypto/sha256"
	"encoding/json"
	"sync"
)

// Request is one question to a model. The fields are all semantic: each of
// them changes what Canonical returns, except those marked operational.
type Request struct {
	// Model is the model's id; with Azure the deployment, unless Options names one.
	Model string
	// System is the system message; "" sends none.
	System string
	// Messages are the turns, oldest first: few-shot examples as earlier user
	// and assistant turns, the question last, as a user turn.
	Messages   []Message
	Parameters Parameters
	Format     Format
	// Repeat counts from 0 the times that the same question is asked. It never
	// reaches the model.
	Repeat int
}

// Role says who speaks a turn.
type Role string

// The roles of turns.
const (
	User      Role = "user"
	Assistant Role = "assistant"
)

// Message is one turn.
type Message struct {
	Role  Role
	Parts []Part
}

// Part is a text or a picture; a part with an Image has no Text.
type Part struct {
	Text  string
	Image *Image
}

// Text is a part of text.
func Text(s string) Part { return Part{Text: s} }

// Picture is a part with a picture, given as the bytes of a file.
func Picture(data []byte, d Detail) Part { return Part{Image: &Image{Data: data, Detail: d}} }

// Image is a picture of a user's turn. It is used by reference; Data must not
// change once a request with it was asked or named.
type Image struct {
	// Data is a JPEG, PNG, GIF or WebP file; its type is told by its bytes. With
	// Prepared it may be any file that Prepare takes.
	Data   []byte
	Detail Detail
	// Prepared says how the file that is sent is made of Data, such as "jpeg,
	// longer side at most 768"; "" sends Data itself. It stands for that file
	// in Canonical, so that a stored answer is found without making it again.
	Prepared string
	// Most is the longer side of the file that Prepare makes, in pixels, 0 where
	// it is that of Data. Operational: it only serves estimates.
	Most int
	// Prepare makes the file that is sent, when it is sent. Operational.
	Prepare func(data []byte) ([]byte, error)
	// Name names the picture in errors. Operational.
	Name string

	once sync.Once
	sum  [sha256.Size]byte
}

// Detail says how closely a model looks at a picture.
type Detail string

// The details; the zero value leaves the field out.
const (
	DetailAuto Detail = "auto"
	DetailLow  Detail = "low"
	DetailHigh Detail = "high"
)

// Parameters control how a model answers. What is nil or "" is not sent; what
// is set is sent, zeros included.
type Parameters struct {
	Temperature *float64
	TopP        *float64
	Seed        *int64
	// MaxTokens bounds the answer, reasoning included. It is sent as
	// max_completion_tokens or max_tokens, by what the model takes.
	MaxTokens *int64
	// ReasoningEffort is none, minimal, low, medium, high, or another word of
	// the model's.
	ReasoningEffort string
	// Optional names the parameters above, as on the wire (temperature, top_p,
	// seed, max_tokens, reasoning_effort), that a default chose and that are left
	// out where the model does not take them; Reply.Adapted tells. A parameter
	// that is not named here and that the server refuses is an error.
	// Operational: Canonical holds what was wanted.
	Optional []string
}

// Form is the form of an answer's text.
type Form string

// The forms of answers.
const (
	FormText   Form = ""            // any text
	FormObject Form = "json_object" // any JSON object
	FormSchema Form = "json_schema" // a JSON object by a strict schema
)

// Format says what an answer must look like. Where the server cannot do it the
// client falls back from schema to object to none, with the schema in the
// system message, and Reply.Adapted tells: check every answer.
type Format struct {
	Form Form
	// Name is the schema's name: 1 to 64 letters, digits, _ and -.
	Name        string
	Description string
	// Schema is a JSON Schema in the strict subset. The order of its properties
	// is kept, since models answer in it.
	Schema json.RawMessage
}

// Reply is a server's answer.
type Reply struct {
	// Raw is the response as JSON, as it came, less keys that it echoes.
	Raw []byte
	// Text is what the model said, Refusal why it would not.
	Text, Refusal string
	// Finish is the reason for the end: stop, length, content_filter, ...
	Finish string
	// Model is the model as the server names it, ID the answer's.
	Model, ID string
	Usage     Usage
	// Adapted tells what was sent otherwise than asked, a line for each.
	Adapted []string
}
