package ensemble_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/ensemble"
)

// ruled is a configuration of rules over the model's code and what was found.
func ruled(change func(*ensemble.Config)) *ensemble.Config {
	return config("rules", func(c *ensemble.Config) {
		c.Inputs, c.Crosswalk = inputs("CLIP", "Classification", "Score", "Likes"), words("Collages", "Collage")
		c.Rules = []ensemble.Rule{
			{When: `CLIP == "Collage"`, Then: "Collage"},
			{When: `"Person" in Objects and Ad`, Then: "Campaign", Name: "persons"},
			{When: `Score > 1 and $env["Human Code"] != nil`, Then: "Photo"},
		}
		if change != nil {
			change(c)
		}
	})
}

func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		config *ensemble.Config
		want   [][]any
		counts map[string]int64
	}{
		"skip": {ruled(nil), [][]any{
			{"Collage", `1: CLIP == "Collage"`, "CLIP", "ok", nil},
			{"Photo", `3: Score > 1 and $env["Human Code"] != nil`, "CLIP", "ok", nil}, // Score is the input, which is Likes
			{"Photo", `3: Score > 1 and $env["Human Code"] != nil`, "CLIP", "ok", nil},
			{nil, nil, nil, "ok", nil},
			{"Campaign", "persons", "", "ok", nil},
			{nil, nil, nil, "ok", nil},
		}, map[string]int64{`rows for which rule ` + "`1: CLIP == \"Collage\"`" + ` is null`: 1, "rows for which rule `persons` is null": 2, "rows for which rule `3: Score > 1 and $env[\"Human Code\"] != nil` is null": 1,
			"rows for which no rule holds": 2}},
		"else": {ruled(func(c *ensemble.Config) { c.Else = "Other" }), [][]any{
			{"Collage", `1: CLIP == "Collage"`, "CLIP", "ok", nil},
			{"Photo", `3: Score > 1 and $env["Human Code"] != nil`, "CLIP", "ok", nil},
			{"Photo", `3: Score > 1 and $env["Human Code"] != nil`, "CLIP", "ok", nil},
			{"Other", "else", "", "ok", nil},
			{"Campaign", "persons", "", "ok", nil},
			{"Other", "else", "", "ok", nil},
		}, nil},
		"none": {ruled(func(c *ensemble.Config) { c.OnNull, c.Rules = "none", c.Rules[:2] }), [][]any{
			{"Collage", `1: CLIP == "Collage"`, "CLIP", "ok", nil},
			{nil, nil, nil, "ok", nil},
			{nil, nil, nil, "missing", "the rule `persons` is null, because there is no value in `Objects`, `Ad`"},
			{nil, nil, nil, "missing", "the rule `1: CLIP == \"Collage\"` is null, because there is no value in `CLIP`"},
			{"Campaign", "persons", "", "ok", nil},
			{nil, nil, nil, "ok", nil},
		}, nil},
	} {
		got, ledger, err := run(t, c.config, schema(), rows(), 4)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if d := cmp.Diff(c.counts, ledger.Counts()); d != "" && c.counts != nil {
			t.Errorf("%s: %s", name, d)
		}
	}
	_, _, err := run(t, ruled(func(c *ensemble.Config) { c.OnNull = "error" }), schema(), rows(), 4)
	if err == nil || !strings.Contains(err.Error(), "row \"4\": the rule `1: CLIP == \"Collage\"` is null, because there is no value in `CLIP` (`on_null: error`)") {
		t.Errorf("error %v", err)
	}
}

// A rule is not tried on rows that an earlier one has decided.
func TestRulesEndAtTheFirst(t *testing.T) {
	c := config("rules", func(c *ensemble.Config) {
		c.Rules = []ensemble.Rule{{When: "(Likes ?? 0) == 0", Then: "none"}, {When: "12 % Likes == 0", Then: "divides"}}
	})
	got, _, err := run(t, c, schema(), rows(), 3)
	if err != nil || got[0][0] != "none" || got[1][0] != "divides" || got[3][0] != "none" {
		t.Errorf("%v, %v", got, err)
	}
	c.Rules = c.Rules[1:]
	if _, _, err = run(t, c, schema(), rows(), 3); err == nil || !strings.Contains(err.Error(), `row "1": the expression`) {
		t.Errorf("error %v", err)
	}
}

