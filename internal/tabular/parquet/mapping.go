package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

func ptr[T any](v T) *T { return &v }

// element returns the schema element that holds values of a type: physical
// type and meaning, without name and repetition.
func element(t arrow.DataType) (*xparquet.SchemaElement, error) {
	e := xparquet.NewSchemaElement()
	physical := func(t xparquet.Type) { e.Type = ptr(t) }
	converted := func(c xparquet.ConvertedType) { e.ConvertedType = ptr(c) }
	integer := func(bits int8, signed bool, c xparquet.ConvertedType) {
		physical(xparquet.Type_INT32)
		if bits == 64 {
			physical(xparquet.Type_INT64)
		}
		converted(c)
		e.LogicalType = &xparquet.LogicalType{INTEGER: &xparquet.IntType{BitWidth: bits, IsSigned: signed}}
	}
	switch t := t.(type) {
	case *arrow.NullType:
		physical(xparquet.Type_INT32)
		e.LogicalType = &xparquet.LogicalType{UNKNOWN: xparquet.NewNullType()}
	case *arrow.BooleanType:
		physical(xparquet.Type_BOOLEAN)
	case *arrow.Int8Type:
		integer(8, true, xparquet.ConvertedType_INT_8)
	case *arrow.Int16Type:
		integer(16, true, xparquet.ConvertedType_INT_16)
	case *arrow.Int32Type:
		physical(xparquet.Type_INT32)
	case *arrow.Int64Type, *arrow.DurationType:
		physical(xparquet.Type_INT64)
	case *arrow.Uint8Type:
		integer(8, false, xparquet.ConvertedType_UINT_8)
	case *arrow.Uint16Type:
		integer(16, false, xparquet.ConvertedType_UINT_16)
	case *arrow.Uint32Type:
		integer(32, false, xparquet.ConvertedType_UINT_32)
	case *arrow.Uint64Type:
		integer(64, false, xparquet.ConvertedType_UINT_64)
	case *arrow.Float32Type:
		physical(xparquet.Type_FLOAT)
	case *arrow.Float64Type:
		physical(xparquet.Type_DOUBLE)
	case *arrow.StringType, *arrow.LargeStringType:
		physical(xparquet.Type_BYTE_ARRAY)
		converted(xparquet.ConvertedType_UTF8)
		e.LogicalType = &xparquet.LogicalType{STRING: xparquet.NewStringType()}
	case *arrow.BinaryType, *arrow.LargeBinaryType:
		physical(xparquet.Type_BYTE_ARRAY)
	case *arrow.FixedSizeBinaryType:
		physical(xparquet.Type_FIXED_LEN_BYTE_ARRAY)
		e.TypeLength = ptr(int32(t.ByteWidth))
	case *arrow.Date32Type, *arrow.Date64Type:
		physical(xparquet.Type_INT32)
		converted(xparquet.ConvertedType_DATE)
		e.LogicalType = &xparquet.LogicalType{DATE: xparquet.NewDateType()}
	case *arrow.Time32Type:
		physical(xparquet.Type_INT32)
		e.LogicalType = &xparquet.LogicalType{TIME: &xparquet.TimeType{Unit: unitOf(arrow.Millisecond)}}
	case *arrow.Time64Type:
		physical(xparquet.Type_INT64)
		e.LogicalType = &xparquet.LogicalType{TIME: &xparquet.TimeType{Unit: unitOf(t.Unit)}}
	case *arrow.TimestampType:
		physical(xparquet.Type_INT64)
		timestamp(e, t)
	case *arrow.DictionaryType:
		return element(t.ValueType)
	default:
		return nil, fmt.Errorf("values of type %s cannot be written to Parquet", t)
	}
	return e, nil
}

// timestamp marks an element as points in time. Those without a zone get no
// converted type: old readers would take it for UTC.
func timestamp(e *xparquet.SchemaElement, t *arrow.TimestampType) {
	utc := t.TimeZone != ""
	e.LogicalType = &xparquet.LogicalType{TIMESTAMP: &xparquet.TimestampType{IsAdjustedToUTC: utc, Unit: unitOf(t.Unit)}}
	if !utc {
		return
	}
	switch t.Unit {
	case arrow.Second, arrow.Millisecond:
		e.ConvertedType = ptr(xparquet.ConvertedType_TIMESTAMP_MILLIS)
	case arrow.Microsecond:
		e.ConvertedType = ptr(xparquet.ConvertedType_TIMESTAMP_MICROS)
	}
}

