package stagetest

import (
	"fmt"
	"reflect"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Append appends to a builder: nil, a bool, number, text, time, slice of these, or
// map from the fields of a struct to these.
func Append(b array.Builder, v any) error {
	if v == nil {
		b.AppendNull()
		return nil
	}
	r := reflect.ValueOf(v)
	switch b := b.(type) {
	case *array.NullBuilder:
	case *array.StringBuilder:
		if r.Kind() == reflect.String {
			b.Append(r.String())
			return nil
		}
	case *array.LargeStringBuilder:
		if r.Kind() == reflect.String {
			b.Append(r.String())
			return nil
		}
	case *array.BinaryDictionaryBuilder:
		if r.Kind() == reflect.String {
			return b.AppendString(r.String())
		}
	case *array.BooleanBuilder:
		if r.Kind() == reflect.Bool {
			b.Append(r.Bool())
			return nil
		}
	case *array.StructBuilder:
		if fields, ok := v.(map[string]any); ok {
			b.Append(true)
			for i, f := range b.Type().(*arrow.StructType).Fields() {
				if err := Append(b.FieldBuilder(i), fields[f.Name]); err != nil {
					return err
				}
			}
			return nil
		}
	case array.ListLikeBuilder:
		if r.Kind() == reflect.Slice {
			b.Append(true)
			for i := range r.Len() {
				if err := Append(b.ValueBuilder(), r.Index(i).Interface()); err != nil {
					return err
				}
			}
			return nil
		}
	default:
		if t, ok := v.(time.Time); ok {
			return appendTime(b, t)
		}
		if r.CanInt() || r.CanUint() || r.CanFloat() {
			return b.AppendValueFromString(fmt.Sprint(v))
		}
	}
	return fmt.Errorf("%v (%T) is no %s", v, v, b.Type())
}

func appendTime(b array.Builder, t time.Time) error {
	switch b := b.(type) {
	case *array.Date32Builder:
		b.Append(arrow.Date32FromTime(t))
	case *array.Date64Builder:
		b.Append(arrow.Date64FromTime(t))
	case *array.TimestampBuilder:
		v, err := arrow.TimestampFromTime(t, b.Type().(*arrow.TimestampType).Unit)
		if err != nil {
			return err
		}
		b.Append(v)
	default:
		return fmt.Errorf("a time is no %s", b.Type())
	}
	return nil
}