// Lists of codes agree with nothing, though they have categories.
func TestListsOfCodes(t *testing.T) {
	tags := stage.WithCategories(stage.Mark(arrow.Field{Name: "Tags", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true}, stage.Code, "x"), []string{"a", "b"})
	got, _, err := run(t, config("rules", func(c *ensemble.Config) {
		c.Inputs, c.Rules = inputs("Tags", "Tags"), []ensemble.Rule{{When: `"a" in Tags`, Then: "a"}}
	}), stagetest.Schema(stagetest.Key("ID"), tags), [][]any{{"1", []any{"a", "b"}}, {"2", nil}}, 2)
	if d := cmp.Diff([][]any{{"a", `1: "a" in Tags`, "ok", nil}, {nil, nil, "ok", nil}}, got); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
}

func TestRuleFaults(t *testing.T) {
	for want, c := range map[string]*ensemble.Config{
		"rules.0.when: there is no column `CLIPP` (did you mean `CLIP`?)": ruled(func(c *ensemble.Config) { c.Rules[0].When = "CLIPP == 'x'" }),
		"rules.1.when: this gives text, and true or false is needed":      ruled(func(c *ensemble.Config) { c.Rules[1].When = "CLIP" }),
		"rules.2.then: `Foto` is none of `categories` (there is `Collage`, ": ruled(func(c *ensemble.Config) {
			c.Categories = []string{"Collage", "Campaign", "Photo"}
			c.Rules[2].Then = "Foto"
		}),
		"rules.2.when: this rule decides nothing: rule 1 has the same condition":         ruled(func(c *ensemble.Config) { c.Rules[2].When = " " + c.Rules[0].When }),
		"rules.1.when: this rule decides nothing: rule 1 always holds":                   ruled(func(c *ensemble.Config) { c.Rules = c.Rules[:2]; c.Rules[0].When = "true" }),
		"inputs.CLIP: there is no column `Classificatio` (did you mean `Classification`": ruled(func(c *ensemble.Config) { c.Inputs[0].Value = "Classificatio" }),
	} {
		_, err := ensemble.Kind(nil).Build("merged", c).Schema([]*arrow.Schema{schema()})
		var o *stage.OptionError
		if !errors.As(err, &o) || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("error %v\nwant %s", err, want)
		}
		if o != nil && o.Warning != strings.Contains(want, "decides nothing") {
			t.Errorf("a warning: %v: %v", o.Warning, err)
		}
	}
	// A warning does not keep the stage from running.
	if _, _, err := alone(t, ruled(func(c *ensemble.Config) { c.Rules[2].When = c.Rules[0].When })); err != nil {
		t.Error(err)
	}
}

// alone runs a stage whose schema comes with a warning.
func alone(t *testing.T, c *ensemble.Config) ([][]any, *stagetest.Ledger, error) {
	mem := stagetest.Memory(t)
	env, ledger := stagetest.Env(t, mem)
	got, err := stagetest.Collect(ensemble.Kind(nil).Build("merged", c).Run(t.Context(), env, []stage.Table{stagetest.Table(t, mem, schema(), rows()...)}))
	return got, ledger, err
}

func TestMean(t *testing.T) {
	c := config("mean", func(c *ensemble.Config) {
		c.Inputs, c.Weights = inputs("score", "Score", "ad", "Ad", "likes", "Likes / 4"), option.Map[float64]{{Key: "likes", Value: 2}}
	})
	in := rows()
	in[2][4] = math.NaN()
	got, _, err := run(t, c, schema(), in, 4)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{0.375, int64(3), 0.0, 1.0, "ok", nil},
		{0.4375, int64(3), 0.0, 0.75, "ok", nil},
		{0.5, int64(1), 0.5, 0.5, "ok", nil},
		{nil, int64(0), nil, nil, "missing", "no input has a value"},
		{1.0, int64(3), 1.0, 1.0, "ok", nil},
		{0.3125, int64(3), 0.0, 0.75, "ok", nil},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	c.MinVotes = 2
	if got, _, err = run(t, c, schema(), in, 4); err != nil || got[2][0] != nil || got[2][1] != int64(1) || got[2][5] != "1 of 3 inputs have a value, and `min_votes` is 2" {
		t.Errorf("%v, %v", got[2], err)
	}
	c.Inputs = append(c.Inputs, inputs("CLIP", "Classification")...)
	_, err = ensemble.Kind(nil).Build("m", c).Schema([]*arrow.Schema{schema()})
	if err == nil || !strings.Contains(err.Error(), "inputs.CLIP: the input `CLIP` is dictionary") {
		t.Errorf("error %v", err)
	}
}

