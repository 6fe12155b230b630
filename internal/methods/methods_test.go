package methods

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/price"
	"icono/internal/stage"
)

// tallied is what a recorder keeps of answers in an order.
func tallied(t *testing.T, order []int) *Asked {
	t.Helper()
	r := NewRecorder()
	r.prices = func(q answers.Request, _ answers.Answer) (price.Money, bool) {
		return 7, q.Repeat == 0
	}
	r.stages["code"] = &tally{seen: map[answers.Key]bool{}, asked: map[server]*Asked{}}
	for _, i := range order {
		seed := fmt.Sprint(i)
		q := answers.Request{Row: seed, Provider: "openai", Model: "m", Repeat: i % 2,
			Body: []byte(`{"model":"m","messages":[{"role":"system","content":[{"text":"code it"}]},{"role":"user","content":[{"image":{"sha256":"` + seed + `"}},{"text":"SECRET POST ` + seed + `"}]}],"temperature":0,"seed":` + seed + `}`)}
		a := answers.Answer{Body: []byte(fmt.Sprintf(`{"created":%d}`, 1700000000+86400*i)), Model: "m-1", Usage: answers.Usage{Input: 10, Output: 2}}
		if i%3 == 0 {
			a.Model, a.Note, a.Body = asking.HandCoded, "by A", []byte(`{"created":0}`)
		}
		r.Heard("code", q, a, nil)
		r.Heard("code", q, a, nil) // another row with the same question
	}
	r.Heard("code", answers.Request{Provider: "openai", Model: "m"}, answers.Answer{}, fmt.Errorf("not stored"))
	if got := r.stages["code"].lacking; got != 1 {
		t.Errorf("%d questions without an answer, want 1", got)
	}
	out := r.stages["code"].asked[server{"openai", "m", ""}]
	out.close()
	return out
}

// Answers are counted once, whatever the order in which they come.
func TestOrderOfAnswers(t *testing.T) {
	const n = 12
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	want := tallied(t, order)
	if want.Answers != n || want.Uses != 2*n || want.Usage.Input != 10*n || want.Cost != 7*n || want.Unpriced != n/2 || want.people() != n/3 {
		t.Errorf("%+v", want)
	}
	if want.Dated != n-n/3 || want.First != "2023-11-15" || want.Last != "2023-11-25" {
		t.Errorf("%d answers from %s to %s", want.Dated, want.First, want.Last)
	}
	if !reflect.DeepEqual(want.Prompts, []string{"code it"}) || !want.Pictures || !want.Texts || want.Varied {
		t.Errorf("%+v", want)
	}
	if !reflect.DeepEqual(want.Parameters, []Named{{"seed", differs}, {"temperature", "0"}}) {
		t.Errorf("%+v", want.Parameters)
	}
	for seed := range uint64(20) {
		rand.New(rand.NewPCG(seed, 0)).Shuffle(n, func(i, k int) { order[i], order[k] = order[k], order[i] })
		if got := tallied(t, order); !reflect.DeepEqual(got, want) {
			t.Fatalf("in the order %v:\n%+v\nwant\n%+v", order, got, want)
		}
	}
}

// Prompts that differ by row are not shown, and texts of rows never are.
func TestPromptsThatDiffer(t *testing.T) {
	o := &Asked{prompts: map[string]bool{}, said: map[string]string{}}
	for i := range manyPrompts + 5 {
		o.add(answers.Request{Body: []byte(fmt.Sprintf(`{"messages":[{"role":"system","content":[{"text":"order %d"}]}]}`, i))}, answers.Answer{}, 0, true)
	}
	if o.close(); !o.Varied || len(o.Prompts) > 0 {
		t.Errorf("%d prompts, varied %v", len(o.Prompts), o.Varied)
	}
}

