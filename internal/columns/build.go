package columns

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/stage"
)

// Build makes a column of a field's type of the values of rows: string, bool,
// int64, float64, []string, or []Members for a list of structs; nil is null. A
// dictionary has the field's categories, in order. The caller releases it.
func Build(mem memory.Allocator, f arrow.Field, rows int, value func(row int) any) (arrow.Array, error) {
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
		switch list := v.(type) {
		case []string:
			words, ok := b.ValueBuilder().(*array.StringBuilder)
			if ok {
				b.Append(true)
				words.AppendValues(list, nil)
			}
			return ok
		case []Members:
			b.Append(true)
			for _, m := range list {
				if !appendMembers(b.ValueBuilder(), m) {
					return false
				}
			}
			return true
		}
	}
	return false
}

// Members are the values of a struct, one for each of its fields.
type Members []any

func appendMembers(b array.Builder, m Members) bool {
	s, ok := b.(*array.StructBuilder)
	if !ok || s.NumField() != len(m) {
		return false
	}
	s.Append(true)
	for i, v := range m {
		if v == nil {
			s.FieldBuilder(i).AppendNull()
		} else if !appendValue(s.FieldBuilder(i), v) {
			return false
		}
	}
	return true
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
