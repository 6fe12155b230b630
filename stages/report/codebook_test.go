package report

import (
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/coding"
	"icono/internal/stage"
	"icono/internal/stagetest"
)

// allTypes is a codebook with a variable of each type.
const allTypes = `
version: 1
title: Stalls and stages
variables:
  - name: Scene.Kind
    question: 'How close is the speaker to the audience?'
    definition: The distance between the two, whatever the place.
    level: ordinal
    explain: true
    categories:
      - {name: FarAway, definition: On a stage or behind a barrier., examples: [a rally, a screen], counter_examples: [a street stall]}
      - {name: AtTable, definition: At a table or a stall.}
      - {name: Among, definition: Among them.}
    other: true
    unclear: true
  - {name: Symbols, question: 'Which symbols are shown?', type: multi, categories: [{name: Flag, definition: Any flag.}, {name: Logo, definition: The logo of a party.}]}
  - {name: People.Shown, question: 'Are there people?', type: boolean}
  - {name: People.Count, question: 'How many people?', type: integer, min: 0, level: ratio, when: People.Shown}
  - {name: Warmth, question: 'How warm is the light?', type: number, min: 0, max: 10}
  - {name: Slogan, question: 'Which slogan can be read?', type: text}
`

// book is the table that a stage makes which codes by allTypes, in some runs.
func book(t testing.TB, runs int) *arrow.Schema {
	scheme, _, err := coding.OpenBook(func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(allTypes)), nil }, "book.yaml")
	if err != nil {
		t.Fatal(err)
	}
	image := stage.WithRoot(stage.Mark(stagetest.Text("Image"), stage.Image, "load"), "media")
	return stagetest.Schema(append([]arrow.Field{stagetest.Key("ID"), image}, coding.Layout(scheme, "frames", "", runs).Fields()...)...)
}

// bookRows are rows of it for several runs.
func bookRows() [][]any {
	return [][]any{
		{"01", "a.png", "It stands on a stage.", "FarAway", []any{"Flag", "Logo"}, true, 40, 2.5, "Forward!", 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, "ok", nil},
		{"02", "b c#1.png", "There is a table.", "AtTable", []any{}, true, 3, 7.25, nil, 2. / 3, 1.0, 1.0, 1. / 3, 1.0, 1.0, "ok", nil},
		{"03", "a.png", nil, nil, []any{"Flag"}, false, nil, 9.0, "Forward!", 1. / 3, 1.0, 1.0, 1.0, 1.0, 2. / 3, "ok", nil},
		{"04", "a.png", "Nobody can be seen.", "Unclear", []any{"Logo"}, false, nil, 0.0, "<b>Now</b>", 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, "ok", nil},
		{"05", "a.png", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, "refused", "no"},
	}
}

// bookFacts are those of a run in which a model answered, or people.
func bookFacts(model string) stage.RunFacts {
	return stage.RunFacts{Name: "stalls", Seed: 2021, Stages: []stage.StageFacts{{ID: "load", Kind: "load", Out: 5},
		{ID: "frames", Kind: "gpt", In: 5, Out: 5, Faults: []stage.Count{{Name: "refused", N: 1}}, Counted: []stage.Count{{Name: "strata with fewer rows than `n`", N: 1}},
			Facts: []stage.Fact{{Name: "model", Value: model}, {Name: "runs", Value: "3"}}}}}
}

func TestConformOfACodebook(t *testing.T) {
	in := []stagetest.Input{{Schema: book(t, 3), Rows: bookRows()}}
	stagetest.Conform(t, Kind(), stagetest.Case{Name: "all types", Config: options(nil), In: in, Appends: true})
}

// sectionText returns the text of the section of a variable.
func sectionText(t *testing.T, page, id string) string {
	for _, e := range elements(tree(t, page), "section") {
		if at, _ := attr(e, "id"); at == id {
			return squeeze(text(e))
		}
	}
	t.Fatalf("there is no section %s", id)
	return ""
}

