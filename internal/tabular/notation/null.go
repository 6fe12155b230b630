package notation

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Null returns the function that tells which rows of the column are null: also
// all those of a column of type null, and those of a dictionary column whose
// value in the dictionary is null.
func Null(arr arrow.Array) func(i int) bool {
	switch a := arr.(type) {
	case *array.Null:
		return func(int) bool { return true }
	case *array.Dictionary:
		if value := a.Dictionary(); value.NullN() > 0 {
			return func(i int) bool { return a.IsNull(i) || value.IsNull(a.GetValueIndex(i)) }
		}
	}
	return arr.IsNull
}