func TestValidate(t *testing.T) {
	one := inputs("a", "a")
	for want, c := range map[string]*ensemble.Config{
		"there is nothing to merge":                              config("vote", nil),
		"rules: `rules` does nothing with `method: vote`":        config("vote", func(c *ensemble.Config) { c.Inputs, c.Rules = one, []ensemble.Rule{{When: "a", Then: "b"}} }),
		"`method: rules` needs rules":                            config("rules", nil),
		"missing: `missing: count` counts votes":                 config("mean", func(c *ensemble.Config) { c.Inputs, c.Missing = one, "count" }),
		"ties: `ties: input` needs a list":                       config("vote", func(c *ensemble.Config) { c.Inputs, c.Ties = one, "input" }),
		"prefer: `prefer` does nothing with `ties: none`":        config("vote", func(c *ensemble.Config) { c.Inputs, c.Prefer = one, []string{"a"} }),
		"prefer.0: there is no input `b`":                        config("vote", func(c *ensemble.Config) { c.Inputs, c.Ties, c.Prefer = one, "input", []string{"b"} }),
		"weights.b: there is no input `b`":                       config("vote", func(c *ensemble.Config) { c.Inputs, c.Weights = one, option.Map[float64]{{Key: "b", Value: 1}} }),
		"weights.a: the weight of `a` must be above 0":           config("mean", func(c *ensemble.Config) { c.Inputs, c.Weights = one, option.Map[float64]{{Key: "a", Value: 0}} }),
		"min_votes: `min_votes` is 2, and `inputs` has 1":        config("vote", func(c *ensemble.Config) { c.Inputs, c.MinVotes = one, 2 }),
		"categories.1: `x` is listed twice":                      config("vote", func(c *ensemble.Config) { c.Inputs, c.Categories = one, []string{"x", "x"} }),
		"`method: gpt` needs the option `model`":                 config("gpt", func(c *ensemble.Config) { c.Inputs = one }),
		"what to code is not said":                               config("gpt", func(c *ensemble.Config) { c.Inputs, c.Model = one, "m" }),
		"prompt: a prompt needs the columns that its answers":    config("gpt", func(c *ensemble.Config) { c.Inputs, c.Model, c.Prompt = one, "m", "x" }),
		"rules.1.name: two rules are called `x`":                 config("rules", func(c *ensemble.Config) { c.Rules = []ensemble.Rule{{"a", "b", "x"}, {"c", "d", "x"}} }),
		"crosswalk_of.b: there is no input `b`":                  config("vote", func(c *ensemble.Config) { c.Inputs, c.CrosswalkOf = one, option.Map[option.Map[string]]{{Key: "b"}} }),
		"model: `model` does nothing with `method: vote` (it is": config("vote", func(c *ensemble.Config) { c.Inputs, c.Model = one, "m" }),
	} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant %s", err, want)
		}
	}
}

// Rules decide as a chain of conditions does.
func TestRulesNaive(t *testing.T) {
	s := stagetest.Schema(stagetest.Key("ID"), stagetest.Int("n"))
	rapid.Check(t, func(r *rapid.T) {
		var in [][]any
		for i := range rapid.IntRange(0, 30).Draw(r, "rows") {
			row := []any{string(rune('A' + i)), nil}
			if n := rapid.IntRange(-1, 9).Draw(r, "n"); n >= 0 {
				row[1] = n
			}
			in = append(in, row)
		}
		got, _, err := run(t, config("rules", func(c *ensemble.Config) {
			c.Rules, c.Else = []ensemble.Rule{{When: "n % 3 == 0", Then: "fizz"}, {When: "n % 5 == 0", Then: "buzz"}}, "no"
		}), s, in, rapid.IntRange(1, 9).Draw(r, "batch"))
		if err != nil || len(got) != len(in) {
			r.Fatal(err)
		}
		for i, row := range in {
			want := "no"
			if n, ok := row[1].(int); ok && n%3 == 0 {
				want = "fizz"
			} else if ok && n%5 == 0 {
				want = "buzz"
			}
			if got[i][0] != want {
				r.Fatalf("%v is %v, want %s", row, got[i], want)
			}
		}
	})
}
