package sample_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/sample"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(change func(*sample.Config)) *sample.Config {
	c := sample.Kind().NewConfig().(*sample.Config)
	change(c)
	return c
}

func number(n int, by ...string) *sample.Config {
	return config(func(c *sample.Config) { c.N, c.By = &n, by })
}

func share(s float64) *sample.Config { return config(func(c *sample.Config) { c.Share = &s }) }

func schema() *arrow.Schema {
	return stagetest.Schema(stagetest.Key("ID"), stagetest.Dictionary("Username"), stagetest.Int("Year"))
}

// posts are n rows of three accounts, one of them null.
func posts(n int) [][]any {
	out := make([][]any, n)
	for i := range out {
		out[i] = []any{fmt.Sprintf("%03d", i), []any{"cdu", "spd", nil}[i%7%3], []any{2017, 2021}[i%2]}
	}
	return out
}

func TestConform(t *testing.T) {
	in := []stagetest.Input{{Schema: schema(), Rows: posts(40)}}
	stagetest.Conform(t, sample.Kind(),
		stagetest.Case{Name: "n", Config: number(5), In: in},
		stagetest.Case{Name: "strata", Config: number(3, "Username", "Year"), In: in},
		stagetest.Case{Name: "all", Config: number(100), In: in, Appends: true},
		stagetest.Case{Name: "share", Config: share(0.5), In: in},
		stagetest.Case{Name: "whole", Config: share(1), In: in, Appends: true},
	)
}

// drawn runs a sample and returns its rows.
func drawn(t *testing.T, c *sample.Config, rows [][]any, batch int) ([][]any, *stagetest.Ledger) {
	env, ledger := stagetest.Env(t, memory.DefaultAllocator)
	rec := stagetest.Record(t, memory.DefaultAllocator, schema(), rows...)
	out := stagetest.Run(t, t.Context(), sample.Kind().Build("s", c), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, batch, true)})
	got, err := stagetest.Collect(out.Rows)
	if err != nil {
		t.Fatal(err)
	}
	return got, ledger
}

func keys(rows [][]any) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r[0].(string)
	}
	return out
}

// What is drawn today is drawn by every later version: the keys were found with
// Python's hashlib too.
func TestGolden(t *testing.T) {
	rows, _ := drawn(t, number(4), posts(40), 7)
	if d := cmp.Diff(goldenKeys(), keys(rows)); d != "" {
		t.Error(d)
	}
	for _, r := range rows {
		if r[3] != 0.1 {
			t.Errorf("row %v", r)
		}
	}
}

func goldenKeys() []string { return []string{"000", "002", "012", "036"} }

// A larger sample contains a smaller one, rows that come in reshuffle nothing
// but what they displace, shards of a share agree, and order is kept.
func TestNested(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		all := posts(rapid.IntRange(1, 60).Draw(r, "rows"))
		early := all[:rapid.IntRange(1, len(all)).Draw(r, "early")]
		small := rapid.IntRange(1, 20).Draw(r, "small")
		large := rapid.IntRange(small, 40).Draw(r, "large")
		by := rapid.SampledFrom([][]string{nil, {"Username"}, {"Year", "Username"}}).Draw(r, "by")
		batch := rapid.IntRange(1, 70).Draw(r, "batch")
		a, _ := drawn(t, number(small, by...), all, batch)
		b, _ := drawn(t, number(large, by...), all, 9)
		contains(r, keys(b), keys(a))
		c, _ := drawn(t, number(small, by...), early, batch)
		for _, k := range keys(a) { // what of it was there early was drawn early
			if k <= early[len(early)-1][0].(string) && !slices.Contains(keys(c), k) {
				r.Fatalf("%s is drawn once others come in", k)
			}
		}
		strata := map[string][]int{}
		for i, row := range all {
			s := ""
			for _, name := range by {
				s += fmt.Sprint(row[map[string]int{"Username": 1, "Year": 2}[name]], "|")
			}
			strata[s] = append(strata[s], i)
		}
		want := 0
		for _, rows := range strata {
			want += min(small, len(rows))
			for _, i := range rows {
				for _, row := range a {
					if row[0] == all[i][0] && row[3] != min(1, float64(small)/float64(len(rows))) {
						r.Fatalf("probability %v in a stratum of %d", row[3], len(rows))
					}
				}
			}
		}
		if len(a) != want || !slices.IsSorted(keys(a)) {
			r.Fatalf("%d rows, want %d: %v", len(a), want, keys(a))
		}
		s1 := rapid.Float64Range(0.01, 1).Draw(r, "share")
		s2 := rapid.Float64Range(s1, 1).Draw(r, "larger share")
		x, _ := drawn(t, share(s1), all, batch)
		y, _ := drawn(t, share(s2), all, batch)
		contains(r, keys(y), keys(x))
		left, _ := drawn(t, share(s1), early, batch)
		right, _ := drawn(t, share(s1), all[len(early):], batch)
		if !slices.Equal(append(keys(left), keys(right)...), keys(x)) {
			r.Fatal("two shards draw otherwise than the whole")
		}
	})
}

