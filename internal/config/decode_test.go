package config

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"icono/internal/diag"
	"icono/internal/option"
	"icono/internal/source"
)

type inner struct {
	Low float64 `yaml:"low" min:"0" max:"1"`
}

type Shared struct {
	Speed int `yaml:"speed" min:"1"`
}

type sample struct {
	Name   string               `yaml:"name" required:"true" example:"x"`
	Mode   string               `yaml:"mode" enum:"auto,cpu,cuda"`
	Size   int                  `yaml:"size" min:"1" max:"10"`
	Share  *float64             `yaml:"share" min:"0" max:"1"`
	On     bool                 `yaml:"on"`
	Where  option.Expression    `yaml:"where"`
	Path   option.Path          `yaml:"path"`
	Words  []string             `yaml:"words" max:"3"`
	Labels option.Map[[]string] `yaml:"labels"`
	Types  option.Map[string]   `yaml:"types" enum:"text,int"`
	Keys   option.Pairs         `yaml:"keys"`
	Deep   inner                `yaml:"deep"`
	Shared `yaml:",inline"`
	hidden string // an unexported field is no option
}

func decode(t *testing.T, text string) (sample, []diag.Diagnostic) {
	t.Helper()
	root, faults := source.Parse(source.NewFile("c.yaml", text))
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	c := sample{Shared: Shared{3}, Mode: "auto", Size: 4, hidden: "kept"}
	var list diag.List
	Decode(root, &c, source.Span{}, "the stage `s`", &list)
	return c, list.Sorted()
}

func TestDecodeFillsEveryType(t *testing.T) {
	got, faults := decode(t, `
name: n
share: 0.5
on: true
where: 3
path: a/b.csv
words: one
labels: {B: [x, y], A: z}
types: {zip: text}
keys: {ID: post_id}
deep: {low: 1}
speed: 5
`)
	if len(faults) > 0 {
		t.Fatalf("faults: %+v", faults)
	}
	half := 0.5
	want := sample{Shared: Shared{5}, hidden: "kept", Name: "n", Mode: "auto", Size: 4, Share: &half, On: true, Where: "3", Path: "a/b.csv", Words: []string{"one"},
		Labels: option.Map[[]string]{{Key: "B", Value: []string{"x", "y"}}, {Key: "A", Value: []string{"z"}}},
		Types:  option.Map[string]{{Key: "zip", Value: "text"}}, Keys: option.Pairs{{Left: "ID", Right: "post_id"}}, Deep: inner{1}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(sample{})); d != "" {
		t.Error(d)
	}
}

func TestDecodeReportsMistakes(t *testing.T) {
	cases := map[string]struct{ text, code, message string }{
		"required":           {"mode: cpu", "required", "needs the option `name`"},
		"unknown":            {"name: n\nmoed: cpu", "unknown-option", "has no option `moed`"},
		"enum":               {"name: n\nmode: gpu", "not-a-choice", "cannot be \"gpu\""},
		"below":              {"name: n\nsize: 0", "range", "between 1 and 10"},
		"not an integer":     {"name: n\nsize: 2.5", "type", "an integer, not the number 2.5"},
		"text for number":    {"name: n\nsize: \"2\"", "type", "an integer, not the text"},
		"octal":              {"name: n\nsize: 007", "octal", "octal"},
		"yes for true":       {"name: n\non: yes", "type", "true or false"},
		"number for text":    {"name: 01234", "text-meant", "01234 as the number 668"},
		"date for text":      {"name: 2021-09-26", "text-meant", "the date 2021-09-26"},
		"bool for text":      {"name: true", "text-meant", "true as true or false"},
		"bare no":            {"name: no", "bool-word", "many YAML readers"},
		"number as category": {"name: n\nlabels: {2021: [x]}", "key-text", "the number 2021"},
		"bare yes category":  {"name: n\nlabels: {Yes: [x]}", "bool-word", "Yes"},
		"no value":           {"name: n\npath:", "no-value", "`path` has no value"},
		"list for text":      {"name: [a]", "type", "must be text, not a list"},
		"mapping for list":   {"name: n\nwords: {a: b}", "type", "must be a list"},
		"too many":           {"name: n\nwords: [a, b, c, d]", "range", "at most 3"},
		"element":            {"name: n\ntypes: {a: date}", "not-a-choice", "`a` cannot be"},
		"nested range":       {"name: n\ndeep: {low: 2}", "range", "`low`"},
		"nested unknown":     {"name: n\ndeep: {lou: 2}", "unknown-option", "lou"},
		"not a number":       {"name: n\nshare: .nan", "type", "must be a number"},
		"whole":              {"[a]", "type", "must be a mapping of options"},
		"empty":              {"name: ''", "no-value", "is empty"},
		"no pairs":           {"name: n\nkeys: []", "no-value", "names no column"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, faults := decode(t, c.text)
			at := slices.IndexFunc(faults, func(d diag.Diagnostic) bool { return d.Code == c.code && strings.Contains(d.Message, c.message) })
			if at < 0 {
				t.Errorf("want %s %q, got %+v", c.code, c.message, faults)
			}
		})
	}
}

func TestUnknownOptionSuggests(t *testing.T) {
	_, faults := decode(t, "name: n\nmoed: cpu")
	if len(faults) != 1 || !strings.Contains(faults[0].Hint, "`mode`") {
		t.Errorf("no suggestion of mode: %+v", faults)
	}
}

func TestSchemaKeepsOrderAndConstraints(t *testing.T) {
	text, err := json.Marshal(Schema(Describe(&sample{Mode: "auto", Size: 4}), func(_, field string) string { return "doc of " + field }))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"type":"object","properties":{"name":{"description":"doc of Name"`,
		`"size":{"description":"doc of Size","type":"integer","minimum":1,"maximum":10,"default":4}`,
		`"enum":["auto","cpu","cuda"],"default":"auto"`,
		`"additionalProperties":false,"required":["name"]`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}
