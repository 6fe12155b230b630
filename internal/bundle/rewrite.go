package bundle

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
)

// rewritten returns an array with change applied to every text in it, at any depth.
// The caller releases it.
func rewritten(arr arrow.Array, change func(string) string) (arrow.Array, error) {
	switch a := arr.(type) {
	case *array.String, *array.LargeString:
		texts, _ := columns.Text(arr)
		b := array.NewBuilder(memory.DefaultAllocator, arr.DataType())
		defer b.Release()
		for i := range texts.Len() {
			if texts.IsNull(i) {
				b.AppendNull()
			} else if err := b.AppendValueFromString(change(texts.At(i))); err != nil {
				return nil, err
			}
		}
		return b.NewArray(), nil
	case *array.Dictionary:
		words, err := rewritten(a.Dictionary(), change)
		if err != nil {
			return nil, err
		}
		defer words.Release()
		return array.NewDictionaryArray(a.DataType(), a.Indices(), words), nil
	case *array.List, *array.LargeList, *array.FixedSizeList, *array.Struct, *array.Map:
		return nestedOf(arr, change)
	case *array.Binary, *array.LargeBinary, *array.FixedSizeBinary:
		return nil, fmt.Errorf("it holds bytes, which cannot be searched for names")
	}
	arr.Retain()
	return arr, nil
}

// nestedOf rewrites the values below a list, a map or a struct.
func nestedOf(arr arrow.Array, change func(string) string) (arrow.Array, error) {
	data := arr.Data()
	children := make([]arrow.ArrayData, len(data.Children()))
	for i, child := range data.Children() {
		below := array.MakeFromData(child)
		out, err := rewritten(below, change)
		below.Release()
		if err != nil {
			return nil, err
		}
		defer out.Release()
		children[i] = out.Data()
	}
	made := array.NewData(data.DataType(), data.Len(), data.Buffers(), children, data.NullN(), data.Offset())
	defer made.Release()
	return array.MakeFromData(made), nil
}

// asTexts returns the values of an array as text, with change applied to each. The
// caller releases it.
func asTexts(arr arrow.Array, change func(string) string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range arr.Len() {
		if arr.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(change(columns.Format(arr, i)))
		}
	}
	return b.NewArray()
}