func TestLegend(t *testing.T) {
	page := made(t, options(nil), bookFacts("gpt-x"), book(t, 3), 256, bookRows()...)
	for id, wants := range map[string][]string{
		"summary": {"6 variables were coded by the stage frames (gpt) with the model gpt-x by the codebook Stalls and stages ; faults: 1 refused.",
			"Scene_Kind has a code in 3 of 5 rows (60.0 %); 1 row has none.", "It is true in 2 of 4 rows (50.0 %).",
			"Its numbers go from 0 to 9, the median is 4.875, the mean 4.688 (SD 4.16)."},
		"variable-1": {"How close is the speaker to the audience? The distance between the two, whatever the place.", "One code for each item; ordinal level, from lowest to highest.",
			"The value of the majority of 3 codings of a row; none in a tie.", "3 categories, in the order of the codebook, and 2 codes for what they leave over.",
			"On a stage or behind a barrier. For example: a rally; a screen. Not: a street stall.", "Unclear The item does not show enough to decide. 1 33.3 %",
			"on average 75.0 % of the codings have the value given, and all of them in 2 of 4 rows (50.0 %)",
			"All codes Scene_Kind FarAway It stands on a stage. Symbols Flag; Logo People_Shown true People_Count 40 Warmth 2.5 Slogan Forward!",
			"All codes Scene_Kind AtTable (66.7 % of codings) There is a table. Symbols none of the codes People_Shown true People_Count 3 (33.3 % of codings) Warmth 7.25 Slogan –"},
		"variable-2": {"Any number of codes for each item, also none; nominal level.", "Flag Any flag. 2 50.0 %", "Scene_Kind no majority (33.3 % of codings) Symbols Flag", "none of the codes 1 25.0 %", "no code 1 All rows 5"},
		"variable-3": {"True (yes) or false (no).", "true 2 50.0 %", "false 2 50.0 %"},
		"variable-4": {"A whole number from 0 on; ratio level.", "Otherwise its value is null.", "Rows Lowest Lower quartile Median Upper quartile Highest Mean Standard deviation 2 3 12.25 21.5 30.75 40 21.5 26.163"},
		"variable-5": {"without one", "8 – 9 0 9 – 10 1", "4 0 1.875 4.875 7.688 9 4.688 4.16"},
		"variable-6": {"Forward! 2 66.7 %", "drawn at random by the seed 2021.", "04 <b>Now</b>"},
		"stages":     {"strata with fewer rows than n : 1"},
	} {
		got := sectionText(t, page, id)
		for _, want := range wants {
			if !strings.Contains(got, squeeze(want)) {
				t.Errorf("%s: no %q in %s", id, want, got)
			}
		}
	}
	if strings.Contains(page, "They agree") || strings.Contains(page, "kappa") {
		t.Error("variables of one coder are said to agree")
	}
	if strings.Contains(page, "_explanation</bdi></h2>") || strings.Contains(page, "_agreement</bdi></h2>") {
		t.Error("what stands beside a variable is taken for one")
	}
}

// What people coded is not called a model's.
func TestHandCoded(t *testing.T) {
	for model, wants := range map[string][]string{
		"hand-coded":        {"6 variables were coded by people, not by a model (stage frames)", "no substitute for a second coder", "coded by people (stated as the model hand-coded)"},
		"gpt-x, hand-coded": {"with the model gpt-x , and in part by people"},
	} {
		page := made(t, options(nil), bookFacts(model), book(t, 1), 256, []any{"01", "a.png", "why", "AtTable", nil, true, 1, 2.0, "x", "ok", nil})
		got := squeeze(text(tree(t, page)))
		for _, want := range wants {
			if !strings.Contains(got, squeeze(want)) {
				t.Errorf("%s: no %q", model, want)
			}
		}
		if strings.Contains(got, "withthemodelhand-coded") || strings.Contains(got, "Agreementofcodings") {
			t.Errorf("%s: people are called a model, or one coding agrees with itself", model)
		}
	}
}

