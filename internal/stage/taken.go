package stage

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// Taken is an *OptionError where a table has a column of the name of one of the
// fields that a stage would append, nil otherwise. option names the columns, and
// instead is a value of it that would do.
func Taken(in *arrow.Schema, fields []arrow.Field, option, instead string) error {
	for _, f := range fields {
		at := in.FieldIndices(f.Name)
		if len(at) == 0 {
			continue
		}
		message := fmt.Sprintf("the column `%s` exists already", f.Name)
		if by := AddedBy(in.Field(at[0])); by != "" {
			message += fmt.Sprintf(": it comes from the stage `%s`", by)
		}
		return &OptionError{Path: []string{option}, Message: message, Hint: fmt.Sprintf("set these apart: `%s: %s`", option, instead)}
	}
	return nil
}
