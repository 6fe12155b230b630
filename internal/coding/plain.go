package coding

import (
	"errors"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/chat"
	"icono/internal/stage"
)

// Plain is a scheme whose answers are texts as they are, such as captions.
type Plain struct {
	Text   string // what the model is told
	Column string
}

// Prompt implements Scheme.
func (p Plain) Prompt(func(int) []int) string { return p.Text }

// Format implements Scheme.
func (Plain) Format() chat.Format { return chat.Format{} }

// Read implements Scheme. White space around the text is no part of it.
func (Plain) Read(text string) ([]any, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, errors.New("the answer is empty")
	}
	return []any{text}, nil
}

// Fields implements Scheme.
func (p Plain) Fields() []arrow.Field {
	return []arrow.Field{stage.Mark(arrow.Field{Name: p.Column, Type: arrow.BinaryTypes.String, Nullable: true}, stage.Text, "")}
}
