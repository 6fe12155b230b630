package ensemble_test

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
	"icono/stages/ensemble"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(method string, change func(*ensemble.Config)) *ensemble.Config {
	c := ensemble.Kind(nil).NewConfig().(*ensemble.Config)
	c.Method = method
	if change != nil {
		change(c)
	}
	return c
}

func inputs(pairs ...string) option.Map[option.Expression] {
	var out option.Map[option.Expression]
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, option.Entry[option.Expression]{Key: pairs[i], Value: option.Expression(pairs[i+1])})
	}
	return out
}

func words(pairs ...string) option.Map[string] {
	var out option.Map[string]
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, option.Entry[string]{Key: pairs[i], Value: pairs[i+1]})
	}
	return out
}

func code(name, by string, categories ...string) arrow.Field {
	return stage.WithCategories(stage.Mark(stagetest.Dictionary(name), stage.Code, by), categories)
}

func schema() *arrow.Schema {
	return stagetest.Schema(stagetest.Key("ID"), code("Classification", "types", "Collages", "Photo", "Other"), code("Type", "frames", "Collage", "Photo", "Other"),
		stagetest.Text("Human Code"), stagetest.Float("Score"), stagetest.Int("Likes"), stagetest.Bool("Ad"),
		arrow.Field{Name: "Objects", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true})
}

func rows() [][]any {
	return [][]any{
		{"1", "Collages", "Collage", "Collage", 0.5, 0, true, []any{"Person"}},
		{"2", "Photo", "Collage", "Photo", 0.25, 3, false, []any{}},
		{"3", "Photo", "Other", "Collage", 0.125, 2, nil, nil},
		{"4", nil, nil, " ", nil, nil, nil, nil},
		{"5", "Other", nil, nil, 1.0, 4, true, []any{"Person", "Chair"}},
		{"6", "Photo", "Other", nil, 0.75, 1, false, []any{nil}},
	}
}

// three are the inputs of a vote of two models and a person.
func three(c *ensemble.Config) {
	c.Inputs, c.Crosswalk = inputs("CLIP", "Classification", "GPT", "Type", "Person", "Human Code"), words("Collages", "Collage")
	c.Categories = []string{"Collage", "Photo", "Other"}
}

// run gives the columns that a stage appends, and what the ledger was told.
func run(t testing.TB, c *ensemble.Config, s *arrow.Schema, in [][]any, batch int) ([][]any, *stagetest.Ledger, error) {
	t.Helper()
	env, ledger := stagetest.Env(t, memory.DefaultAllocator)
	rec := stagetest.Record(t, memory.DefaultAllocator, s, in...)
	out := stagetest.Run(t, t.Context(), ensemble.Kind(nil).Build("merged", c), env, stage.Table{Schema: s, Rows: stagetest.Batches(rec, batch, true)})
	got, err := stagetest.Collect(out.Rows)
	for i := range got {
		got[i] = got[i][s.NumFields():]
	}
	return got, ledger, err
}

func TestConform(t *testing.T) {
	in := []stagetest.Input{{Schema: schema(), Rows: rows()}}
	rules := func(c *ensemble.Config) {
		c.Inputs, c.Else = inputs("CLIP", "Classification", "Objects", "Objects"), "Other"
		c.Rules = []ensemble.Rule{{When: `"Person" in Objects`, Then: "Photo"}, {When: `CLIP == "Collages" or Likes > 2`, Then: "Collages", Name: "many"}}
	}
	cases := []stagetest.Case{
		{Name: "vote", Config: config("vote", three)},
		{Name: "vote with all options", Config: config("vote", func(c *ensemble.Config) {
			three(c)
			c.CrosswalkOf = option.Map[option.Map[string]]{{Key: "Person", Value: words("Photo", "Other")}}
			c.Weights, c.Missing, c.MinVotes, c.Ties, c.Prefer = option.Map[float64]{{Key: "GPT", Value: 2}}, "count", 2, "input", []string{"Person", "GPT"}
			c.Column = "Ensemble"
		})},
		{Name: "vote without categories", Config: config("vote", func(c *ensemble.Config) {
			c.Inputs = inputs("Person", `$env["Human Code"]`, "Ad", "Ad", "many", `Likes > 2 ? "Photo" : "Other"`)
		})},
		{Name: "rules", Config: config("rules", rules)},
		{Name: "rules without inputs", Config: config("rules", func(c *ensemble.Config) { c.Rules = []ensemble.Rule{{When: "12 % Likes == 0", Then: "x"}} })},
		{Name: "mean", Config: config("mean", func(c *ensemble.Config) {
			c.Inputs = inputs("Score", "Score", "Ad", "Ad", "likes", "Likes / 4")
		})},
	}
	for i := range cases {
		cases[i].In, cases[i].Appends = in, true
		if cases[i].Name == "rules without inputs" { // no row whose condition fails
			cases[i].In = []stagetest.Input{{Schema: schema(), Rows: rows()[1:]}}
		}
	}
	stagetest.Conform(t, ensemble.Kind(nil), cases...)
}

