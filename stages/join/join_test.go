package join_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"icono/internal/columns"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/join"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(change func(*join.Config), on ...option.Pair) *join.Config {
	c := join.Kind().NewConfig().(*join.Config)
	c.On = on
	if change != nil {
		change(c)
	}
	return c
}

func same(name string) option.Pair { return option.Pair{Left: name, Right: name} }

var (
	key  = stagetest.Key
	text = stagetest.Text
	num  = stagetest.Int
)

func posts() stagetest.Input {
	return stagetest.Input{Schema: stagetest.Schema(key("ID"), text("Username"), num("Likes")), Rows: [][]any{
		{"1", "cdu", 5}, {"2", "spd", 6}, {"3", nil, 7}, {"4", "afd", 8}, {"5", "cdu", 9}}}
}

func accounts() stagetest.Input {
	return stagetest.Input{Schema: stagetest.Schema(key("account"), num("Followers"), stagetest.Dictionary("Party")), Rows: [][]any{
		{"spd", 100, "SPD"}, {"cdu", 200, "CDU"}, {"fdp", 300, "FDP"}}}
}

func tagged() stagetest.Input {
	return stagetest.Input{Schema: stagetest.Schema(stagetest.Dictionary("Username"), text("Tag")), Rows: [][]any{
		{"cdu", "a"}, {"spd", "b"}, {"cdu", "c"}, {nil, "d"}, {"cdu", nil}}}
}

func TestConform(t *testing.T) {
	onName := option.Pair{Left: "Username", Right: "account"}
	first := func(c *join.Config) { c.Many = "first" }
	all := func(c *join.Config) { c.Many = "all" }
	stagetest.Conform(t, join.Kind(),
		stagetest.Case{Name: "left", Config: config(nil, onName), In: []stagetest.Input{posts(), accounts()}, Appends: true, Want: [][]any{
			{"1", "cdu", int64(5), int64(200), "CDU"}, {"2", "spd", int64(6), int64(100), "SPD"}, {"3", nil, int64(7), nil, nil}, {"4", "afd", int64(8), nil, nil}, {"5", "cdu", int64(9), int64(200), "CDU"}}},
		stagetest.Case{Name: "inner", Config: config(func(c *join.Config) { c.How = "inner" }, onName), In: []stagetest.Input{posts(), accounts()}, Want: [][]any{
			{"1", "cdu", int64(5), int64(200), "CDU"}, {"2", "spd", int64(6), int64(100), "SPD"}, {"5", "cdu", int64(9), int64(200), "CDU"}}},
		stagetest.Case{Name: "first", Config: config(first, same("Username")), In: []stagetest.Input{posts(), tagged()}, Appends: true, Want: [][]any{
			{"1", "cdu", int64(5), "a"}, {"2", "spd", int64(6), "b"}, {"3", nil, int64(7), nil}, {"4", "afd", int64(8), nil}, {"5", "cdu", int64(9), "a"}}},
		stagetest.Case{Name: "all", Config: config(all, same("Username")), In: []stagetest.Input{posts(), tagged()}, Want: [][]any{
			{"1", "cdu", int64(5), "a"}, {"1", "cdu", int64(5), "c"}, {"1", "cdu", int64(5), nil}, {"2", "spd", int64(6), "b"}, {"3", nil, int64(7), nil}, {"4", "afd", int64(8), nil},
			{"5", "cdu", int64(9), "a"}, {"5", "cdu", int64(9), "c"}, {"5", "cdu", int64(9), nil}}},
		stagetest.Case{Name: "prefix", Config: config(func(c *join.Config) { c.Prefix = "r_" }, same("Likes")), In: []stagetest.Input{posts(), posts()}, Appends: true},
		stagetest.Case{Name: "two columns", Config: config(func(c *join.Config) { c.Prefix = "r_" }, same("ID"), same("Likes")), In: []stagetest.Input{posts(), posts()}, Appends: true},
		stagetest.Case{Name: "paths", Config: config(func(c *join.Config) { c.Match = "path" }, option.Pair{Left: "ID", Right: "file"}), In: []stagetest.Input{
			{Schema: stagetest.Schema(key("ID")), Rows: [][]any{{"/content/upload/cdu/1.jpg"}, {"/content/upload/spd/1.jpg"}, {"/content/2.jpg"}, {"x/3.jpg"}, {""}}},
			{Schema: stagetest.Schema(text("file"), num("n")), Rows: [][]any{{"./media/spd/1.jpg", 1}, {"cdu\\1.jpg", 2}, {"1.jpg", 3}, {"2.jpg", 4}, {"y/3.jpg", 5}, {nil, 6}}}},
			Appends: true, Want: [][]any{{"/content/upload/cdu/1.jpg", int64(2)}, {"/content/upload/spd/1.jpg", int64(1)}, {"/content/2.jpg", int64(4)}, {"x/3.jpg", nil}, {"", nil}}},
	)
}

