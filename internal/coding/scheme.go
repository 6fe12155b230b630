package coding

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/chat"
	"icono/internal/codebook"
)

// Scheme says what is coded: what the model is told, and how its answers are
// read.
type Scheme interface {
	// Prompt is what the model is told. order gives the order of n categories;
	// nil keeps their own.
	Prompt(order func(n int) []int) string
	Format() chat.Format
	// Read returns the values of an answer, one for each field and of its type
	// (string, bool, int64, float64, []string), nil where there is none. The
	// error says what is wrong in words for the model.
	Read(text string) ([]any, error)
	// Fields are the columns, in order: text and codes as dictionaries of their
	// categories, booleans, int64, float64, lists of text.
	Fields() []arrow.Field
}

// Walker is a scheme that is decided question by question.
type Walker interface {
	// Walks reports whether it is; else it is coded by one question.
	Walks() bool
	// Walk decides an item. ask returns the values of the answer to a step.
	Walk(ask func(step Scheme) ([]any, error)) ([]any, error)
}

// Free is a prompt of one's own, whose answers are JSON with any values.
type Free struct {
	Text    string
	Columns []string
}

// Prompt implements Scheme. The form of the answer is added to the text.
func (f Free) Prompt(func(int) []int) string {
	return f.Text + "\n\nAnswer with one JSON object and nothing else. Its names are: " + strings.Join(f.Columns, ", ") + "."
}

// Format implements Scheme.
func (f Free) Format() chat.Format { return chat.Format{Form: chat.FormObject} }

// Fields implements Scheme.
func (f Free) Fields() []arrow.Field {
	out := make([]arrow.Field, len(f.Columns))
	for i, name := range f.Columns {
		out[i] = arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
	}
	return out
}

// Read implements Scheme. A value that the answer lacks is null; an answer with
// none of them is wrong.
func (f Free) Read(text string) ([]any, error) {
	object, err := codebook.Extract([]byte(text))
	if err != nil {
		return nil, err
	}
	pairs, err := codebook.Flatten(object)
	if err != nil {
		return nil, err
	}
	flat := map[string]any{}
	for _, p := range pairs {
		flat[p.Name] = p.Text
		if p.Null {
			flat[p.Name] = nil
		}
	}
	out, found := make([]any, len(f.Columns)), false
	for i, name := range f.Columns {
		out[i] = flat[name]
		_, has := flat[name]
		found = found || has
	}
	if !found {
		return nil, fmt.Errorf("the answer has none of the names %s", strings.Join(f.Columns, ", "))
	}
	return out, nil
}
