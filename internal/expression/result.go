package expression

import (
	"errors"
	"fmt"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/expr-lang/expr/ast"
)

// result finds the type of the expression and compares it with what is wanted.
func (b *builder) result(root ast.Node, want Want) *Error {
	t, hint := typeOf(root)
	if t == nil {
		return b.all("the result of this expression has no type that a column can have", hint)
	}
	b.program.typ = t
	switch {
	case want == Boolean && t.ID() != arrow.BOOL:
		return b.all(fmt.Sprintf("this gives %s, and true or false is needed", word(t)), comparison(t))
	case want == Text && t.ID() != arrow.STRING:
		return b.all(fmt.Sprintf("this gives %s, and text is needed", word(t)), "`string(...)` makes text of it")
	}
	return nil
}

func comparison(t arrow.DataType) string {
	switch t.ID() {
	case arrow.STRING:
		return "compare it with something: `Username == \"cdu\"`"
	case arrow.INT64, arrow.FLOAT64:
		return "compare it with something: `Likes > 0`"
	}
	return "compare it with something"
}

// typeOf returns the type of the column that an expression makes, or nil and a
// hint.
func typeOf(node ast.Node) (arrow.DataType, string) {
	const unclear = "its type is only known when it runs; wrap it in `string(...)`, `int(...)` or `float(...)`, or compare it with something"
	switch n := node.(type) {
	case *ast.NilNode:
		return nil, "it is always null"
	case *ast.ConditionalNode:
		return unify(n.Exp1, n.Exp2)
	case *ast.BinaryNode:
		if n.Operator == "??" {
			return unify(n.Left, n.Right)
		}
	case *ast.VariableDeclaratorNode:
		return typeOf(n.Expr)
	case *ast.SequenceNode:
		return typeOf(n.Nodes[len(n.Nodes)-1])
	case *ast.BuiltinNode:
		if (n.Name == "min" || n.Name == "max") && len(n.Arguments) > 1 {
			return unify(n.Arguments...)
		}
	}
	t := node.Type()
	if t == nil {
		return nil, unclear
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return moment(), ""
	case reflect.TypeFor[time.Duration]():
		return nil, "it is a span of time; take its length: `(a - b).Hours()`"
	}
	switch t.Kind() {
	case reflect.Bool:
		return arrow.FixedWidthTypes.Boolean, ""
	case reflect.String:
		return arrow.BinaryTypes.String, ""
	case reflect.Float32, reflect.Float64:
		return arrow.PrimitiveTypes.Float64, ""
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return arrow.PrimitiveTypes.Int64, ""
	case reflect.Slice:
		elem := t.Elem()
		if ref := node.Nature().Ref; ref != nil && ref.Type != nil {
			elem = ref.Type
		}
		if elem.Kind() == reflect.String {
			return arrow.ListOf(arrow.BinaryTypes.String), ""
		}
		return nil, "only lists of text can be columns; `map(..., string(#))` makes one"
	case reflect.Map:
		return nil, "it is a mapping; take a value out of it"
	}
	return nil, unclear
}

// unify returns the type that columns need to hold the values of all nodes.
func unify(nodes ...ast.Node) (arrow.DataType, string) {
	var all arrow.DataType
	for _, n := range nodes {
		if isNil(n) {
			continue
		}
		t, hint := typeOf(n)
		switch {
		case t == nil:
			return nil, hint
		case all == nil || arrow.TypeEqual(all, t):
			all = t
		case number(all) && number(t):
			all = arrow.PrimitiveTypes.Float64
		default:
			return nil, fmt.Sprintf("it is sometimes %s and sometimes %s", word(all), word(t))
		}
	}
	if all == nil {
		return nil, "it is always null"
	}
	return all, ""
}

func number(t arrow.DataType) bool { return t.ID() == arrow.INT64 || t.ID() == arrow.FLOAT64 }

func moment() arrow.DataType {
	return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
}

// appendValue appends a result that is not null to a builder of the
// expression's type.
func appendValue(b array.Builder, v any) error {
	r := reflect.ValueOf(v)
	switch b := b.(type) {
	case *array.BooleanBuilder:
		if r.Kind() == reflect.Bool {
			b.Append(r.Bool())
			return nil
		}
	case *array.StringBuilder:
		if r.Kind() == reflect.String {
			if !utf8.ValidString(r.String()) {
				return errors.New("it cuts a character in two: places in a text count bytes, and letters such as ü have several")
			}
			b.Append(r.String())
			return nil
		}
	case *array.Int64Builder:
		switch {
		case r.CanInt():
			b.Append(r.Int())
			return nil
		case r.CanUint():
			b.Append(int64(r.Uint()))
			return nil
		}
	case *array.Float64Builder:
		switch {
		case r.CanFloat():
			b.Append(r.Float())
			return nil
		case r.CanInt():
			b.Append(float64(r.Int()))
			return nil
		}
	case *array.TimestampBuilder:
		if t, ok := v.(time.Time); ok {
			b.Append(arrow.Timestamp(t.UnixMicro()))
			return nil
		}
	case *array.ListBuilder:
		if r.Kind() == reflect.Slice {
			return appendList(b, r)
		}
	}
	return fmt.Errorf("it gives %v, not %s", v, word(b.Type()))
}

func appendList(b *array.ListBuilder, list reflect.Value) error {
	b.Append(true)
	for i := range list.Len() {
		v := list.Index(i).Interface()
		if v == nil {
			b.ValueBuilder().AppendNull()
		} else if err := appendValue(b.ValueBuilder(), v); err != nil {
			return err
		}
	}
	return nil
}
