package unnest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/unnest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(column string, change func(*unnest.Config)) *unnest.Config {
	c := unnest.Kind().NewConfig().(*unnest.Config)
	c.Column = column
	if change != nil {
		change(c)
	}
	return c
}

// object is the type of what was found in a picture.
func object() arrow.DataType {
	return arrow.StructOf(
		arrow.Field{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		arrow.Field{Name: "score", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		arrow.Field{Name: "box", Type: arrow.ListOf(arrow.PrimitiveTypes.Float32), Nullable: true})
}

func found(name string, score float64, box ...any) map[string]any {
	return map[string]any{"name": name, "score": score, "box": box}
}

func schema() *arrow.Schema {
	tags := stage.WithCategories(stage.Mark(arrow.Field{Name: "Tags", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true}, stage.Code, "frames"), []string{"a", "b"})
	return stagetest.Schema(stagetest.Key("ID"), stage.Mark(stagetest.Text("File"), stage.Image, "posts"),
		arrow.Field{Name: "objects", Type: arrow.ListOf(object()), Nullable: true}, tags,
		arrow.Field{Name: "pair", Type: arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int64), Nullable: true},
		arrow.Field{Name: "words", Type: arrow.LargeListOf(arrow.BinaryTypes.String), Nullable: true})
}

func rows() [][]any {
	return [][]any{
		{"1", "1.jpg", []any{found("Person", 0.9, 0, 0, 1, 1), found("Chair", 0.5), nil}, []any{"a", "b"}, []any{1, 2}, []any{"x", nil, "x"}},
		{"2", nil, []any{}, []any{nil}, nil, []any{}},
		{"1#1", "3.jpg", nil, nil, []any{3, nil}, nil},
		{"4", "4.jpg", []any{found("Person", 0.1)}, []any{"b"}, []any{4, 5}, []any{"y"}},
	}
}

func TestConform(t *testing.T) {
	in := []stagetest.Input{{Schema: schema(), Rows: rows()}}
	rename := func(c *unnest.Config) {
		c.Names, c.Prefix, c.Position, c.Key, c.KeepEmpty = option.Map[string]{{Key: "name", Value: "object"}}, "o_", "n", "object_ID", true
	}
	stagetest.Conform(t, unnest.Kind(),
		stagetest.Case{Name: "scalars", Config: config("Tags", nil), In: in},
		stagetest.Case{Name: "objects", Config: config("objects", nil), In: in},
		stagetest.Case{Name: "all options", Config: config("objects", rename), In: in},
		stagetest.Case{Name: "fixed size", Config: config("pair", nil), In: in},
		stagetest.Case{Name: "large", Config: config("words", func(c *unnest.Config) { c.KeepEmpty = true }), In: in},
		stagetest.Case{Name: "dictionaries", Config: config("w", nil), In: []stagetest.Input{{
			Schema: stagetest.Schema(stagetest.Key("ID"), arrow.Field{Name: "w", Type: arrow.ListOf(stagetest.Dictionary("").Type), Nullable: true}),
			Rows:   [][]any{{"a", []any{"x", nil, "x"}}, {"b", nil}, {"c", []any{"y", "x"}}}}}, Want: [][]any{
			{"a#1", "a", int64(1), "x"}, {"a#2", "a", int64(2), nil}, {"a#3", "a", int64(3), "x"}, {"c#1", "c", int64(1), "y"}, {"c#2", "c", int64(2), "x"}}},
		stagetest.Case{Name: "no key", Config: config("n", nil), In: []stagetest.Input{{
			Schema: stagetest.Schema(arrow.Field{Name: "n", Type: arrow.ListOf(arrow.PrimitiveTypes.Int64), Nullable: true}),
			Rows:   [][]any{{[]any{1, nil}}, {nil}, {[]any{}}}}}, Want: [][]any{{int64(1), int64(1)}, {int64(2), nil}}},
		stagetest.Case{Name: "nothing left", Config: config("objects", nil), In: []stagetest.Input{{Schema: schema(), Rows: rows()[1:3]}}, Want: [][]any{}},
	)
}

// run gives the rows and what the ledger was told.
func run(t testing.TB, c *unnest.Config, s *arrow.Schema, in [][]any, batch int) (stage.Table, [][]any, *stagetest.Ledger) {
	t.Helper()
	env, ledger := stagetest.Env(t, memory.DefaultAllocator)
	rec := stagetest.Record(t, memory.DefaultAllocator, s, in...)
	out := stagetest.Run(t, t.Context(), unnest.Kind().Build("long", c), env, stage.Table{Schema: s, Rows: stagetest.Batches(rec, batch, true)})
	got, err := stagetest.Collect(out.Rows)
	if err != nil {
		t.Fatal(err)
	}
	return out, got, ledger
}

func TestObjects(t *testing.T) {
	s := stagetest.Schema(schema().Fields()[:3]...)
	var in [][]any
	for _, row := range rows() {
		in = append(in, row[:3])
	}
	want := [][]any{
		{"1#1", "1", "1.jpg", int64(1), "Person", 0.9, []any{0.0, 0.0, 1.0, 1.0}},
		{"1#2", "1", "1.jpg", int64(2), "Chair", 0.5, []any{}},
		{"1#3", "1", "1.jpg", int64(3), nil, nil, nil},
		{"4#1", "4", "4.jpg", int64(1), "Person", 0.1, []any{}},
	}
	out, got, ledger := run(t, config("objects", nil), s, in, 2)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int64{"`objects` is empty": 1, "`objects` is null": 1}, ledger.DroppedRows()) + cmp.Diff(map[string]int64{"further elements": 2}, ledger.AddedRows()); d != "" {
		t.Error(d)
	}
	var roles []string
	for _, f := range out.Schema.Fields() {
		roles = append(roles, f.Name+" "+string(stage.RoleOf(f)))
	}
	if d := cmp.Diff([]string{"long_key key", "ID ", "File image", "long_position ", "name ", "score ", "box "}, roles); d != "" {
		t.Error(d)
	}
	keep := config("objects", func(c *unnest.Config) { c.KeepEmpty = true })
	want = append(want[:3:3], []any{"2#0", "2", nil, nil, nil, nil, nil}, []any{"1#1#0", "1#1", "3.jpg", nil, nil, nil, nil}, want[3])
	_, got, ledger = run(t, keep, s, in, 3)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int64{"`objects` is empty, and the row is kept": 1, "`objects` is null, and the row is kept": 1}, ledger.Counts()); d != "" || len(ledger.DroppedRows()) > 0 {
		t.Error(d)
	}
}