// unitOf returns the unit in a file. Parquet has no seconds.
func unitOf(u arrow.TimeUnit) *xparquet.TimeUnit {
	switch u {
	case arrow.Nanosecond:
		return &xparquet.TimeUnit{NANOS: xparquet.NewNanoSeconds()}
	case arrow.Microsecond:
		return &xparquet.TimeUnit{MICROS: xparquet.NewMicroSeconds()}
	}
	return &xparquet.TimeUnit{MILLIS: xparquet.NewMilliSeconds()}
}

// elementType returns the type of a list's elements, or nil.
func elementType(t arrow.DataType) arrow.DataType {
	if t.ID() == arrow.MAP {
		return nil
	}
	if l, ok := t.(arrow.ListLikeType); ok {
		return l.Elem()
	}
	return nil
}

// leafColumn is a leaf of the file while it is written. A column has one: a value,
// or a list's element. A list of structs has one for each of its members.
type leafColumn struct {
	field   arrow.Field
	column  int
	list    bool
	member  int // of a list's structs; -1 for none
	element *xparquet.SchemaElement
	path    string   // in xitongsys' terms
	names   []string // real names, from the column to the leaf
}

// layoutOf returns the columns and the schema elements of a table, root first,
// depth first. All values may be null, so that all definition levels are
// known: 1 for a value, 3 for the element of a list, 4 for the member of one.
func layoutOf(s *arrow.Schema) ([]*leafColumn, []*xparquet.SchemaElement, error) {
	root := xparquet.NewSchemaElement()
	root.Name = "Schema"
	root.NumChildren = ptr(int32(s.NumFields()))
	elements := []*xparquet.SchemaElement{root}
	var leaves []*leafColumn
	for i, f := range s.Fields() {
		name := fmt.Sprintf("C%d", i)
		col := &leafColumn{field: f, column: i, member: -1, path: pathOf("Schema", name), names: []string{f.Name}}
		t := f.Type
		if members, ok := elementType(t).(*arrow.StructType); ok {
			more, of, err := structsOf(col, members)
			if err != nil {
				return nil, nil, fmt.Errorf("column %q: %w", f.Name, err)
			}
			leaves, elements = append(leaves, more...), append(elements, of...)
			continue
		}
		if inner := elementType(t); inner != nil {
			t, col.list = inner, true
			col.path = pathOf("Schema", name, "List", "Element")
			col.names = []string{f.Name, "list", "element"}
			elements = append(elements, group(name, xparquet.FieldRepetitionType_OPTIONAL, true), group("List", xparquet.FieldRepetitionType_REPEATED, false))
			name = "Element"
		}
		e, err := element(t)
		if err != nil {
			return nil, nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		e.Name, e.RepetitionType = name, ptr(xparquet.FieldRepetitionType_OPTIONAL)
		col.element = e
		elements = append(elements, e)
		leaves = append(leaves, col)
	}
	return leaves, elements, nil
}

// structsOf returns the leaves and schema elements of a list of structs.
func structsOf(col *leafColumn, members *arrow.StructType) ([]*leafColumn, []*xparquet.SchemaElement, error) {
	if len(members.Fields()) == 0 {
		return nil, nil, fmt.Errorf("values of type %s, without members, cannot be written to Parquet", col.field.Type)
	}
	name := fmt.Sprintf("C%d", col.column)
	item := group("Element", xparquet.FieldRepetitionType_OPTIONAL, false)
	item.NumChildren = ptr(int32(len(members.Fields())))
	elements := []*xparquet.SchemaElement{group(name, xparquet.FieldRepetitionType_OPTIONAL, true), group("List", xparquet.FieldRepetitionType_REPEATED, false), item}
	var leaves []*leafColumn
	for k, m := range members.Fields() {
		e, err := element(m.Type)
		if err != nil {
			return nil, nil, err
		}
		own := fmt.Sprintf("M%d", k)
		e.Name, e.RepetitionType = own, ptr(xparquet.FieldRepetitionType_OPTIONAL)
		elements = append(elements, e)
		leaves = append(leaves, &leafColumn{field: col.field, column: col.column, list: true, member: k, element: e,
			path: pathOf("Schema", name, "List", "Element", own), names: []string{col.field.Name, "list", "element", m.Name}})
	}
	return leaves, elements, nil
}

func group(name string, r xparquet.FieldRepetitionType, list bool) *xparquet.SchemaElement {
	e := xparquet.NewSchemaElement()
	e.Name, e.RepetitionType, e.NumChildren = name, ptr(r), ptr(int32(1))
	if list {
		e.ConvertedType = ptr(xparquet.ConvertedType_LIST)
		e.LogicalType = &xparquet.LogicalType{LIST: xparquet.NewListType()}
	}
	return e
}
