package pipeline_test

import (
	"strings"
	"testing"

	"icono/internal/diag"
	"icono/internal/pipeline"
)

const small = "- {id: rows, kind: numbers, with: {n: 10}}\n- {id: even, kind: multiples}\n- {id: codes, kind: coder, on_fault: keep}\n"

func TestSet(t *testing.T) {
	for set, want := range map[string]int64{
		"rows.n=6":           3, // an option that is there
		"even.of=5":          2, // a new option
		"even.with.of=5":     2, // the whole path
		"codes.from=rows":    10,
		"codes.with={}":      5,
		"codes.every=2":      5,
		"even.of = 3":        4, // spaces
		"even.with={of: 10}": 1,
	} {
		if r := run(t, small, nil, set); r.err != nil || r.facts["codes"].Out != want {
			t.Errorf("--set %s: %d rows, want %d, %v", set, r.facts["codes"].Out, want, r.err)
		}
	}
	if r := run(t, small, nil, "codes.on_fault=drop", "codes.every=1"); r.facts["codes"].Out != 0 || r.err != nil {
		t.Errorf("on_fault=drop: %d rows, %v", r.facts["codes"].Out, r.err)
	}
	if p, faults := check(t, small, "seed=77", "name=another"); p.Doc.Seed != 77 || p.Doc.Name != "another" {
		t.Errorf("%+v %v", p.Doc, faults)
	}
	// The file's own values stay as they are where an override does not reach.
	if r := run(t, small, nil, "rows.n=8", "rows.n=4"); r.facts["codes"].Out != 2 {
		t.Errorf("the last of two overrides does not win: %d rows", r.facts["codes"].Out)
	}
}

func TestSetFaultsPointIntoTheOverride(t *testing.T) {
	for set, want := range map[string]string{
		"rows":                           "an override is written stage.option=value",
		"=3":                             "an override is written stage.option=value",
		"nix.n=3":                        "no stage has the id `nix`",
		"rows.m=3":                       "the stage `rows` has no option `m`",
		"rows.n=-3":                      "`n` is -3, and must be at least 0",
		"rows.n=[1":                      "the value cannot be read",
		"rows.n=":                        "`n` must be an integer",
		"even.from=nix":                  "no stage has the id `nix`",
		"even.from=codes":                "stages read each other in a circle",
		"even.kind=coder":                "", // `of` is not an option of coder; there is none here
		"seed=-1":                        "`seed` must be an integer from 0",
		"codes.on_fault=stop above 101%": "`on_fault` cannot be",
		"even.on_fault=drop":             "the kind `multiples` cannot fail on a single row",
		"sed=3":                          "a pipeline has no `sed`",
	} {
		_, faults := check(t, small, set)
		errs := 0
		for _, d := range faults {
			if d.Severity != diag.Error {
				continue
			}
			errs++
			if !strings.Contains(d.Message, want) || d.Span.File == nil || !strings.HasPrefix(d.Span.File.Name, "--set") {
				t.Errorf("--set %s: %s at %+v", set, d.Message, d.Span.File)
			}
		}
		if (errs == 1) != (want != "") {
			t.Errorf("--set %s: %d errors", set, errs)
		}
	}
}

func TestGraphs(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"- {id: a, kind: multiples, from: a}\n", "in a circle: `a` → `a`"},
		{"- {id: a, kind: multiples, from: b}\n- {id: b, kind: multiples, from: a}\n", "in a circle"},
		{"- {id: a, kind: multiples, from: c}\n- {id: b, kind: multiples, from: a}\n- {id: c, kind: multiples, from: b}\n", "`a` → `b` → `c` → `a`"},
		{"- {id: a, kind: multiples}\n", "takes one input, and the stage `a` has none"},
		{"- {id: a, kind: numbers}\n- {id: a, kind: multiples}\n", "two stages have the id `a`"},
		{"- {id: a, kind: numbers}\n- {id: b, kind: beside}\n", "takes 2 inputs, and the stage `b` has 1"},
		{"- {id: a, kind: numbers, from: b}\n- {id: b, kind: numbers}\n", "takes no input"},
		{"- {id: a, kind: numbers}\n- {id: b, kind: coder, with: {name: x}}\n- {id: c, kind: coder, with: {name: x}}\n", `the columns "x_status", "x_error" of the stage ` + "`c` exist already: they come from the stage `b`"},
	} {
		_, faults := check(t, c.text)
		var texts []string
		for _, d := range faults {
			if d.Severity == diag.Error {
				texts = append(texts, d.Message)
			}
		}
		if len(texts) != 1 || !strings.Contains(texts[0], c.want) {
			t.Errorf("%sgives %q, want %q", c.text, texts, c.want)
		}
	}
	p, faults := check(t, "- {id: last, kind: multiples, from: first}\n- {id: first, kind: numbers}\n")
	if len(p.Order) != 2 || p.Stages[p.Order[0]].ID != "first" {
		t.Errorf("a stage may read what the file names later: %v %v", p.Order, faults)
	}
}

func TestParsePolicy(t *testing.T) {
	for text, want := range map[string]pipeline.Policy{
		"keep": {}, "drop": {Drop: true}, "stop": {Stop: true}, "stop above 5%": {Stop: true, Share: 0.05}, "stop above 12.5%": {Stop: true, Share: 0.125},
	} {
		if got, err := pipeline.ParsePolicy(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "Keep", "stop above", "stop above 5", "stop above -1%", "stop above 101%", "stop above 1e3%", "stop above 5% ", "ignore"} {
		if got, err := pipeline.ParsePolicy(text); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}
