package docs

import (
	"encoding/json"
	"fmt"
	"strings"

	"icono/internal/config"
)

// Takes words the values that an option can have.
func Takes(o config.Option) string {
	switch o.Type {
	case config.List:
		return Takes(*o.Elem) + ", or a list"
	case config.Map:
		return "name: " + Takes(*o.Elem)
	case config.Pairs:
		return "a column, a list of columns, or left: right"
	}
	text := string(o.Type)
	if len(o.Enum) > 0 {
		text = "`" + strings.Join(o.Enum, "`, `") + "`"
	}
	switch {
	case o.Type == config.Text: // bounds count characters: rarely worth a word
	case o.Min != nil && o.Max != nil:
		text += fmt.Sprintf(", %g to %g", *o.Min, *o.Max)
	case o.Min != nil:
		text += fmt.Sprintf(", from %g", *o.Min)
	case o.Max != nil:
		text += fmt.Sprintf(", up to %g", *o.Max)
	}
	return text
}

// Default words the default of an option that has one.
func Default(o config.Option) string {
	text, err := json.Marshal(o.Default)
	if err != nil {
		return fmt.Sprint(o.Default)
	}
	return strings.Trim(string(text), `"`)
}
