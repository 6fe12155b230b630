package ipcstream

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// CheckRecord looks into the buffers of a batch that comes from a file: that
// offsets and dictionary indices stay within what they point to, and that
// texts are UTF-8. Arrow's reader believes them, and a wrong one would panic
// far away.
func CheckRecord(rec arrow.Record) error {
	if rec.NumRows() > maxHollow && isHollow(rec) {
		return fmt.Errorf("%d rows are announced, and there are no values", rec.NumRows())
	}
	for i, col := range rec.Columns() {
		if int64(col.Len()) != rec.NumRows() {
			return fmt.Errorf("column %q has %d rows of %d", rec.ColumnName(i), col.Len(), rec.NumRows())
		}
		if err := checkArray(col); err != nil {
			return fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
		}
	}
	return nil
}

// maxHollow is the number of rows without a byte of values, in columns of nulls
// or no columns at all, that a batch may have.
const maxHollow = 1 << 20

func isHollow(rec arrow.Record) bool {
	for _, col := range rec.Columns() {
		if col.DataType().ID() != arrow.NULL {
			return false // its buffers are compared with the rows
		}
	}
	return true
}

func checkArray(arr arrow.Array) (err error) {
	defer guard(&err)
	data := arr.Data()
	if err := checkBuffers(data); err != nil {
		return err
	}
	switch a := arr.(type) {
	case *array.String:
		return checkTexts(a, a.ValueOffsets(), sizeOf(data, 2), a.Value)
	case *array.LargeString:
		return checkTexts(a, a.ValueOffsets(), sizeOf(data, 2), a.Value)
	case *array.Binary:
		return checkOffsets(a.ValueOffsets(), sizeOf(data, 2))
	case *array.LargeBinary:
		return checkOffsets(a.ValueOffsets(), sizeOf(data, 2))
	case *array.Dictionary:
		for i := range a.Len() {
			if at := a.GetValueIndex(i); a.IsValid(i) && (at < 0 || at >= a.Dictionary().Len()) {
				return fmt.Errorf("row %d has the code %d of a dictionary of %d", i+1, at, a.Dictionary().Len())
			}
		}
		return checkArray(a.Dictionary())
	case *array.List:
		if err := checkOffsets(rows(a.Offsets(), data), a.ListValues().Len()); err != nil {
			return err
		}
		return checkArray(a.ListValues())
	case *array.LargeList:
		if err := checkOffsets(rows(a.Offsets(), data), a.ListValues().Len()); err != nil {
			return err
		}
		return checkArray(a.ListValues())
	case *array.Map:
		if err := checkOffsets(rows(a.Offsets(), data), a.ListValues().Len()); err != nil {
			return err
		}
		return checkArray(a.ListValues())
	case *array.FixedSizeList:
		if n := int(a.DataType().(*arrow.FixedSizeListType).Len()); a.ListValues().Len() < n*(data.Offset()+a.Len()) {
			return fmt.Errorf("%d values for %d lists of %d", a.ListValues().Len(), a.Len(), n)
		}
		return checkArray(a.ListValues())
	case *array.Struct:
		for f := range a.NumField() {
			if a.Field(f).Len() < a.Len() {
				return fmt.Errorf("a field has %d rows of %d", a.Field(f).Len(), a.Len())
			}
			if err := checkArray(a.Field(f)); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkBuffers compares the sizes of the validity bitmap and of fixed-width
// values with the number of rows.
func checkBuffers(data arrow.ArrayData) error {
	end := data.Offset() + data.Len()
	if data.Len() < 0 || data.Offset() < 0 || end > math.MaxInt32 {
		return fmt.Errorf("%d rows", data.Len())
	}
	bufs := data.Buffers()
	bits := sizeOf(data, 0)
	if bits > 0 && bits < (end+7)/8 {
		return fmt.Errorf("%d bytes of null bits for %d rows", bits, end)
	}
	if bits == 0 && end > 0 && data.NullN() != 0 && hasNullBits(data.DataType()) {
		return errors.New("its null bits are missing")
	}
	if len(bufs) < 2 || end == 0 {
		return nil
	}
	need := 0
	switch t := data.DataType().(type) {
	case *arrow.StringType, *arrow.BinaryType, *arrow.ListType, *arrow.MapType:
		need = 4 * (end + 1)
	case *arrow.LargeStringType, *arrow.LargeBinaryType, *arrow.LargeListType:
		need = 8 * (end + 1)
	case arrow.FixedWidthDataType:
		need = (end*t.BitWidth() + 7) / 8
	}
	if need > 0 && (bufs[1] == nil || bufs[1].Len() < need) {
		return fmt.Errorf("too few bytes of values for %d rows", end)
	}
	return nil
}

// hasNullBits reports whether arrays of a type say by bits which rows are null.
func hasNullBits(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.NULL, arrow.SPARSE_UNION, arrow.DENSE_UNION, arrow.RUN_END_ENCODED:
		return false
	}
	return true
}

// rows returns the offsets of an array's rows, of all that its buffer holds.
func rows[O int32 | int64](offsets []O, data arrow.ArrayData) []O {
	if data.Len() == 0 {
		return nil
	}
	return offsets[data.Offset() : data.Offset()+data.Len()+1]
}

func first[O int32 | int64](offsets []O) O {
	if len(offsets) == 0 {
		return 0
	}
	return offsets[0]
}

func checkOffsets[O int32 | int64](offsets []O, size int) error {
	last := first(offsets)
	for i, at := range offsets {
		if at < last || at < 0 || int64(at) > int64(size) {
			return fmt.Errorf("row %d lies outside of the values", i)
		}
		last = at
	}
	return nil
}

func checkTexts[O int32 | int64](arr arrow.Array, offsets []O, size int, at func(int) string) error {
	if err := checkOffsets(offsets, size); err != nil {
		return err
	}
	for i := range arr.Len() {
		if arr.IsValid(i) && !utf8.ValidString(at(i)) {
			return fmt.Errorf("the text of row %d is not UTF-8", i+1)
		}
	}
	return nil
}

func sizeOf(data arrow.ArrayData, buffer int) int {
	if bufs := data.Buffers(); len(bufs) > buffer && bufs[buffer] != nil {
		return bufs[buffer].Len()
	}
	return 0
}