// Codes of a list stay codes, with their categories.
func TestCodes(t *testing.T) {
	out, _, _ := run(t, config("Tags", func(c *unnest.Config) { c.Prefix = "one_" }), schema(), rows(), 2)
	f := out.Schema.Field(out.Schema.NumFields() - 1)
	if f.Name != "one_Tags" || stage.RoleOf(f) != stage.Code || stage.AddedBy(f) != "frames" || len(stage.CategoriesOf(f)) != 2 {
		t.Errorf("%v", f)
	}
}

func TestFaults(t *testing.T) {
	name := func(old, other string) func(*unnest.Config) {
		return func(c *unnest.Config) { c.Names = option.Map[string]{{Key: old, Value: other}} }
	}
	for want, c := range map[string]*unnest.Config{
		"column: there is no column `object` (did you mean `objects`?)":                   config("object", nil),
		"column: the column `File` holds no lists, but utf8 (a stage of kind `select` ":   config("File", nil),
		"names.scor: the elements of `objects` have no `scor` (did you mean `score`?)":    config("objects", name("scor", "x")),
		"prefix: the column `File` exists already: it comes from the stage `posts` ":      config("objects", name("name", "File")),
		"key: the column `File` exists already: it comes from the stage `posts` (choose ": config("objects", func(c *unnest.Config) { c.Key = "File" }),
		"position: the column `ID` exists already":                                        config("objects", func(c *unnest.Config) { c.Position = "ID" }),
	} {
		_, err := unnest.Kind().Build("long", c).Schema([]*arrow.Schema{schema()})
		var o *stage.OptionError
		if !errors.As(err, &o) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	twice := config("objects", func(c *unnest.Config) {
		c.Names = option.Map[string]{{Key: "name", Value: "x"}, {Key: "score", Value: "x"}}
	})
	if err := twice.Validate(); err == nil {
		t.Error("two columns of one name")
	}
}

// Putting the rows of a long table together by the former key gives the lists
// back, and no key stands twice.
func TestGroupedBack(t *testing.T) {
	s := stagetest.Schema(stagetest.Key("ID"), arrow.Field{Name: "objects", Type: arrow.ListOf(object()), Nullable: true})
	rapid.Check(t, func(r *rapid.T) {
		var in [][]any
		want, order := map[string][]any{}, []string{}
		for i := range rapid.IntRange(0, 20).Draw(r, "rows") {
			key := fmt.Sprint(i/3, strings.Repeat("#1", i%3))
			list := []any(nil)
			for range rapid.IntRange(0, 4).Draw(r, "elements") {
				list = append(list, found(rapid.SampledFrom([]string{"a", "b", ""}).Draw(r, "name"), rapid.Float64Range(0, 1).Draw(r, "score")))
			}
			row := []any{key, nil}
			if len(list) > 0 || rapid.Bool().Draw(r, "empty") {
				row[1] = append([]any{}, list...)
			}
			in, order, want[key] = append(in, row), append(order, key), list
		}
		keep := rapid.Bool().Draw(r, "keep")
		_, rows, ledger := run(t, config("objects", func(c *unnest.Config) { c.KeepEmpty = keep }), s, in, rapid.IntRange(1, 9).Draw(r, "batch"))
		got, seen, at := map[string][]any{}, map[string]bool{}, -1
		for _, row := range rows {
			key, former := row[0].(string), row[1].(string)
			if seen[key] {
				r.Fatalf("the key %s stands twice", key)
			}
			for seen[key] = true; at < 0 || order[at] != former; at++ { // in the order of the rows
				if at+1 == len(order) {
					r.Fatalf("%s is out of order", former)
				}
			}
			if row[2] == nil {
				got[former] = nil
				continue
			}
			got[former] = append(got[former], map[string]any{"name": row[3], "score": row[4], "box": row[5]})
			if int64(len(got[former])) != row[2] {
				r.Fatalf("element %d of %s has position %v", len(got[former]), former, row[2])
			}
		}
		for key, list := range want {
			back, there := got[key]
			if there != (keep || len(list) > 0) {
				r.Fatalf("%s: is there: %v", key, there)
			}
			if d := cmp.Diff(fmt.Sprint(list...), fmt.Sprint(back...)); d != "" {
				r.Fatal(d)
			}
		}
		var gone, more int64
		for _, n := range ledger.DroppedRows() {
			gone += n
		}
		for _, n := range ledger.AddedRows() {
			more += n
		}
		if int64(len(in))-gone+more != int64(len(rows)) {
			r.Fatalf("%d rows in, %d dropped, %d added, %d out", len(in), gone, more, len(rows))
		}
	})
}
