package columns

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Concat returns the values of at least one array of one type, one after the
// other. The caller releases the result.
//
// Dictionaries are joined here, because arrow v15 gives wrong values for slices
// whose dictionaries differ.
func Concat(mem memory.Allocator, arrs []arrow.Array) (arrow.Array, error) {
	switch t := arrs[0].DataType().(type) {
	case *arrow.DictionaryType:
		return concatDictionaries(mem, t, arrs)
	case arrow.NestedType:
		if hasDictionary(t) {
			return nil, fmt.Errorf("values of type %s cannot be put together", t)
		}
	}
	if len(arrs) == 1 {
		arrs[0].Retain()
		return arrs[0], nil
	}
	return array.Concatenate(arrs, mem)
}

func hasDictionary(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return true
	case arrow.NestedType:
		for _, f := range t.Fields() {
			if hasDictionary(f.Type) {
				return true
			}
		}
	}
	return false
}

func concatDictionaries(mem memory.Allocator, t *arrow.DictionaryType, arrs []arrow.Array) (arrow.Array, error) {
	indices := make([]arrow.Array, len(arrs))
	first, same := arrs[0].(*array.Dictionary).Dictionary(), true
	for i, a := range arrs {
		d := a.(*array.Dictionary)
		indices[i] = d.Indices()
		same = same && (d.Dictionary() == first || array.Equal(d.Dictionary(), first))
	}
	if same {
		joined, err := array.Concatenate(indices, mem)
		if err != nil {
			return nil, err
		}
		defer joined.Release()
		return array.NewDictionaryArray(t, joined, first), nil
	}
	b := array.NewBuilder(mem, t)
	defer b.Release()
	text, ok := b.(*array.BinaryDictionaryBuilder)
	if !ok {
		return nil, fmt.Errorf("dictionaries of type %s that differ cannot be put together", t.ValueType)
	}
	for _, a := range arrs {
		values, ok := Text(a)
		if !ok {
			return nil, fmt.Errorf("dictionaries of type %s that differ cannot be put together", t.ValueType)
		}
		for i := range values.Len() {
			if values.IsNull(i) {
				text.AppendNull()
			} else if err := text.AppendString(values.At(i)); err != nil {
				return nil, err
			}
		}
	}
	out := text.NewDictionaryArray()
	// One bit less than there is, for signed indices.
	if bits, n := t.IndexType.(arrow.FixedWidthDataType).BitWidth()-1, out.Dictionary().Len(); bits < 31 && n > 1<<bits {
		out.Release()
		return nil, fmt.Errorf("%d different values are too many for a dictionary with indices of type %s", n, t.IndexType)
	}
	return out, nil
}
