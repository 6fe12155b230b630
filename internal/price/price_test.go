package price

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"icono/internal/diag"
	"pgregory.net/rapid"
)

func table(t *testing.T) *Table {
	t.Helper()
	tab, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func entry(t *testing.T, model string) Entry {
	t.Helper()
	e, ok := table(t).Find("openai", model)
	if !ok {
		t.Fatalf("%s is not in the table", model)
	}
	return e
}

func TestMoneyIsWrittenExactly(t *testing.T) {
	for m, want := range map[Money]string{0: "$0.00", 1: "$0.000000001", 12_300_000: "$0.0123", Dollar: "$1.00", 1_500_000_000: "$1.50",
		-250_000_000: "-$0.25", math.MaxInt64: "$9223372036.854775807", math.MinInt64: "-$9223372036.854775808"} {
		if got := m.String(); got != want {
			t.Errorf("%d is %s, want %s", int64(m), got, want)
		}
	}
	for m, want := range map[Money]string{0: "$0.00", 1: "$0.000000001", 123_456: "$0.00012", 12_345_678: "$0.012", 123_456_789: "$0.12", 1_239_999_999: "$1.24", -12_345_678: "-$0.012"} {
		if got := m.Short(); got != want {
			t.Errorf("%d in short is %s, want %s", int64(m), got, want)
		}
	}
	if _, err := Dollars(math.NaN()); err == nil {
		t.Error("NaN became money")
	}
	if m, _ := Dollars(0.1); m != 100_000_000 {
		t.Errorf("0.1 dollars are %d", m)
	}
}

// The rate times the tokens, rounded up, as big numbers compute it.
func TestRateIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, n := rapid.Int64Min(0).Draw(t, "rate"), rapid.Int64Min(0).Draw(t, "tokens")
		x := new(big.Int).Mul(big.NewInt(r), big.NewInt(n))
		x.Add(x, big.NewInt(999_999)).Div(x, big.NewInt(1_000_000))
		want := int64(math.MaxInt64)
		if x.IsInt64() {
			want = x.Int64()
		}
		if got := rate(r).of(n); int64(got) != want {
			t.Fatalf("%d x %d = %d, want %d", r, n, got, want)
		}
	})
}

func TestCostsOfKnownModels(t *testing.T) {
	luna := entry(t, "gpt-6-luna")
	for _, c := range []struct {
		name  string
		e     Entry
		u     Usage
		batch bool
		want  string
	}{
		{"a million in", luna, Usage{Input: 200_000}, false, "$0.02"},
		{"out", luna, Usage{Output: 1_000_000}, false, "$0.50"},
		{"cached is not counted twice", luna, Usage{Input: 100_000, CachedInput: 100_000}, false, "$0.001"},
		{"half in the cache", luna, Usage{Input: 100_000, CachedInput: 50_000}, false, "$0.0055"},
		{"written to the cache", luna, Usage{Input: 100_000, CacheWrite: 100_000}, false, "$0.0125"},
		{"a batch", luna, Usage{Input: 100_000, Output: 100_000}, true, "$0.03"},
		{"long", luna, Usage{Input: 300_000, Output: 100_000}, false, "$0.135"},
		{"at the bound of long", luna, Usage{Input: 272_000}, false, "$0.0272"},
		{"more cached than input", luna, Usage{Input: 1000, CachedInput: 5000}, false, "$0.00001"},
		{"negative counts", luna, Usage{Input: -5, CachedInput: -5, Output: -5}, false, "$0.00"},
		{"gpt-4o by date", entry(t, "gpt-4o-2024-08-06"), Usage{Input: 1105, Output: 100}, false, "$0.0037625"},
	} {
		got, ok := c.e.Cost(c.u, c.batch)
		if !ok || got.String() != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, got, ok, c.want)
		}
	}
}

func TestUnknownPriceIsNotZero(t *testing.T) {
	tab := table(t)
	for _, c := range [][2]string{{"openai", "gpt-9"}, {"compatible", "gpt-4o"}, {"azure", "gpt-4o"}, {"openai", "gpt-4o-mini-extra"}} {
		if e, ok := tab.Find(c[0], c[1]); ok {
			t.Errorf("%v was found: %+v", c, e)
		}
	}
	for _, e := range []Entry{{}, entry(t, "gpt-5-mini")} {
		if m, ok := e.Cost(Usage{Input: 1000}, false); ok || m != 0 {
			t.Errorf("%q has the price %s", e.Model.Model, m)
		}
		if _, ok := e.Worst(1000, 100, false); ok {
			t.Errorf("%q has a worst case", e.Model.Model)
		}
		var s Estimate
		s.Add(e, Part{Text: Exactly(100), Output: Exactly(10)}, false, 7)
		if s.Unpriced != 7 || s.Requests != 7 || s.Cost != (Cap{}) {
			t.Errorf("an estimate without a price: %+v", s)
		}
	}
	if _, ok := entry(t, "gpt-6-luna").Worst(1000, 0, false); ok {
		t.Error("a worst case without a bound on the output")
	}
}

