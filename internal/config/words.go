package config

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Takes words the values that an option can have.
func (o Option) Takes() string {
	switch o.Type {
	case List:
		return o.Elem.Takes() + ", or a list"
	case Map:
		return "name: " + o.Elem.Takes()
	case Pairs:
		return "a column, a list of columns, or left: right"
	}
	text := string(o.Type)
	if len(o.Enum) > 0 {
		text = "`" + strings.Join(o.Enum, "`, `") + "`"
	}
	switch {
	case o.Type == Text: // bounds count characters: rarely worth a word
	case o.Min != nil && o.Max != nil:
		text += fmt.Sprintf(", %g to %g", *o.Min, *o.Max)
	case o.Min != nil:
		text += fmt.Sprintf(", from %g", *o.Min)
	case o.Max != nil:
		text += fmt.Sprintf(", up to %g", *o.Max)
	}
	return text
}

// DefaultText words the default of an option that has one.
func (o Option) DefaultText() string {
	text, err := json.Marshal(o.Default)
	if err != nil {
		return fmt.Sprint(o.Default)
	}
	return strings.Trim(string(text), `"`)
}
