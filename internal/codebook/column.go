package codebook

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

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

// Array builds a column of a field's type of the values of rows, which are those
// of a Coding; nil is null. A dictionary has the field's categories, in order.
// The caller releases it.
func Array(mem memory.Allocator, f arrow.Field, rows int, value func(row int) any) (arrow.Array, error) {
	if t, ok := f.Type.(*arrow.DictionaryType); ok {
		return codes(mem, f, t, rows, value)
	}
	b := array.NewBuilder(mem, f.Type)
	defer b.Release()
	for row := range rows {
		if v := value(row); v == nil {
			b.AppendNull()
		} else if !appendValue(b, v) {
			return nil, fmt.Errorf("the column %s of type %s cannot hold %v", f.Name, f.Type, v)
		}
	}
	return b.NewArray(), nil
}

func appendValue(b array.Builder, v any) bool {
	switch b := b.(type) {
	case *array.StringBuilder:
		if s, ok := v.(string); ok {
			b.Append(s)
			return true
		}
	case *array.BooleanBuilder:
		if t, ok := v.(bool); ok {
			b.Append(t)
			return true
		}
	case *array.Int64Builder:
		if n, ok := v.(int64); ok {
			b.Append(n)
			return true
		}
	case *array.Float64Builder:
		if x, ok := v.(float64); ok {
			b.Append(x)
			return true
		}
	case *array.ListBuilder:
		if list, ok := v.([]string); ok {
			b.Append(true)
			b.ValueBuilder().(*array.StringBuilder).AppendValues(list, nil)
			return true
		}
	}
	return false
}

func codes(mem memory.Allocator, f arrow.Field, t *arrow.DictionaryType, rows int, value func(row int) any) (arrow.Array, error) {
	categories := stage.CategoriesOf(f)
	words := array.NewStringBuilder(mem)
	defer words.Release()
	words.AppendValues(categories, nil)
	dict := words.NewArray()
	defer dict.Release()
	indices := array.NewInt32Builder(mem)
	defer indices.Release()
	for row := range rows {
		v := value(row)
		if v == nil {
			indices.AppendNull()
			continue
		}
		name, _ := v.(string)
		at := slices.Index(categories, name)
		if at < 0 {
			return nil, fmt.Errorf("the column %s has no code %v", f.Name, v)
		}
		indices.Append(int32(at))
	}
	at := indices.NewArray()
	defer at.Release()
	return array.NewDictionaryArray(t, at, dict), nil
}
