package codebook

import (
	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
)

// Fields returns the columns, in the order of the variables, a variable's
// explanation before its value: a code is a dictionary of the variable's codes
// in order, several codes are a list of text. Codes and booleans have the role
// Code, explanations that of one. All can be null, and carry their definitions.
func (c *Codebook) Fields(stageID, prefix string) []arrow.Field {
	out := make([]arrow.Field, len(c.columns))
	for i, col := range c.columns {
		v := &c.Variables[col.Variable]
		f := arrow.Field{Name: prefix + col.Name, Type: arrow.BinaryTypes.String, Nullable: true}
		role := stage.Explanation
		if !col.Explanation {
			role = ""
			switch v.Type {
			case Categorical:
				f.Type, role = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, stage.Code
			case Multi:
				f.Type, role = arrow.ListOf(arrow.BinaryTypes.String), stage.Code
			case Boolean:
				f.Type, role = arrow.FixedWidthTypes.Boolean, stage.Code
			case Integer:
				f.Type = arrow.PrimitiveTypes.Int64
			case Number:
				f.Type = arrow.PrimitiveTypes.Float64
			}
			if v.Type.coded() {
				f = stage.WithCategories(f, v.Codes())
			}
		}
		f = stage.Documented(stage.OfVariable(f, v.Name), c.documentation(col))
		out[i] = stage.Mark(f, role, stageID)
	}
	return out
}