func TestVote(t *testing.T) {
	got, ledger, err := run(t, config("vote", three), schema(), rows(), 4)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{"Collage", "Collage 3", 1.0, "CLIP; GPT; Person", "ok", nil},
		{"Photo", "Photo 2, Collage 1", 2. / 3, "CLIP; Person", "ok", nil},
		{nil, "Photo 1, Other 1, Collage 1", 1. / 3, nil, "ok", nil},
		{nil, nil, nil, nil, "missing", "no input has a value"},
		{"Other", "Other 1", 1.0, "CLIP", "ok", nil},
		{nil, "Photo 1, Other 1", 0.5, nil, "ok", nil},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int64{"ties without a code": 2}, ledger.Counts()) + cmp.Diff(map[string]string{"alpha": "0.079 (nominal); 3 inputs, 4 rows with at least two codes",
		"unanimous":         "1 of 4 rows with at least two votes (25.0 %)",
		"agreement of CLIP": "3 of 3 rows with both codes (100.0 %)", "agreement of GPT": "1 of 2 rows with both codes (50.0 %)", "agreement of Person": "2 of 2 rows with both codes (100.0 %)"}, ledger.Facts()); d != "" {
		t.Error(d)
	}
	for name, c := range map[string]struct {
		change func(*ensemble.Config)
		want   [][]any // the last three rows
	}{
		"first": {func(c *ensemble.Config) { c.Ties = "first" }, [][]any{{nil, nil, nil, nil, "missing", "no input has a value"}, {"Other", "Other 1", 1.0, "CLIP", "ok", nil}, {"Photo", "Photo 1, Other 1", 0.5, "CLIP", "ok", nil}}},
		"order, weights, count": {func(c *ensemble.Config) {
			c.Ties, c.Prefer, c.Missing, c.Weights = "order", []string{"Other"}, "count", option.Map[float64]{{Key: "CLIP", Value: 0.5}, {Key: "Person", Value: 0.25}}
		}, [][]any{{nil, nil, nil, nil, "missing", "no input has a value"}, {nil, "(none) 1.25, Other 0.5", 1.25 / 1.75, nil, "ok", nil}, {"Other", "Other 1, Photo 0.5, (none) 0.25", 1 / 1.75, "GPT", "ok", nil}}},
		"none": {func(c *ensemble.Config) { c.Missing = "none" }, [][]any{{nil, nil, nil, nil, "missing", "no input has a value"},
			{nil, nil, nil, nil, "missing", "no value in `GPT`, `Person` (`missing: none`)"}, {nil, nil, nil, nil, "missing", "no value in `Person` (`missing: none`)"}}},
		"at least two": {func(c *ensemble.Config) { c.MinVotes = 2 }, [][]any{{nil, nil, nil, nil, "missing", "no input has a value"},
			{nil, nil, nil, nil, "missing", "1 of 3 inputs have a value, and `min_votes` is 2"}, {nil, "Photo 1, Other 1", 0.5, nil, "ok", nil}}},
	} {
		got, _, err := run(t, config("vote", func(with *ensemble.Config) { three(with); c.change(with) }), schema(), rows(), 2)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, got[3:]); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// A code that no category is named after is a fault of its row.
func TestUnknownCode(t *testing.T) {
	got, _, err := run(t, config("vote", three), schema(), [][]any{{"1", "Photo", "Photo", "Foto", nil, nil, nil, nil}, rows()[0]}, 2)
	if err != nil || got[0][4] != "invalid" || got[0][5] != "the input `Person` has the code `Foto`, which is none of the categories" || got[1][4] != "ok" {
		t.Errorf("%v, %v", got, err)
	}
}

