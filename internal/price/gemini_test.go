package price

import "testing"

// The tokens of pictures are those of Google's guide to media resolution: 280 and
// 1120 for the newer models, 64 at low and up to 2048 for those of 2.5.
func TestPicturesOfGemini(t *testing.T) {
	table, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		model  string
		w, h   int
		detail string
		want   Range
	}{
		{"gemini-3.5-flash-lite", 1080, 1920, "", Exactly(1120)},
		{"gemini-3.5-flash-lite", 1080, 1920, "high", Exactly(1120)},
		{"gemini-3.6-flash", 1080, 1920, "low", Exactly(280)},
		{"gemini-2.5-flash", 300, 300, "", Range{258, 258, 2048}},
		{"gemini-2.5-flash", 1080, 1920, "", Range{258, 1548, 2048}},
		{"gemini-2.5-flash-lite", 8000, 8000, "high", Range{258, 2048, 2048}},
		{"gemini-2.5-flash", 1080, 1920, "low", Exactly(64)},
	} {
		e, ok := table.Find("gemini", c.model)
		if !ok || !e.Priced() {
			t.Fatalf("%s has no price", c.model)
		}
		if got, why := e.Pictures(c.w, c.h, c.detail); got != c.want || why == "" {
			t.Errorf("%s %dx%d %s: %v (%s), want %v", c.model, c.w, c.h, c.detail, got, why, c.want)
		}
	}
	if _, ok := table.Find("openai", "gemini-2.5-flash"); ok {
		t.Error("Google's price holds for another provider")
	}
}
