package expression

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
)

// errNull ends the evaluation of an expression that is null.
var errNull = errors.New("null")

// column reads the current row's value of one column.
type column struct {
	name     string
	index    int          // in the schema
	function reflect.Type // func() T
	row      *int
	arr      arrow.Array
	null     func(i int) bool
	value    func(i int) any
}

func (c *column) read(...any) (any, error) {
	if c.null != nil && c.null(*c.row) {
		return nil, errNull
	}
	v := c.value(*c.row)
	if err, ok := v.(error); ok {
		return nil, err
	}
	return v, nil
}

func (c *column) readOrNil(...any) (any, error) {
	if c.null != nil && c.null(*c.row) {
		return nil, nil
	}
	return c.read()
}

// bind makes the column read a record.
func (c *column) bind(rec arrow.Record) {
	arr := rec.Column(c.index)
	if c.arr == arr {
		return
	}
	c.arr, c.value = arr, reader(arr)
	switch a := arr.(type) {
	case *array.Dictionary:
		text, _ := columns.Text(a)
		c.null = text.IsNull
	case *array.Null:
		c.null = func(int) bool { return true }
	default:
		if c.null = arr.IsNull; arr.NullN() == 0 {
			c.null = nil
		}
	}
}

// column returns the column with the name. The error says why there is none,
// or is nil where there is no such name.
func (b *builder) column(name string) (*column, error) {
	if c := b.byName[name]; c != nil {
		return c, nil
	}
	i := columns.Index(b.schema, name)
	if i < 0 {
		return nil, errUnknown
	}
	t, err := goType(b.schema.Field(i).Type)
	if err != nil {
		return nil, err
	}
	c := &column{name: name, index: i, function: reflect.FuncOf(nil, []reflect.Type{t}, false), row: &b.program.row}
	b.byName[name] = c
	b.program.columns = append(b.program.columns, c)
	return c, nil
}

var errUnknown = errors.New("no such column")

// goType returns the Go type of a column's values in an expression.
func goType(t arrow.DataType) (reflect.Type, error) {
	if columns.IsText(t) {
		return reflect.TypeFor[string](), nil
	}
	switch t := t.(type) {
	case *arrow.BooleanType:
		return reflect.TypeFor[bool](), nil
	case *arrow.Float16Type, *arrow.Float32Type, *arrow.Float64Type:
		return reflect.TypeFor[float64](), nil
	case *arrow.Date32Type, *arrow.Date64Type, *arrow.TimestampType:
		return reflect.TypeFor[time.Time](), nil
	case *arrow.NullType:
		return reflect.TypeFor[any](), nil
	case arrow.ListLikeType:
		elem, err := goType(t.Elem())
		if _, isMap := t.(*arrow.MapType); err == nil && !isMap && elem.Kind() != reflect.Slice {
			return reflect.SliceOf(elem), nil
		}
	}
	if arrow.IsInteger(t.ID()) {
		return reflect.TypeFor[int](), nil
	}
	return nil, fmt.Errorf("its type is %s", t)
}

// reader returns a function that gives the value of a row that is not null, or
// an error.
func reader(arr arrow.Array) func(i int) any {
	if text, ok := columns.Text(arr); ok {
		return func(i int) any { return text.At(i) }
	}
	switch a := arr.(type) {
	case *array.Boolean:
		return func(i int) any { return a.Value(i) }
	case *array.Int64:
		return func(i int) any { return int(a.Value(i)) }
	case *array.Int32:
		return func(i int) any { return int(a.Value(i)) }
	case *array.Float64:
		return func(i int) any { return a.Value(i) }
	case *array.Float32:
		return func(i int) any { return float64(a.Value(i)) }
	case *array.Timestamp:
		return momentReader(a)
	}
	if list, ok := arr.(array.ListLike); ok {
		return listReader(list)
	}
	return func(i int) any {
		switch v := columns.Value(arr, i).(type) {
		case int64:
			return int(v)
		case uint64:
			if v > math.MaxInt64 {
				return fmt.Errorf("%d is too large a number for an expression", v)
			}
			return int(v)
		default:
			return v
		}
	}
}

// momentReader gives times in the zone of the column, UTC where it has none.
func momentReader(a *array.Timestamp) func(i int) any {
	t := a.DataType().(*arrow.TimestampType)
	zone, err := time.LoadLocation(t.TimeZone)
	if err != nil {
		return func(int) any { return fmt.Errorf("the time zone %q is not known", t.TimeZone) }
	}
	return func(i int) any { return a.Value(i).ToTime(t.Unit).In(zone) }
}

// listReader gives lists as slices of their type. Nulls in a list are left out.
func listReader(list array.ListLike) func(i int) any {
	values := list.ListValues()
	elem, err := goType(values.DataType())
	if err != nil {
		return func(int) any { return err }
	}
	read := reader(values)
	return func(i int) any {
		start, end := list.ValueOffsets(i)
		out := reflect.MakeSlice(reflect.SliceOf(elem), 0, int(end-start))
		for j := int(start); j < int(end); j++ {
			if values.IsNull(j) {
				continue
			}
			v := read(j)
			if err, ok := v.(error); ok {
				return err
			}
			out = reflect.Append(out, reflect.ValueOf(v))
		}
		return out.Interface()
	}
}