// run joins and returns rows, ledger and error.
func run(t *testing.T, c *join.Config, l, r stagetest.Input) ([][]any, *stagetest.Ledger, error) {
	t.Helper()
	mem := stagetest.Memory(t)
	env, ledger := stagetest.Env(t, mem)
	out := stagetest.Run(t, t.Context(), join.Kind().Build("j", c), env, stagetest.Table(t, mem, l.Schema, l.Rows...), stagetest.Table(t, mem, r.Schema, r.Rows...))
	rows, err := stagetest.Collect(out.Rows)
	return rows, ledger, err
}

func TestCounts(t *testing.T) {
	onName := option.Pair{Left: "Username", Right: "account"}
	for _, c := range []struct {
		config                 *join.Config
		right                  stagetest.Input
		dropped, added, counts map[string]int64
	}{
		{config(nil, onName), accounts(), map[string]int64{}, map[string]int64{},
			map[string]int64{"no match on the right": 2, "left-hand rows without a value in `on`": 1, "right-hand rows that match none": 1}},
		{config(func(c *join.Config) { c.How = "inner" }, onName), accounts(), map[string]int64{"no match on the right": 2}, map[string]int64{},
			map[string]int64{"left-hand rows without a value in `on`": 1, "right-hand rows that match none": 1}},
		{config(func(c *join.Config) { c.Many = "all" }, same("Username")), tagged(), map[string]int64{}, map[string]int64{"further matches": 4},
			map[string]int64{"no match on the right": 2, "left-hand rows without a value in `on`": 1, "right-hand rows without a value in `on`": 1}},
		{config(func(c *join.Config) { c.Many = "first" }, same("Username")), tagged(), map[string]int64{}, map[string]int64{},
			map[string]int64{"no match on the right": 2, "left-hand rows without a value in `on`": 1, "right-hand rows without a value in `on`": 1, "right-hand rows passed over for an earlier one": 2}},
	} {
		_, ledger, err := run(t, c.config, posts(), c.right)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.dropped, ledger.DroppedRows()) + cmp.Diff(c.added, ledger.AddedRows()) + cmp.Diff(c.counts, ledger.Counts()); d != "" {
			t.Errorf("%+v: %s", c.config, d)
		}
	}
}

func TestManyErrors(t *testing.T) {
	_, _, err := run(t, config(nil, same("Username")), posts(), tagged())
	if err == nil || !strings.Contains(err.Error(), "the same `Username`: rows 1 and 3 both have \"cdu\"; rows 3 and 5 both have \"cdu\"") {
		t.Errorf("error %v", err)
	}
	numbers := stagetest.Input{Schema: stagetest.Schema(num("n")), Rows: [][]any{{7}, {-8}, {-8}}}
	_, _, err = run(t, config(nil, option.Pair{Left: "Likes", Right: "n"}), posts(), numbers)
	if err == nil || !strings.Contains(err.Error(), "rows 2 and 3 both have -8") {
		t.Errorf("error %v", err)
	}
	onFile := func(c *join.Config) { c.Match = "path" }
	files := stagetest.Input{Schema: stagetest.Schema(text("ID")), Rows: [][]any{{"1.jpg"}}}
	paths := stagetest.Input{Schema: stagetest.Schema(text("ID")), Rows: [][]any{{"a/1.jpg"}, {"b/1.jpg"}}}
	_, _, err = run(t, config(onFile, same("ID")), files, paths)
	if err == nil || !strings.Contains(err.Error(), `"1.jpg" matches several rows of the second table equally well: "a/1.jpg" in row 1 and "b/1.jpg" in row 2`) {
		t.Errorf("error %v", err)
	}
	_, ledger, err := run(t, config(onFile, same("ID")), paths, files)
	if err != nil || ledger.Counts()["rows that share a right-hand path with another"] != 1 {
		t.Errorf("%v, error %v", ledger.Counts(), err)
	}
}

// A branch of a table joins back to it by its key: the columns that both have
// are taken once.
func TestBranches(t *testing.T) {
	wide := columns.AppendFields(posts().Schema, stage.Mark(text("Code"), stage.Code, "coder"))
	s, err := join.Kind().Build("j", config(nil, same("ID"))).Schema([]*arrow.Schema{posts().Schema, wide})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"ID", "Username", "Likes", "Code"}, columns.Names(s)); d != "" {
		t.Error(d)
	}
	if stage.Find(s, stage.Key) != 0 || stage.Find(s, stage.Code) != 3 {
		t.Errorf("schema %s", s)
	}
	s, err = join.Kind().Build("j", config(func(c *join.Config) { c.Many = "all" }, same("ID"))).Schema([]*arrow.Schema{posts().Schema, wide})
	if err != nil || stage.Find(s, stage.Key) >= 0 {
		t.Errorf("the key stays although rows can repeat: %v, %v", s, err)
	}
}

