package expression_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/expression"
)

func withFields(rec arrow.Record, fields []arrow.Field) arrow.Record {
	return array.NewRecord(arrow.NewSchema(fields, nil), rec.Columns(), rec.NumRows())
}

func TestColumns(t *testing.T) {
	p, err := expression.Compile(`$env["Time of Posting"].Hour() > Likes and Likes > 1 and Tags[0] == ID`, schema(), expression.Boolean)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"Time of Posting", "Likes", "Tags", "ID"}, p.Columns()); d != "" {
		t.Error(d)
	}
}

// three is a truth value of SQL: -1 false, 0 null, 1 true.
type three int

// Conditions follow SQL's logic of three values, whatever their shape.
func TestLogic(t *testing.T) {
	s := arrow.NewSchema([]arrow.Field{
		{Name: "a", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "b", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "c", Type: arrow.FixedWidthTypes.Boolean, Nullable: true}}, nil)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 20).Draw(t, "rows")
		b := array.NewRecordBuilder(memory.DefaultAllocator, s)
		values := make([][]three, 3)
		for c := range values {
			for range n {
				v := three(rapid.IntRange(-1, 1).Draw(t, "value"))
				values[c] = append(values[c], v)
				if v == 0 {
					b.Field(c).AppendNull()
				} else {
					b.Field(c).(*array.BooleanBuilder).Append(v == 1)
				}
			}
		}
		src, eval := condition(t, 4)
		p, err := expression.Compile(src, s, expression.Boolean)
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		keep, valid, err := p.Bools(b.NewRecord())
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		for i := range n {
			want := eval([]three{values[0][i], values[1][i], values[2][i]})
			if valid[i] != (want != 0) || keep[i] != (want == 1) {
				t.Fatalf("%s: row %d is %v, %v, want %d", src, i, keep[i], valid[i], want)
			}
		}
	})
}

// condition draws a condition over a, b and c and how to compute it.
func condition(t *rapid.T, depth int) (string, func([]three) three) {
	pick := rapid.IntRange(0, 5).Draw(t, "shape")
	if depth == 0 {
		pick = 0
	}
	bool3 := func(b bool) three {
		if b {
			return 1
		}
		return -1
	}
	col := rapid.IntRange(0, 2).Draw(t, "column")
	name := string(rune('a' + col))
	switch pick {
	case 1:
		x, fx := condition(t, depth-1)
		y, fy := condition(t, depth-1)
		return "(" + x + ") and (" + y + ")", func(v []three) three { return min(fx(v), fy(v)) }
	case 2:
		x, fx := condition(t, depth-1)
		y, fy := condition(t, depth-1)
		return "(" + x + ") || (" + y + ")", func(v []three) three { return max(fx(v), fy(v)) }
	case 3:
		x, fx := condition(t, depth-1)
		return "not (" + x + ")", func(v []three) three { return -fx(v) }
	case 4:
		return name + " == nil", func(v []three) three { return bool3(v[col] == 0) }
	case 5:
		return "(" + name + " ?? false)", func(v []three) three { return bool3(v[col] == 1) }
	}
	return name, func(v []three) three { return v[col] }
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{`Likes > 5 and Username matches "a.*"`, `$env["Time of Posting"] ?? nil`, `let x = Tags[1:2]; filter(x, # in ["a"])`,
		`0 < Likes < 5 ? "a" : 'b'`, `{"a": [1, 2]}.a | sum()`, `Day.In(timezone("UTC")).Year() == 2021`, `b"\xff"`, "`", `$env?.x`, `reduce(1..9, #acc + #, 0)`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, want := range []expression.Want{expression.Any, expression.Boolean, expression.Text} {
			p, err := expression.Compile(src, schema(), want)
			if err != nil {
				var e *expression.Error
				if !errors.As(err, &e) || e.Start < 0 || e.End < e.Start || e.End > len(src) || e.Message == "" {
					t.Fatalf("%q: %#v", src, err)
				}
				if strings.Contains(e.Message, "goroutine") {
					t.Fatalf("%q: %s", src, e.Message)
				}
				continue
			}
			rec := rows(t, memory.DefaultAllocator)
			arr, _, err := p.Array(memory.DefaultAllocator, rec)
			if err == nil && arr.Len() != 4 {
				t.Fatalf("%q: %d values", src, arr.Len())
			}
		}
	})
}
