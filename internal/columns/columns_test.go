package columns_test

import (
	"math"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"icono/internal/columns"
	"icono/internal/stagetest"
)

func TestText(t *testing.T) {
	mem := stagetest.Memory(t)
	s := stagetest.Schema(stagetest.Text("a"), arrow.Field{Name: "b", Type: arrow.BinaryTypes.LargeString, Nullable: true}, stagetest.Dictionary("c"), stagetest.Int("n"))
	rec := stagetest.Record(t, mem, s, []any{"ä", "x", "word", 1}, []any{nil, nil, nil, nil}, []any{"", "", "", 0})
	for i, f := range s.Fields() {
		text, ok := columns.Text(rec.Column(i))
		if ok != columns.IsText(f.Type) || ok != (f.Name != "n") {
			t.Errorf("%s is text: %v", f.Name, ok)
		}
		if !ok {
			continue
		}
		if text.Len() != 3 || text.IsNull(0) || !text.IsNull(1) || text.IsNull(2) || text.At(0) == "" || text.At(1) != "" || text.At(2) != "" {
			t.Errorf("%s: %q %q %q", f.Name, text.At(0), text.At(1), text.At(2))
		}
	}
}

func TestAppendAndPick(t *testing.T) {
	mem := stagetest.Memory(t)
	s := stagetest.Schema(stagetest.Key("ID"), stagetest.Int("n"))
	rec := stagetest.Record(t, mem, s, []any{"1", 5}, []any{"2", nil})
	wider := columns.AppendFields(s, stagetest.Int("m"))
	out, err := columns.Append(rec, wider, rec.Column(1))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Release()
	if d := cmp.Diff([][]any{{"1", int64(5), int64(5)}, {"2", nil, nil}}, stagetest.Values(out)); d != "" {
		t.Error(d)
	}
	if _, err := columns.Append(rec, wider); err == nil {
		t.Error("a column is missing and that is no error")
	}
	picked := columns.Pick(out, stagetest.Schema(stagetest.Int("x"), stagetest.Key("ID")), []int{2, 0})
	defer picked.Release()
	if d := cmp.Diff([][]any{{int64(5), "1"}, {nil, "2"}}, stagetest.Values(picked)); d != "" {
		t.Error(d)
	}
	if columns.Index(wider, "m") != 2 || columns.Index(wider, "M") != -1 {
		t.Error("Index is wrong")
	}
	if d := cmp.Diff([]string{"ID", "n", "m"}, columns.Names(wider)); d != "" {
		t.Error(d)
	}
}

func TestFormat(t *testing.T) {
	at := time.Date(2021, 9, 26, 18, 0, 0, 120_000_000, time.UTC)
	for _, c := range []struct {
		t    arrow.DataType
		v    any
		want string
	}{
		{arrow.BinaryTypes.String, "a,b", "a,b"},
		{arrow.BinaryTypes.String, nil, ""},
		{arrow.FixedWidthTypes.Boolean, true, "true"},
		{arrow.PrimitiveTypes.Int8, -5, "-5"},
		{arrow.PrimitiveTypes.Uint64, uint64(math.MaxUint64), "18446744073709551615"},
		{arrow.PrimitiveTypes.Float32, float32(0.1), "0.1"},
		{arrow.PrimitiveTypes.Float64, 0.1, "0.1"},
		{arrow.PrimitiveTypes.Float64, 1e21, "1e+21"},
		{arrow.PrimitiveTypes.Float64, 123456789.0, "123456789"},
		{arrow.PrimitiveTypes.Float64, math.Inf(-1), "-inf"},
		{arrow.PrimitiveTypes.Float64, math.NaN(), "NaN"},
		{arrow.FixedWidthTypes.Date32, at, "2021-09-26"},
		{&arrow.TimestampType{Unit: arrow.Millisecond}, at, "2021-09-26T18:00:00.12"},
		{&arrow.TimestampType{Unit: arrow.Second, TimeZone: "UTC"}, at, "2021-09-26T18:00:00Z"},
		{&arrow.TimestampType{Unit: arrow.Second, TimeZone: "Europe/Berlin"}, at, "2021-09-26T20:00:00+02:00"},
		{arrow.ListOf(arrow.BinaryTypes.String), []any{"a", nil}, `["a",null]`},
		{stagetest.Dictionary("x").Type, "word", "word"},
	} {
		rec := stagetest.Record(t, stagetest.Memory(t), stagetest.Schema(arrow.Field{Name: "x", Type: c.t, Nullable: true}), []any{c.v})
		if got := columns.Format(rec.Column(0), 0); got != c.want {
			t.Errorf("%s: %q, want %q", c.t, got, c.want)
		}
	}
}
