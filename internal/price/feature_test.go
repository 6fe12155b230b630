package price

import (
	"strings"
	"testing"

	"icono/internal/diag"
)

func TestFeaturesOfAPictureAddUp(t *testing.T) {
	tab := table(t)
	for want, features := range map[string][]string{
		"$0.00375": {"text", "objects"}, // what the ensemble of the method costs: 3.75 per 1000
		"$0.0015":  {"labels", "safe_search"},
		"$0.00150": {"safe_search"},
		"$0.01325": {"text", "objects", "labels", "safe_search", "faces", "logos", "landmarks", "web"},
	} {
		q := tab.Quote("google", features)
		if !q.Known() || strings.TrimRight(q.Picture.String(), "0") != strings.TrimRight(want, "0") {
			t.Errorf("%v cost %s, want %s (%v)", features, q.Picture, want, q.Unpriced)
		}
		if all := strings.Join(q.Assumes, "\n"); !strings.Contains(all, "up to 1000 pictures of each month") || len(q.Dates) != 1 || len(q.Sources) != 1 {
			t.Errorf("%v assume %s on %v by %v", features, all, q.Dates, q.Sources)
		}
	}
	q := tab.Quote("google", []string{"text", "objects"})
	if got := q.Of(10_000); got != 37_500_000_000 {
		t.Errorf("10,000 pictures cost %s", got)
	}
	if got := q.Of(1 << 62); got < 0 {
		t.Errorf("too many pictures cost %s", got)
	}
}

func TestUnknownFeatureIsNotFree(t *testing.T) {
	q := table(t).Quote("google", []string{"text", "colours"})
	if q.Known() || len(q.Unpriced) != 1 || q.Unpriced[0] != "colours" || q.Picture == 0 {
		t.Errorf("an unknown feature gives %+v", q)
	}
	if q := table(t).Quote("elsewhere", []string{"text"}); q.Known() {
		t.Errorf("an unknown service gives %+v", q)
	}
}

func TestFileLiesOverTheFeatures(t *testing.T) {
	f, faults := Parse("prices.yaml", "version: 1\ndate: \"2027-01-02\"\nmodels: []\nfeatures: [{service: google, feature: text, thousand: 0.1}, {service: here, feature: text, thousand: 0}]")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	tab := table(t).With("prices.yaml", f)
	if e, ok := tab.Feature("google", "text"); !ok || *e.Thousand != 0.1 || e.Date != "2027-01-02" || e.From != "prices.yaml" {
		t.Errorf("the feature reads %+v", e)
	}
	if q := tab.Quote("google", []string{"text", "objects"}); q.Picture != 100_000+2_250_000 || len(q.Dates) != 2 {
		t.Errorf("the quote is %+v", q)
	}
	if q := tab.Quote("here", []string{"text"}); !q.Known() || q.Picture != 0 {
		t.Errorf("what costs nothing gives %+v", q)
	}
	for text, want := range map[string]string{
		"[{service: google, feature: text}, {service: google, feature: text}]": "listed twice",
		"[{service: google}]":                                    "feature",
		"[{service: google, feature: text, thousand: -1}]":       "thousand",
		"[{service: google, feature: text, thousand: 10000000}]": "per thousand pictures",
		"[{service: google, feature: text, date: soon}]":         "is no date",
	} {
		_, faults := Parse("prices.yaml", "version: 1\ndate: \"2027-01-02\"\nmodels: []\nfeatures: "+text)
		var said []string
		for _, d := range faults {
			if d.Severity == diag.Error {
				said = append(said, d.Message)
			}
		}
		if !strings.Contains(strings.Join(said, "; "), want) {
			t.Errorf("%s says %q, want %q", text, said, want)
		}
	}
}