func contains(r *rapid.T, large, small []string) {
	for _, k := range small {
		if !slices.Contains(large, k) {
			r.Fatalf("%s is in the smaller sample only", k)
		}
	}
}

// A share and a sample by n of many rows come out about as they should.
func TestRate(t *testing.T) {
	rows := posts(5000)
	for i := range rows {
		rows[i][0] = fmt.Sprint("post-", i)
	}
	got, ledger := drawn(t, share(0.2), rows, 256)
	if len(got) < 900 || len(got) > 1100 { // 3.5 standard deviations
		t.Errorf("%d rows", len(got))
	}
	if d := cmp.Diff(map[string]int64{"not sampled": int64(5000 - len(got))}, ledger.DroppedRows()); d != "" {
		t.Error(d)
	}
}

func TestSeed(t *testing.T) {
	own := uint64(7)
	c := number(5)
	c.Seed = &own
	a, ledger := drawn(t, c, posts(40), 9)
	b, _ := drawn(t, number(5), posts(40), 9)
	if cmp.Equal(keys(a), keys(b)) {
		t.Error("the seed changes nothing")
	}
	if ledger.Facts()["seed"] != "7" {
		t.Error(ledger.Facts())
	}
}

func TestSmallStrata(t *testing.T) {
	_, ledger := drawn(t, number(10, "Username"), posts(30), 9)
	if d := cmp.Diff(map[string]int64{"strata with fewer rows than `n`": 2}, ledger.Counts()); d != "" {
		t.Error(d)
	}
	if w := ledger.Warnings(); len(w) != 1 || !strings.Contains(w[0], "2 of 3 strata have fewer than 10 rows") {
		t.Error(w)
	}
	_, ledger = drawn(t, number(31), posts(30), 9)
	if w := ledger.Warnings(); len(w) != 1 || !strings.Contains(w[0], "there are 30 rows, fewer than the 31 to draw") {
		t.Error(w)
	}
}

func TestFaults(t *testing.T) {
	twice, err := sample.Kind().Build("pilot", number(5)).Schema([]*arrow.Schema{schema()})
	if err != nil {
		t.Fatal(err)
	}
	if f := twice.Field(3); stage.RoleOf(f) != stage.Inclusion || stage.AddedBy(f) != "pilot" || f.Nullable {
		t.Errorf("field %v", f)
	}
	for _, c := range []struct {
		in     *arrow.Schema
		config *sample.Config
		want   string
	}{
		{stagetest.Schema(stagetest.Text("ID")), number(5), "these rows have none"},
		{twice, number(5), "column: the column `inclusion_probability` exists already: it comes from the stage `pilot` (give this one another name: `column: inclusion_probability_s`)"},
		{schema(), number(5, "User", "ID"), "by.0: there is no column `User`"},
		{stagetest.Schema(stagetest.Key("ID"), arrow.Field{Name: "Tags", Type: arrow.ListOf(arrow.BinaryTypes.String)}), number(5, "Tags"), "by.0: the column `Tags` holds lists"},
	} {
		_, err := sample.Kind().Build("s", c.config).Schema([]*arrow.Schema{c.in})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	n, s := 5, 0.0
	for _, c := range []*sample.Config{{}, {N: &n, Share: &s}, {Share: &s}, {Share: new(float64), By: []string{"x"}}} {
		var o *stage.OptionError
		if err := c.Validate(); !errors.As(err, &o) {
			t.Errorf("%+v: error %v", c, err)
		}
	}
}

// A sample of a sample draws its share of what the first has left, by lots of
// its own; two samples side by side still nest.
func TestChain(t *testing.T) {
	env, _ := stagetest.Env(t, memory.DefaultAllocator)
	rows := posts(4000)
	rec := stagetest.Record(t, memory.DefaultAllocator, schema(), rows...)
	build := func(id, column string, s float64) stage.Stage {
		return sample.Kind().Build(id, config(func(c *sample.Config) { c.Share, c.Column = &s, column }))
	}
	first := stagetest.Run(t, t.Context(), build("a", "p1", 0.5), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, 256, false)})
	second := stagetest.Run(t, t.Context(), build("b", "p2", 0.5), env, first)
	got, err := stagetest.Collect(second.Rows)
	if err != nil {
		t.Fatal(err)
	}
	// 1000 expected, with a standard deviation of 27 over seeds.
	if len(got) < 900 || len(got) > 1100 {
		t.Errorf("%d of 4000 rows are drawn twice with a half each", len(got))
	}
	beside, _ := drawn(t, share(0.5), rows, 256)
	if all := keys(beside); slices.ContainsFunc(keys(got), func(k string) bool { return !slices.Contains(all, k) }) {
		t.Error("the first sample of the chain is not the sample alone")
	}
}
