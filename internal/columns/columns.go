// Package columns gives typed access to Arrow columns and the few operations
// on records that stages need: append, select, take and filter rows.
//
// Take and filter are written out here, because those of arrow v15's compute
// package need time quadratic in the rows for text columns and have no kernel
// for dictionaries.
package columns

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Strings is a view of a text column: utf8, large utf8 or a dictionary of
// these.
type Strings struct {
	arr  arrow.Array
	at   func(i int) string
	null func(i int) bool
}

// Text returns a view of a text column, and whether arr is one.
func Text(arr arrow.Array) (Strings, bool) {
	switch a := arr.(type) {
	case *array.String:
		return Strings{a, a.Value, a.IsNull}, true
	case *array.LargeString:
		return Strings{a, a.Value, a.IsNull}, true
	case *array.Dictionary:
		values, ok := Text(a.Dictionary())
		if !ok {
			return Strings{}, false
		}
		at := func(i int) string { return values.at(a.GetValueIndex(i)) }
		null := func(i int) bool { return a.IsNull(i) || values.null(a.GetValueIndex(i)) }
		return Strings{a, at, null}, true
	}
	return Strings{}, false
}

// At returns the text of row i, "" where it is null. The text is valid as long
// as the column is.
func (s Strings) At(i int) string {
	if s.null(i) {
		return ""
	}
	return s.at(i)
}

// IsNull reports whether row i is null.
func (s Strings) IsNull(i int) bool { return s.null(i) }

// Len returns the number of rows.
func (s Strings) Len() int { return s.arr.Len() }

// IsText reports whether columns of the type can be viewed with Text.
func IsText(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.StringType, *arrow.LargeStringType:
		return true
	case *arrow.DictionaryType:
		return IsText(t.ValueType)
	}
	return false
}

// Index returns the index of the column with the name, or -1.
func Index(s *arrow.Schema, name string) int {
	if at := s.FieldIndices(name); len(at) > 0 {
		return at[0]
	}
	return -1
}

// Names returns the names of all columns.
func Names(s *arrow.Schema) []string {
	names := make([]string, s.NumFields())
	for i := range names {
		names[i] = s.Field(i).Name
	}
	return names
}

// Append returns a record with further columns. The caller releases it and
// keeps its references to rec and cols.
func Append(rec arrow.Record, schema *arrow.Schema, cols ...arrow.Array) (arrow.Record, error) {
	all := append(append(make([]arrow.Array, 0, int(rec.NumCols())+len(cols)), rec.Columns()...), cols...)
	if len(all) != schema.NumFields() {
		return nil, fmt.Errorf("%d columns for a schema of %d", len(all), schema.NumFields())
	}
	return array.NewRecord(schema, all, rec.NumRows()), nil
}

// AppendFields returns the schema with further fields.
func AppendFields(s *arrow.Schema, fields ...arrow.Field) *arrow.Schema {
	meta := s.Metadata()
	return arrow.NewSchema(append(append([]arrow.Field{}, s.Fields()...), fields...), &meta)
}

// Pick returns a record of the columns at the indices, under the schema given.
func Pick(rec arrow.Record, schema *arrow.Schema, indices []int) arrow.Record {
	cols := make([]arrow.Array, len(indices))
	for i, at := range indices {
		cols[i] = rec.Column(at)
	}
	return array.NewRecord(schema, cols, rec.NumRows())
}

// Release lets go of arrays.
func Release(all []arrow.Array) {
	for _, a := range all {
		a.Release()
	}
}