// A prompt of one's own gives texts: they are shown, and all of a row's below
// its picture.
func TestFreePrompt(t *testing.T) {
	scheme := coding.Free{Text: "Where?", Columns: []string{"Place", "Persons"}}
	image := stage.WithRoot(stage.Mark(stagetest.Text("Image"), stage.Image, "load"), "media")
	schema := stagetest.Schema(append([]arrow.Field{stagetest.Key("ID"), image}, coding.Layout(scheme, "frames", "", 1).Fields()...)...)
	page := made(t, options(nil), bookFacts("gpt-x"), schema, 256, []any{"01", "a.png", "Hall", "3", "ok", nil}, []any{"02", "a.png", "Hall", nil, "ok", nil}, []any{"03", "a.png", "Street", "1", "ok", nil})
	got := squeeze(text(tree(t, page)))
	for _, want := range []string{"2 variables were coded by the stage frames (gpt) with the model gpt-x.", "Place has a text in all 3 rows.", "Hall 2 66.7 %", "Texts of Persons , 2 of 2 rows with a text",
		"Rows drawn by the seed", "All codes Place Hall Persons 3", "All codes Place Hall Persons –"} {
		if !strings.Contains(got, squeeze(want)) {
			t.Errorf("no %q in %s", want, got)
		}
	}
}

// Two variables of yes and no are not two answers to one question, even of two
// coders.
func TestQuestions(t *testing.T) {
	of := func(by, name string, categories ...string) *variable {
		return newVariable(codeColumn{stage: by, variable: name, categories: categories}, 0, 0)
	}
	for _, c := range []struct {
		a, b *variable
		want bool
	}{
		{of("a", "X", "p", "q"), of("b", "Y", "p", "q"), true},
		{of("a", "X", "p", "q"), of("a", "Y", "p", "q"), false},
		{of("", "", "p", "q"), of("", "", "p", "q"), true},
		{of("a", "X", "true", "false"), of("b", "Y", "true", "false"), false},
		{of("a", "X", "true", "false"), of("b", "X", "true", "false"), true},
		{of("a", "X", "true", "false"), of("", "", "true", "false"), true},
	} {
		if got := (&cross{a: c.a, b: c.b}).sameQuestion(); got != c.want {
			t.Errorf("%s %s and %s %s: %v", c.a.stage, c.a.variable, c.b.stage, c.b.variable, got)
		}
	}
}

func TestMeasures(t *testing.T) {
	var a tallied
	for _, x := range []float64{0.1, 0.2, 0.3, 0.3, 1.2} {
		a.add(x)
	}
	if a.bars() != nil {
		t.Error("numbers that are not whole have a bar each")
	}
	classes := a.classes()
	var n int64
	for _, c := range classes {
		n += c.n
	}
	if n != 5 || classes[0].from != 0.1 || len(classes) != 12 || classes[2].n != 2 {
		t.Errorf("%+v", classes)
	}
	if a.quantile(0.5) != 0.3 || amount(a.mean) != "0.42" || amount(a.deviation()) != "0.444" {
		t.Errorf("median %g, mean %g, deviation %g", a.quantile(0.5), a.mean, a.deviation())
	}
	for range 2 {
		for i := range maxDistinct {
			a.add(float64(i) + 0.5)
		}
	}
	if !a.many || a.counts != nil || a.classes() != nil || a.bars() != nil || a.high != maxDistinct-0.5 {
		t.Error("too many numbers are kept")
	}
	var b tallied
	for _, x := range []float64{-2, 3, 3} {
		b.add(x)
	}
	if got := b.bars(); len(got) != 6 || got[0] != -2 || amount(got[0]) != "−2" {
		t.Errorf("%v", got)
	}
	var one tallied
	one.add(1e300)
	if one.classes() != nil || one.bars() != nil || amount(one.deviation()) != "–" {
		t.Errorf("%v %v", one.classes(), one.bars())
	}
}
