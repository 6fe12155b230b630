package vision

import (
	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/vision"
)

// regions is a list of what was found and where; others are its further members.
func regions(name, about string, role stage.Role, others []arrow.Field) arrow.Field {
	number := func(name string) arrow.Field {
		return arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64, Nullable: true}
	}
	members := append([]arrow.Field{{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true}, number("score"),
		number("left"), number("top"), number("right"), number("bottom")}, others...)
	f := arrow.Field{Name: name, Type: arrow.ListOf(arrow.StructOf(members...)), Nullable: true}
	return stage.Documented(stage.Mark(f, role, ""), stage.Documentation{Text: about + " Places are shares of the width and the height of the upright picture."})
}

// region is one entry of such a list, with the values of its further members.
func region(name string, score *float64, box *vision.Box, others ...any) columns.Members {
	m := columns.Members{name, nil, nil, nil, nil, nil}
	if score != nil {
		m[1] = *score
	}
	if box != nil {
		m[2], m[3], m[4], m[5] = box.Left, box.Top, box.Right, box.Bottom
	}
	return append(m, others...)
}
