package filter_test

import (
	"errors"
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
	"icono/stages/filter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(where, onNull string) *filter.Config {
	c := filter.Kind().NewConfig().(*filter.Config)
	c.Where, c.OnNull = option.Expression(where), onNull
	return c
}

func schema() *arrow.Schema {
	return stagetest.Schema(stagetest.Key("ID"), stagetest.Int("Likes"), stagetest.Dictionary("Username"),
		arrow.Field{Name: "Tags", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true})
}

func rows() [][]any {
	return [][]any{
		{"01", 5, "cdu", []any{"x", "y"}}, {"02", 1, "spd", []any{}}, {"03", nil, "cdu", nil},
		{"04", 9, nil, []any{"z"}}, {"05", 2, "spd", nil}, {"06", 7, "cdu", []any{nil}}}
}

func TestConform(t *testing.T) {
	in := []stagetest.Input{{Schema: schema(), Rows: rows()}}
	stagetest.Conform(t, filter.Kind(),
		stagetest.Case{Name: "drop nulls", Config: config("Likes > 3", "drop"), In: in, Want: [][]any{
			{"01", int64(5), "cdu", []any{"x", "y"}}, {"04", int64(9), nil, []any{"z"}}, {"06", int64(7), "cdu", []any{nil}}}},
		stagetest.Case{Name: "keep nulls", Config: config("Username == 'spd'", "keep"), In: in, Want: [][]any{
			{"02", int64(1), "spd", []any{}}, {"04", int64(9), nil, []any{"z"}}, {"05", int64(2), "spd", nil}}},
		stagetest.Case{Name: "all", Config: config("true", "error"), In: in, Appends: true},
		stagetest.Case{Name: "none", Config: config("false", "drop"), In: in, Want: [][]any{}},
	)
}

func TestCounts(t *testing.T) {
	for onNull, want := range map[string][2]map[string]int64{
		"drop": {{"`where` is false": 2, "`where` is null": 1}, {}},
		"keep": {{"`where` is false": 2}, {"`where` is null, and the row is kept": 1}},
	} {
		mem := stagetest.Memory(t)
		env, ledger := stagetest.Env(t, mem)
		c := config("Likes > 3", onNull)
		out := stagetest.Run(t, t.Context(), filter.Kind().Build("f", c), env, stagetest.Table(t, mem, schema(), rows()...))
		if _, err := stagetest.Collect(out.Rows); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want[0], ledger.DroppedRows()) + cmp.Diff(want[1], ledger.Counts()); d != "" {
			t.Errorf("%s: %s", onNull, d)
		}
	}
}

func TestFaults(t *testing.T) {
	c := config("Likess > 3", "error")
	_, err := filter.Kind().Build("f", c).Schema([]*arrow.Schema{schema()})
	var o *stage.OptionError
	if !errors.As(err, &o) || o.Path[0] != "where" || o.Start != 0 || o.End != 6 || !strings.Contains(o.Hint, "`Likes`") {
		t.Errorf("error %#v", err)
	}
	for where, want := range map[string]string{
		"Likes > 3":       "row \"03\": `where` is null, because there is no value in `Likes`",
		"10 % Likes == 0": "row \"03\": `where` is null",
		"Tags[1] == 'y'":  "row \"02\": the expression `Tags[1] == 'y'` fails: index out of range",
	} {
		mem := stagetest.Memory(t)
		env, _ := stagetest.Env(t, mem)
		c := config(where, "error")
		out := stagetest.Run(t, t.Context(), filter.Kind().Build("f", c), env, stagetest.Table(t, mem, schema(), rows()...))
		if _, err := stagetest.Collect(out.Rows); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", where, err)
		}
	}
}

// A filter gives the rows that a loop over Go values gives.
func TestNaive(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var in, want [][]any
		limit := rapid.IntRange(0, 9).Draw(r, "limit")
		for i := range rapid.IntRange(0, 40).Draw(r, "rows") {
			key := string(rune('A' + i))
			n := rapid.IntRange(-1, 9).Draw(r, "likes")
			if n < 0 {
				in = append(in, []any{key, nil})
				continue
			}
			in = append(in, []any{key, n})
			if n > limit {
				want = append(want, []any{key, int64(n)})
			}
		}
		s := stagetest.Schema(stagetest.Key("ID"), stagetest.Int("Likes"))
		rec := stagetest.Record(t, memory.DefaultAllocator, s, in...)
		c := config("Likes > "+string(rune('0'+limit)), "drop")
		env, _ := stagetest.Env(t, memory.DefaultAllocator)
		rows := filter.Kind().Build("f", c).Run(t.Context(), env, []stage.Table{{Schema: s, Rows: stagetest.Batches(rec, rapid.IntRange(1, 9).Draw(r, "batch"), true)}})
		got, err := stagetest.Collect(rows)
		if err != nil {
			r.Fatal(err)
		}
		if len(got)+len(want) > 0 && !cmp.Equal(got, want) {
			r.Fatal(cmp.Diff(want, got))
		}
	})
}
