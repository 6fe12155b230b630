package price

import (
	"fmt"
	"slices"
	"strings"

	"icono/internal/diag"
	"icono/internal/source"
)

// Feature is what a price file says about one thing that a service finds in a
// picture.
type Feature struct {
	// The service.
	Service string `yaml:"service" required:"true" example:"google"`
	// The feature, by the name that the kind vision has for it.
	Feature string `yaml:"feature" required:"true" example:"text"`
	// The price of a thousand pictures. A feature that costs nothing says 0.
	Thousand *float64 `yaml:"thousand" min:"0" example:"1.50"`
	// The feature beside which this one costs nothing.
	FreeWith string `yaml:"free_with" example:"labels"`
	// How many pictures of a month cost nothing. Estimates say it and do not
	// subtract it, since others may have used them up.
	FreeMonthly int `yaml:"free_monthly" min:"0" example:"1000"`
	// The day on which the price was read, where it is not the file's.
	Date string `yaml:"date"`
	// Where the price was read.
	Source string `yaml:"source"`
	// What else is to be known.
	Note string `yaml:"note"`
}

// FeatureEntry is what is known about a feature.
type FeatureEntry struct {
	Feature
	// From names the file that says it.
	From string
}

// Quote is what the features of one picture cost.
type Quote struct {
	// Picture is the price of a picture with all features whose price is known.
	Picture Money
	// Unpriced are the features whose price is not known.
	Unpriced []string
	// Assumes are the reasons and conditions of the price, a line for each.
	Assumes []string
	// Dates and Sources are those of the prices, each once.
	Dates, Sources []string
}

// Known reports whether the prices of all features are known.
func (q Quote) Known() bool { return len(q.Unpriced) == 0 }

// Of returns the price of some pictures at the list price: what is free each month
// is not subtracted.
func (q Quote) Of(pictures int64) Money { return Money(product(int64(q.Picture), pictures)) }

// Feature returns what is known about a feature of a service.
func (t *Table) Feature(service, feature string) (FeatureEntry, bool) {
	for _, f := range t.features {
		if f.Service == service && f.Feature.Feature == feature {
			return f, true
		}
	}
	return FeatureEntry{}, false
}

// Quote returns what some features of a service cost for one picture. A feature
// that is free beside another costs nothing where both are wanted.
func (t *Table) Quote(service string, wanted []string) Quote {
	var q Quote
	var free []string // by the features that they hold for
	monthly := 0
	for _, name := range wanted {
		f, ok := t.Feature(service, name)
		if !ok || f.Thousand == nil {
			q.Unpriced = append(q.Unpriced, name)
			continue
		}
		q.Dates, q.Sources = once(q.Dates, f.Date), once(q.Sources, f.Source)
		if f.FreeWith != "" && slices.Contains(wanted, f.FreeWith) {
			q.Assumes = append(q.Assumes, name+" is free beside "+f.FreeWith)
			continue
		}
		cost := rate(0)
		if m, err := Dollars(*f.Thousand); err == nil {
			cost = rate(m)
		}
		q.Picture = q.Picture.plus(cost.of(1000)) // a thousandth, rounded up
		q.Assumes = append(q.Assumes, fmt.Sprintf("%s at %s per 1000 pictures", name, Money(cost)))
		if f.FreeMonthly > 0 {
			free, monthly = append(free, name), max(monthly, f.FreeMonthly)
		}
		if f.Note != "" {
			q.Assumes = once(q.Assumes, name+": "+f.Note)
		}
	}
	if len(free) > 0 {
		q.Assumes = append(q.Assumes, fmt.Sprintf("up to %d pictures of each month cost nothing for each of %s; that is not subtracted", monthly, strings.Join(free, ", ")))
	}
	return q
}

func once(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// overlay lays the features of a file over the table's.
func (t *Table) overlay(from string, f File) []FeatureEntry {
	var out []FeatureEntry
	for _, feature := range f.Features {
		if feature.Date == "" {
			feature.Date = f.Date
		}
		if feature.Source == "" {
			feature.Source = f.Source
		}
		out = append(out, FeatureEntry{feature, from})
	}
	for _, old := range t.features {
		if !slices.ContainsFunc(f.Features, func(n Feature) bool { return n.Service == old.Service && n.Feature == old.Feature.Feature }) {
			out = append(out, old)
		}
	}
	return out
}

// checkFeatures reports what the types of options cannot say.
func (f File) checkFeatures(at *source.Node, list *diag.List) {
	for i, feature := range f.Features {
		here := at
		if at.Form == source.Sequence {
			here = at.Items[i]
		}
		date(here.Get("date"), feature.Date, list)
		if feature.Thousand != nil && *feature.Thousand > 1e6 {
			list.Error("price", here.Span, fmt.Sprintf("%s costs %v dollars per thousand pictures", feature.Feature, *feature.Thousand), "prices are in dollars per thousand pictures")
		}
		for _, other := range f.Features[:i] {
			if other.Service == feature.Service && other.Feature == feature.Feature {
				list.Error("duplicate", here.Span, fmt.Sprintf("the feature %q of %s is listed twice", feature.Feature, feature.Service), "keep one of the entries")
			}
		}
	}
}