// A vote gives each row what the row alone would have, in batches of any size and
// in any order.
func TestRowsAlone(t *testing.T) {
	s := stagetest.Schema(stagetest.Key("ID"), code("a", "x", "p", "q", "r"), stagetest.Text("b"), code("c", "y", "r", "q"))
	rapid.Check(t, func(r *rapid.T) {
		pick := func() any {
			return rapid.SampledFrom([]any{nil, "q", "r"}).Draw(r, "code")
		}
		var in [][]any
		for i := range rapid.IntRange(1, 20).Draw(r, "rows") {
			in = append(in, []any{fmt.Sprint(i), pick(), pick(), pick()})
		}
		c := config("vote", func(c *ensemble.Config) {
			c.Inputs, c.Categories = inputs("a", "a", "b", "b", "c", "c"), []string{"r", "q", "p"}
			c.Ties = rapid.SampledFrom([]string{"none", "first"}).Draw(r, "ties")
			c.Missing = rapid.SampledFrom([]string{"skip", "count", "none"}).Draw(r, "missing")
		})
		all, _, err := run(t, c, s, in, rapid.IntRange(1, 9).Draw(r, "batch"))
		if err != nil {
			r.Fatal(err)
		}
		order := rapid.Permutation(in).Draw(r, "order")
		for i, row := range order[:min(4, len(order))] {
			one, _, err := run(t, c, s, [][]any{row}, 1)
			var at int
			if _, scan := fmt.Sscan(row[0].(string), &at); err != nil || scan != nil || !cmp.Equal(one[0], all[at]) {
				r.Fatalf("row %d (%v): %v alone and %v among others, %v", i, row, one, all[at], err)
			}
		}
	})
}

func TestVoteFaults(t *testing.T) {
	two := func(change func(*ensemble.Config)) *ensemble.Config {
		return config("vote", func(c *ensemble.Config) {
			c.Inputs, c.Crosswalk = inputs("CLIP", "Classification", "GPT", "Type"), words("Collages", "Collage")
			change(c)
		})
	}
	for want, c := range map[string]*ensemble.Config{
		"inputs.GPT: there is no column `Typ` (did you mean `Type`?)":            two(func(c *ensemble.Config) { c.Inputs[1].Value = "Typ" }),
		"crosswalk.Colages: no input has the category `Colages` (did you mean `": two(func(c *ensemble.Config) { c.Crosswalk[0].Key = "Colages" }),
		"crosswalk_of.GPT.Collages: the input `GPT` has no category `Collages` (did you mean `Collage`?)": two(func(c *ensemble.Config) {
			c.CrosswalkOf = option.Map[option.Map[string]]{{Key: "GPT", Value: words("Collages", "Collage")}}
		}),
		"inputs.CLIP: the input `CLIP` has the category `Collages`, which is none of `categories` (did you mean `Collage`? `crosswalk: {Collages: Collage}` says so)": two(func(c *ensemble.Config) {
			c.Crosswalk, c.Categories = nil, []string{"Collage", "Photo", "Other"}
		}),
		"inputs.S: the input `S` is float64, which is no code (`method: mean` averages numbers)": two(func(c *ensemble.Config) { c.Inputs = append(c.Inputs, inputs("S", "Score")...) }),
		"inputs.O: the input `O` is list<":                 two(func(c *ensemble.Config) { c.Inputs = append(c.Inputs, inputs("O", "Objects")...) }),
		"prefer.0: there is no category `Foto`":            two(func(c *ensemble.Config) { c.Ties, c.Prefer = "order", []string{"Foto"} }),
		"column: the column `Type` exists already: it com": two(func(c *ensemble.Config) { c.Column = "Type" }),
		"inputs.CLIP: `Collages` of the input `CLIP` and `Collage` of `GPT` are two categories here (if they are one, say so: `crosswalk: {Collages: Collage}`)": two(func(c *ensemble.Config) { c.Crosswalk = nil }),
	} {
		_, err := ensemble.Kind(nil).Build("merged", c).Schema([]*arrow.Schema{schema()})
		var o *stage.OptionError
		if !errors.As(err, &o) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant %s", err, want)
		}
		if o != nil && o.Warning != strings.Contains(want, "are two categories") {
			t.Errorf("a warning: %v: %v", o.Warning, err)
		}
	}
}
