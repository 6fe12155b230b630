package price

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"time"

	"icono/internal/config"
	"icono/internal/diag"
	"icono/internal/source"
)

//go:embed prices.yaml
var builtin string

// Table is the prices of models and of the features of pictures.
type Table struct {
	entries  []Entry
	features []FeatureEntry
}

// Entry is what is known about a model. The zero value knows nothing.
type Entry struct {
	Model
	// From names the file that says it.
	From string
}

// Builtin returns the prices that the program holds.
func Builtin() (*Table, error) {
	f, faults := Parse("the built-in prices", builtin)
	for _, d := range faults {
		if d.Severity == diag.Error {
			return nil, fmt.Errorf("the built-in prices: %s", d.Message)
		}
	}
	return (&Table{}).With("built-in", f), nil
}

// With returns the table with a file laid over it: the file's models replace
// those of the same id and provider, and one without a provider all of its id.
func (t *Table) With(from string, f File) *Table {
	out := &Table{features: t.overlay(from, f)}
	for _, m := range f.Models {
		if m.Date == "" {
			m.Date = f.Date
		}
		if m.Source == "" {
			m.Source = f.Source
		}
		out.entries = append(out.entries, Entry{m, from})
	}
	for _, old := range t.entries {
		if !slices.ContainsFunc(f.Models, func(m Model) bool {
			return m.Model == old.Model.Model && (m.Provider == "" || m.Provider == old.Provider)
		}) {
			out.entries = append(out.entries, old)
		}
	}
	return out
}

var datedVersion = regexp.MustCompile(`^(.+)-\d{4}-\d{2}-\d{2}$`)

// Find returns what is known about a model of a provider, by its id or, for a
// dated version, by the id without the date.
func (t *Table) Find(provider, model string) (Entry, bool) {
	for _, id := range []string{model, undated(model)} {
		for _, e := range t.entries {
			if e.Model.Model == id && (e.Provider == "" || e.Provider == provider) {
				return e, true
			}
		}
	}
	return Entry{}, false
}

func undated(model string) string {
	if m := datedVersion.FindStringSubmatch(model); m != nil {
		return m[1]
	}
	return model
}

// Priced reports whether the price of input and output is known.
func (e Entry) Priced() bool { return e.Input != nil && e.Output != nil }

// Warning words the end of the model: "" where none is known within 180 days of
// now.
func (e Entry) Warning(now time.Time) string {
	end, err := time.Parse(time.DateOnly, e.Shutdown)
	if err != nil {
		return ""
	}
	instead := ""
	if e.Replacement != "" {
		instead = "; its provider names " + e.Replacement + " in its place"
	}
	switch left := end.Sub(now); {
	case left <= 0:
		return fmt.Sprintf("%s was shut down on %s%s", e.Model.Model, e.Shutdown, instead)
	case left < 180*24*time.Hour:
		return fmt.Sprintf("%s will be shut down on %s%s", e.Model.Model, e.Shutdown, instead)
	}
	return ""
}

// Parse reads a price file, in YAML or JSON. The diagnostics say all that is
// wrong; the file is usable where none of them is an error.
func Parse(name, text string) (File, []diag.Diagnostic) {
	var f File
	var list diag.List
	node, faults := source.Parse(source.NewFile(name, text))
	for _, e := range faults {
		list.Error("syntax", e.Span, e.Message, e.Hint)
	}
	if node == nil || list.HasErrors() {
		return f, list.Sorted()
	}
	if node.Form != source.Mapping {
		list.Error("type", node.Span, "a price file is a mapping, not "+node.Describe(), "it begins with `version: 1`")
		return f, list.Sorted()
	}
	config.Decode(node, &f, node.Span, "a price file", &list)
	if list.HasErrors() {
		return f, list.Sorted()
	}
	date(node.Get("date"), f.Date, &list)
	f.checkFeatures(node.Get("features"), &list)
	for i, m := range f.Models {
		at := node.Get("models")
		if at.Form == source.Sequence {
			at = at.Items[i]
		}
		m.check(at, &list)
		for _, other := range f.Models[:i] {
			if other.Model == m.Model && other.Provider == m.Provider {
				list.Error("duplicate", at.Get("model").Span, fmt.Sprintf("the model %q is listed twice", m.Model), "keep one of the entries")
			}
		}
	}
	return f, list.Sorted()
}

func date(at *source.Node, text string, list *diag.List) {
	if text == "" {
		return
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		list.Error("date", at.Span, fmt.Sprintf("%q is no date", text), "dates are written as \"2026-11-01\"")
	}
}

// check reports what the types of options cannot say.
func (m Model) check(at *source.Node, list *diag.List) {
	date(at.Get("date"), m.Date, list)
	date(at.Get("shutdown"), m.Shutdown, list)
	switch {
	case m.Input == nil && m.Output != nil:
		list.Error("half-a-price", at.Span, fmt.Sprintf("%s has a price for output and none for input", m.Model), "add `input`; 0 where it costs nothing")
	case m.Input != nil && m.Output == nil:
		list.Error("half-a-price", at.Span, fmt.Sprintf("%s has a price for input and none for output", m.Model), "add `output`; 0 where it costs nothing")
	}
	for _, p := range []*float64{m.Input, m.Output, m.Cached, m.CacheWrite} {
		if p != nil && *p > 1e6 {
			list.Error("price", at.Span, fmt.Sprintf("%s costs %v dollars per million tokens", m.Model, *p), "prices are in dollars per million tokens")
		}
	}
	if g := m.Images; g != nil {
		if why := g.fault(); why != "" {
			list.Error("images", at.Get("images").Span, why, "")
		}
	}
}

func (g Images) fault() string {
	switch {
	case g.Rule == "patch" && g.Multiplier == 0:
		return "the rule patch needs a `multiplier`"
	case g.Rule == "tile" && g.PerTile == 0:
		return "the rule tile needs `per_tile`"
	case g.Rule == "fixed" && g.Base == 0:
		return "the rule fixed needs `base`"
	case g.Rule == "crops" && (g.Least == 0 || g.Base < g.Least):
		return "the rule crops needs `least`, and `base` at least as large"
	case g.MultiplierHigh != 0 && g.MultiplierHigh < g.Multiplier:
		return "`multiplier_high` is below `multiplier`"
	}
	return ""
}
