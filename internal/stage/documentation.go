package stage

import (
	"encoding/json"

	"github.com/apache/arrow/go/v15/arrow"
)

// Roles of columns that stand beside the value of a variable.
const (
	Explanation Role = "explanation" // why the coder gave the value
	Agreement   Role = "agreement"   // share of the codings of a row that have the value, 0 to 1
)

// Names of the metadata entries that document a field.
const (
	metaVariable      = "icono.variable"      // name of the variable, the same whatever the column is called
	metaDocumentation = "icono.documentation" // JSON of a Documentation
)

// Documentation says what a column means. It travels in the field's metadata,
// so that reports and readers of files have it.
type Documentation struct {
	// Source is where it comes from, such as the title of a codebook.
	Source string `json:"source,omitempty"`
	// Text says what the column means.
	Text string `json:"text,omitempty"`
	// Level is the level of measurement: nominal, ordinal, interval or ratio.
	Level string `json:"level,omitempty"`
	// Notes say what values there can be, and what it means that there is none.
	// Each is a sentence.
	Notes []string `json:"notes,omitempty"`
	// Meanings are those of the categories, in order.
	Meanings []Meaning `json:"categories,omitempty"`
}

// Meaning says what belongs to a category.
type Meaning struct {
	Name            string   `json:"name"`
	Text            string   `json:"text,omitempty"`
	Examples        []string `json:"examples,omitempty"`
	CounterExamples []string `json:"counter_examples,omitempty"`
	// Phrases decide by their likeness to the item.
	Phrases []string `json:"phrases,omitempty"`
	// Residual marks a code for what the categories leave over: other things,
	// items that the question does not apply to, or that do not show enough.
	Residual bool `json:"residual,omitempty"`
}

// Documented returns the field with what it means.
func Documented(f arrow.Field, d Documentation) arrow.Field {
	text, _ := json.Marshal(d) // texts and booleans always marshal
	return set(f, metaDocumentation, string(text))
}

// DocumentationOf returns what a column means; nothing where it does not say.
func DocumentationOf(f arrow.Field) Documentation {
	var d Documentation
	if json.Unmarshal([]byte(get(f, metaDocumentation)), &d) != nil {
		return Documentation{}
	}
	return d
}

// Meaning returns what a category means, and whether that is said.
func (d Documentation) Meaning(category string) (Meaning, bool) {
	for _, m := range d.Meanings {
		if m.Name == category {
			return m, true
		}
	}
	return Meaning{}, false
}

// OfVariable states which variable a column belongs to: its value, the
// explanation of it and the agreement on it have the same.
func OfVariable(f arrow.Field, name string) arrow.Field { return set(f, metaVariable, name) }

// VariableOf returns the variable that a column belongs to, or "".
func VariableOf(f arrow.Field) string { return get(f, metaVariable) }