func TestFaults(t *testing.T) {
	coded := stage.Mark(text("Code"), stage.Code, "a")
	again := stage.Mark(text("Code"), stage.Code, "b")
	list := arrow.Field{Name: "ID", Type: arrow.ListOf(arrow.BinaryTypes.String)}
	at := arrow.Field{Name: "ID", Type: &arrow.TimestampType{Unit: arrow.Second}}
	for _, c := range []struct {
		config      *join.Config
		left, right *arrow.Schema
		want        string
	}{
		{config(nil, same("Id")), posts().Schema, accounts().Schema, "on: the first table has no column `Id` (did you mean `ID`?)\non: the second table has no column `Id`"},
		{config(nil, same("ID"), same("Nope")), posts().Schema, posts().Schema, "on.Nope: the first table has no column `Nope`"},
		{config(nil, option.Pair{Left: "ID", Right: "Likes"}), posts().Schema, posts().Schema, "on: `ID` is text in the first table, and `Likes` is a whole number in the second (set the type where one of them is loaded: `types: {Likes: text}`)"},
		{config(nil, same("ID")), posts().Schema, stagetest.Schema(at), "`ID` is a time in the second"},
		{config(nil, same("ID")), posts().Schema, stagetest.Schema(list), "rows cannot be joined on `ID`, which is list"},
		{config(func(c *join.Config) { c.Match = "path" }, same("Likes")), posts().Schema, posts().Schema, "`match: path` compares text"},
		{config(nil, same("Username")), posts().Schema, posts().Schema, "prefix: both tables have the columns `ID`, `Likes`"},
		{config(nil, same("ID")), stagetest.Schema(key("ID"), coded), stagetest.Schema(key("ID"), again), "both tables have the column `Code` (`Code` comes from the stages `a` and `b`) (put a prefix before those of the second: `prefix: right_`"},
		{config(func(c *join.Config) { c.Prefix = "x" }, same("ID")), stagetest.Schema(key("ID"), text("xa")), stagetest.Schema(text("ID"), text("a")), "choose another prefix"},
	} {
		_, err := join.Kind().Build("j", c.config).Schema([]*arrow.Schema{c.left, c.right})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	if config(func(c *join.Config) { c.Match = "path" }, same("a"), same("b")).Validate() == nil {
		t.Error("paths of two columns are allowed")
	}
}

// Values of one class match whatever their types.
func TestTypes(t *testing.T) {
	now := time.Date(2021, 9, 26, 18, 0, 0, 0, time.UTC)
	zero := 0.0
	field := func(t arrow.DataType) arrow.Field { return arrow.Field{Name: "k", Type: t, Nullable: true} }
	for _, c := range []struct {
		left, right arrow.DataType
		l, r        []any
	}{
		{arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Uint64, []any{-1, 5, nil}, []any{uint64(1<<64 - 1), 5, 7}},
		{arrow.PrimitiveTypes.Float64, arrow.PrimitiveTypes.Float32, []any{1.25, -zero * 1, 0.1}, []any{0.5, 0.0, 0.2}},
		{arrow.FixedWidthTypes.Boolean, arrow.FixedWidthTypes.Boolean, []any{nil, true}, []any{false, true}},
		{arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Date64, []any{nil, now}, []any{now.AddDate(0, 0, 1), now}},
		{arrow.FixedWidthTypes.Timestamp_ms, &arrow.TimestampType{Unit: arrow.Second, TimeZone: "Europe/Berlin"}, []any{now.Add(time.Millisecond), now}, []any{now.Add(time.Second), now}},
		{arrow.BinaryTypes.LargeString, stagetest.Dictionary("x").Type, []any{nil, "ä"}, []any{"a", "ä"}},
	} {
		l := stagetest.Input{Schema: stagetest.Schema(field(c.left))}
		for _, v := range c.l {
			l.Rows = append(l.Rows, []any{v})
		}
		r := stagetest.Input{Schema: stagetest.Schema(field(c.right), num("n"))}
		for i, v := range c.r {
			r.Rows = append(r.Rows, []any{v, i})
		}
		rows, _, err := run(t, config(nil, same("k")), l, r)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if want := any(int64(1)); i == 1 && row[1] != want || i != 1 && row[1] != nil {
				t.Errorf("%s and %s: row %d is %v", c.left, c.right, i, row)
			}
		}
	}
}
