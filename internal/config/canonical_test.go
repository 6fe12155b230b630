package config_test

import (
	"fmt"
	"testing"

	"icono/internal/config"
	"icono/internal/diag"
	"icono/internal/option"
	"icono/internal/source"
)

type sub struct {
	Side int `yaml:"side"`
	Wait int `yaml:"wait" operational:"true"`
}

type shared struct {
	Speed int           `yaml:"speed" operational:"true"`
	Key   option.Secret `yaml:"key"`
	Heat  *float64      `yaml:"heat"`
}

type whole struct {
	Name   string               `yaml:"name"`
	List   []string             `yaml:"list"`
	Labels option.Map[[]string] `yaml:"labels"`
	Types  option.Map[string]   `yaml:"types" unordered:"true"`
	On     option.Pairs         `yaml:"on"`
	Sub    sub                  `yaml:"sub"`
	shared `yaml:",inline"`
}

// Settings are equal where two texts say the same, and only there.
func TestSettings(t *testing.T) {
	usual := func() *whole { return &whole{Name: "usual", Sub: sub{Side: 3}} }
	settings := func(text string) string {
		t.Helper()
		root, faults := source.Parse(source.NewFile("x.yaml", text))
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		c := usual()
		var list diag.List
		config.Decode(root, c, source.Span{}, "it", &list)
		if list.HasErrors() {
			t.Fatal(list.Sorted()[0].Message)
		}
		return fmt.Sprint(config.Settings(c, usual()))
	}
	for _, same := range [][2]string{
		{"{name: other, list: [a]}", "list: a\nname: 'other' # a comment\n"},
		{"{name: usual}", "{speed: 3, key: '${KEY}', sub: {wait: 9}}"},
		{"{sub: {side: 3}}", "{on: X, name: usual}"[:0] + "{name: usual}"},
		{"{types: {a: b, c: d}}", "{types: {c: d, a: b}}"},
		{"{on: ID}", "{on: {ID: ID}}"},
		{"{heat: 0.50}", "{heat: 0.5}"},
	} {
		if a, b := settings(same[0]), settings(same[1]); a != b {
			t.Errorf("%s and %s: %s, %s", same[0], same[1], a, b)
		}
	}
	seen := map[string]string{}
	for _, text := range []string{"{name: usual}", "{name: other}", "{list: [a, b]}", "{list: [b, a]}", "{labels: {a: [x], b: [y]}}", "{labels: {b: [y], a: [x]}}", "{labels: {a: [x, y]}}",
		"{types: {a: b}}", "{types: {b: a}}", "{on: {a: b}}", "{sub: {side: 4}}", "{heat: 0}", "{heat: 1}"} {
		got := settings(text)
		if other, twice := seen[got]; twice {
			t.Errorf("%s and %s are told the same: %s", text, other, got)
		}
		seen[got] = text
	}
}