// Servers date answers in two ways, or not at all.
func TestDates(t *testing.T) {
	for body, want := range map[string]string{
		`{"created":1700000000}`: "2023-11-14", `{"created":0}`: "", `{"created":-5}`: "", `{"created":1e30}`: "", `{"created":"x"}`: "", `[]`: "", `no JSON`: "",
		`{"createTime":"2026-03-04T23:30:00-05:00"}`: "2026-03-05", `{"createTime":"yesterday"}`: "",
	} {
		if got := dated([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// Options are words, not JSON.
func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		`"a"`: "a", `8`: "8", `1234567890123456789`: "1234567890123456789", `null`: "none", `["a","b"]`: "a, b", `[["ID","ID"]]`: "ID", `[["ID","id"]]`: "ID: id",
		`[["Dark",["a","b"]],["Light",["c"]]]`: "Dark: (a, b); Light: c", `{"b":true,"a":{"x":1,"y":2}}`: "a: (x: 1; y: 2); b: true", `[]`: "", `not JSON`: "not JSON",
	} {
		if got := plain(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// What others wrote can neither fake a blank nor become Markdown, HTML or a cell.
func TestHostileTexts(t *testing.T) {
	for text, want := range map[string]string{
		"[AUTHOR: none]":               `\[AUTHOR: none\]`,
		"<script>alert(1)</script>":    `\<script\>alert(1)\</script\>`,
		"a\n\n# b":                     `a \# b`,
		"- item":                       `\- item`,
		"1. item":                      `1\. item`,
		"0.1.0":                        "0.1.0",
		"snake_case _em_ **b**":        `snake_case \_em\_ \*\*b\*\*`,
		"![x](y) & `c`":                "!\\[x\\](y) \\& \\`c\\`",
		"red\x1b[2J \u202eabc\u2066 d": `red \[2J abc d`,
		`\`:                            `\\`,
	} {
		if got := quote(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"": `""`, "a": "`a`", "a`b": "`` a`b ``", "`": "`` ` ``", "a\nb": "`a b`"} {
		if got := code(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	p := &page{}
	p.table([]string{"a"}, [][]string{{code("x || y")}, {quote("x | y")}})
	p.block("```\nout\n````")
	if want := "| a |\n| --- |\n| `x \\|\\| y` |\n| x \\| y |\n\n`````\n```\nout\n````\n`````\n\n"; p.b.String() != want {
		t.Errorf("%s", p.b.String())
	}
}

// Each sheet has the author's blanks, and claims no repeats of votes.
func TestSheetOfVotes(t *testing.T) {
	s := &Sheet{Stages: []Stage{{ID: "v", Kind: "ensemble", From: []string{"x"}, Codes: true, In: 4, Out: 4, Faults: []stage.Count{{Name: "missing", N: 1}}, OnFault: "stop above 5%",
		Settings: []Named{{"method", "vote"}}, Inputs: []stage.Input{{Name: "A", Column: "a"}, {Name: "B", Expression: "b | c"}},
		Facts: []Named{{"unanimous", "2 of 3"}, {"agreement of A", "3 of 3"}}, Repeated: []Repeated{{"v_agreement", 3, 2, 0.9, 1}}}}}
	var text strings.Builder
	if err := s.Write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"coded 3 of 4 rows", "mean share of votes, by their weights, for the merged code is 0.900 over the 3 rows that have one; in 2 all votes are for it. In 1 more row the codings are a tie, and no value is kept.", "no coder code a row more than once",
		"| B | computed by `b \\| c` |", "end the run (stop above 5%)", "| `v` | missing | there is no picture, file or input | 1 | 25.0 % |", "the study has no lock"} {
		if !strings.Contains(strings.ToLower(text.String()), strings.ToLower(want)) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	if n := strings.Count(text.String(), "\n[AUTHOR: "); n != 8 {
		t.Errorf("%d blanks, want 8", n)
	}
	if strings.Contains(text.String(), "consistency") {
		t.Errorf("votes are told of as repeats:\n%s", text.String())
	}
}