// No usage within the bounds costs more than the worst case that was reserved.
func TestWorstIsNeverExceeded(t *testing.T) {
	tab := table(t)
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom(tab.entries).Draw(t, "model")
		in, out := rapid.Int64Range(0, 1_000_000).Draw(t, "in"), rapid.Int64Range(1, 200_000).Draw(t, "out")
		batch := rapid.Bool().Draw(t, "batch")
		worst, ok := e.Worst(in, out, batch)
		u := Usage{Input: rapid.Int64Range(0, in).Draw(t, "input"), Output: rapid.Int64Range(0, out).Draw(t, "output"),
			CachedInput: rapid.Int64Range(-1, 2*in).Draw(t, "cached"), CacheWrite: rapid.Int64Range(-1, 2*in).Draw(t, "write")}
		if cost, _ := e.Cost(u, batch); ok && cost > worst+4 { // each of up to four parts is rounded up
			t.Fatalf("%s: %+v costs %s, above %s", e.Model.Model, u, cost, worst)
		}
	})
}

func TestEveryBuiltInModelIsSound(t *testing.T) {
	f, faults := Parse("prices.yaml", builtin)
	for _, d := range faults {
		t.Errorf("%v: %s", d.Span.File.Position(d.Span.Start), d.Message)
	}
	priced := 0
	for _, m := range f.Models {
		if m.Input != nil {
			priced++
			openai := m.Provider == "openai" && (m.Cached == nil || *m.Cached >= *m.Input || m.Batch == nil)
			if openai || *m.Output <= *m.Input || m.Images == nil {
				t.Errorf("%s lacks something or its prices are out of order", m.Model)
			}
		}
	}
	if priced != 15 {
		t.Errorf("%d models have prices, want 15", priced)
	}
}

func TestShutdownIsWarnedAbout(t *testing.T) {
	e := entry(t, "gpt-4o-2024-11-20")
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	for at, want := range map[string]string{"2026-11-20": "will be shut down on 2027-01-14; its provider names gpt-6-luna", "2027-02-01": "was shut down on 2027-01-14", "2026-01-01": ""} {
		if got := e.Warning(day(at)); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("at %s: %q", at, got)
		}
	}
}

func TestFileLiesOverTheTable(t *testing.T) {
	f, faults := Parse("mine.yaml", `
version: 1
date: "2026-12-01"
models:
  - {model: gpt-4o, provider: openai, input: 1, output: 2}
  - {model: llava, input: 0, output: 0}
  - {model: gpt-6-luna, input: 9, output: 9}
`)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	tab := table(t).With("mine.yaml", f)
	if e, _ := tab.Find("openai", "gpt-4o"); e.From != "mine.yaml" || *e.Input != 1 || e.Date != "2026-12-01" {
		t.Errorf("gpt-4o: %+v", e)
	}
	if e, ok := tab.Find("compatible", "llava"); !ok || !e.Priced() {
		t.Error("the free local model has no price")
	} else if cost, ok := e.Cost(Usage{Input: 1e6, Output: 1e6}, false); !ok || cost != 0 {
		t.Errorf("the free local model costs %s", cost)
	}
	if e, _ := tab.Find("openai", "gpt-6-luna"); *e.Input != 9 {
		t.Error("an entry without a provider does not replace the built-in one")
	}
	if e, _ := tab.Find("openai", "gpt-6-sol"); e.From != "built-in" {
		t.Error("the other models are lost")
	}
}

func TestFaultsOfPriceFiles(t *testing.T) {
	head := "version: 1\ndate: \"2026-11-01\"\n"
	for text, want := range map[string]string{
		"":    "empty",
		"- a": "a price file is a mapping",
		"version: 2\ndate: \"2026-11-01\"\nmodels: []": "version",
		head:                                     "needs the option `models`",
		head + "models: [{model: a, input: 1}]":  "a price for input and none for output",
		head + "models: [{model: a, output: 1}]": "a price for output and none for input",
		head + "models: [{model: a, input: -1, output: 1}]":                          "input",
		head + "models: [{model: a, inputs: 1}]":                                     "no option `inputs`",
		head + "models: [{model: a}, {model: a}]":                                    "listed twice",
		head + "models: [{model: a, shutdown: soon}]":                                "is no date",
		head + "models: [{model: a, images: {rule: patch}}]":                         "needs a `multiplier`",
		head + "models: [{model: a, images: {rule: tile, base: 1}}]":                 "needs `per_tile`",
		head + "models: [{model: a, input: 20000000, output: 1}]":                    "dollars per million",
		"version: 1\ndate: \"1.11.2026\"\nmodels: [{model: a, input: 1, output: 1}]": "is no date",
	} {
		_, faults := Parse("prices.yaml", text)
		var said []string
		for _, d := range faults {
			if d.Severity == diag.Error {
				said = append(said, d.Message)
			}
		}
		if !strings.Contains(strings.Join(said, "; "), want) {
			t.Errorf("%q says %q, want %q", text, said, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(builtin)
	f.Add("version: 1\nmodels: 3")
	f.Fuzz(func(t *testing.T, text string) {
		file, faults := Parse("x", text)
		for _, d := range faults {
			if d.Severity == diag.Error {
				return
			}
		}
		tab := (&Table{}).With("x", file)
		for _, m := range file.Models {
			e, ok := tab.Find(m.Provider, m.Model)
			if !ok {
				t.Fatalf("%q is not found", m.Model)
			}
			if cost, _ := e.Cost(Usage{Input: 1e6, CachedInput: 5, Output: 1e6}, true); cost < 0 {
				t.Fatalf("%q costs %s", m.Model, cost)
			}
			if r, _ := e.Pictures(1080, 1350, "auto"); r.Low > r.Expected || r.Expected > r.High || r.Low < 0 {
				t.Fatalf("%q counts %+v", m.Model, r)
			}
		}
	})
}
