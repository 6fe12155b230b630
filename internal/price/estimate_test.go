package price

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Worked examples of the providers' guides, and measured counts for gpt-6.
func TestTokensOfPictures(t *testing.T) {
	for _, c := range []struct {
		model  string
		w, h   int
		detail string
		want   Range
	}{
		{"gpt-4o", 1080, 1920, "high", Exactly(1105)},
		{"gpt-4o", 1080, 1080, "high", Exactly(765)},
		{"gpt-4o", 1080, 1350, "high", Exactly(765)},
		{"gpt-4o", 1024, 1024, "high", Exactly(765)},
		{"gpt-4o", 2048, 4096, "high", Exactly(1105)},
		{"gpt-4o", 4096, 8192, "low", Exactly(85)},
		{"gpt-4o", 1080, 1920, "auto", Range{85, 1105, 1105}},
		{"gpt-4o", 1080, 1920, "", Range{85, 1105, 1105}},
		{"gpt-4o", 300, 300, "high", Exactly(255)},
		{"gpt-5", 1080, 1920, "high", Exactly(70 + 6*140)},
		{"gpt-4.1-mini", 1024, 1024, "high", Exactly(1659)},              // 1024 patches x 1.62
		{"gpt-4.1-mini", 1800, 2400, "high", Range{2353, 2353, 6926}},    // 1452 patches x 1.62; not shrunk 4275
		{"gpt-5-mini", 1024, 1024, "high", Range{1229, 1229, 1659}},      // billed 1.2, documented 1.62
		{"gpt-5-mini", 1024, 1024, "low", Range{1229, 1229, 1659}},       // low has no effect
		{"gpt-6-luna", 256, 256, "high", Exactly(77)},                    // measured
		{"gpt-6-luna", 1080, 1920, "high", Exactly(2448)},                // measured
		{"gpt-6-luna", 4032, 3024, "auto", Exactly(14364)},               // measured
		{"gpt-6-luna", 2560, 1440, "high", Range{2931, 2931, 4320}},      // measured 2931
		{"gpt-6-luna", 3840, 2160, "high", Range{2931, 2931, 9792}},      // measured 2931
		{"gpt-6-luna", 4032, 3024, "high", Range{2942, 2942, 12000}},     // measured 2942
		{"gpt-5.6-luna", 4032, 3024, "auto", Range{11868, 11868, 12000}}, // measured for gpt-5.5
	} {
		got, why := entry(t, c.model).Pictures(c.w, c.h, c.detail)
		if got != c.want || why == "" {
			t.Errorf("%s %d x %d %s: %+v (%s), want %+v", c.model, c.w, c.h, c.detail, got, why, c.want)
		}
	}
}

func TestPicturesOfAnySize(t *testing.T) {
	tab := table(t)
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom(append(tab.entries, Entry{})).Draw(t, "model")
		w, h := rapid.IntRange(1, 60000).Draw(t, "w"), rapid.IntRange(1, 60000).Draw(t, "h")
		r, why := e.Pictures(w, h, rapid.SampledFrom([]string{"", "auto", "low", "high"}).Draw(t, "detail"))
		if r.Low < 1 || r.Low > r.Expected || r.Expected > r.High || why == "" {
			t.Fatalf("%s %d x %d: %+v (%s)", e.Model.Model, w, h, r, why)
		}
		if e.Images != nil && e.Images.Cap > 0 {
			across, down := patches(float64(w), float64(h), e.Images.Cap)
			if across*down > int64(e.Images.Cap) || across < 1 || down < 1 {
				t.Fatalf("%d x %d: %d x %d patches above %d", w, h, across, down, e.Images.Cap)
			}
		}
	})
}

// Counts of OpenAI's vocabularies o200k and cl100k, made with a tokenizer, lie in
// the range, and those of o200k near what is expected.
func TestTokensOfTexts(t *testing.T) {
	var total, expected int64
	for _, c := range []struct {
		text          string
		o200k, cl100k int64
	}{
		{"", 0, 0},
		{"Hello world", 2, 2},
		{"The quick brown fox jumps over the lazy dog.", 10, 10},
		{"antidisestablishmentarianism", 6, 6},
		{`{"Performance":"CampaignOrPartyEvent"}`, 8, 8},
		{`{"Performance":"CampaignOrPartyEvent","Environment":{"Location":"EventHall"},"Sleeves":false}`, 21, 21},
		{"Die Abgeordneten stimmten über den Gesetzentwurf ab.", 15, 18},
		{"Vláda vyhlásila nové parlamentní volby.", 13, 16},
		{"Chính phủ tuyên bố bầu cử quốc hội mới.", 14, 22},
		{"Правительство объявило о новых выборах в парламент.", 11, 23},
		{"Η κυβέρνηση ανακοίνωσε νέες εκλογές.", 10, 33},
		{"أعلنت الحكومة عن انتخابات برلمانية جديدة", 9, 29},
		{"הממשלה הכריזה על בחירות חדשות", 9, 28},
		{"सरकार ने नए संसदीय चुनावों की घोषणा की", 12, 40},
		{"รัฐบาลประกาศการเลือกตั้งใหม่", 7, 27},
		{"政府宣布举行新的议会选举。", 9, 17},
		{"政府は新しい議会選挙を発表した。", 14, 20},
		{"정부가 새로운 총선을 발표했다.", 8, 21},
		{"1234567890 2657484542301776130", 12, 12},
		{"@cdu #btw21 https://www.instagram.com/p/CUa1b2c3d4e/", 24, 24},
	} {
		r := Tokens(c.text)
		if r.Low > c.o200k || r.High < c.cl100k || r.High > TokensBound(c.text) {
			t.Errorf("%q: %+v without %d or %d", c.text, r, c.o200k, c.cl100k)
		}
		total, expected = total+c.o200k, expected+r.Expected
	}
	if expected < total*9/10 || expected > total*13/10 {
		t.Errorf("%d tokens expected of texts with %d", expected, total)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		r := Tokens(text)
		if r.Low < 0 || r.Low > r.Expected || r.Expected > r.High || r.High > TokensBound(text) {
			t.Fatalf("%q: %+v", text, r)
		}
	})
}

func TestOutputBySchema(t *testing.T) {
	r, why := Output([]byte(`{"type":"object","properties":{"Performance":{"enum":["CampaignOrPartyEvent","Other"]},
		"Environment":{"type":"object","properties":{"Location":{"$ref":"#/$defs/place"}}}, "Sleeves":{"type":"boolean"}},
		"$defs":{"place":{"enum":["EventHall","Home"]}}}`))
	// {"Performance":"Other","Environment":{"Location":"Home"},"Sleeves":true} is 17 tokens of o200k, the longest 21.
	if r.Low > 17 || r.High < 21 || r.Expected < 17 || r.Expected > 60 || why == "" {
		t.Errorf("%+v %s", r, why)
	}
	long, why := Output([]byte(`{"type":"object","properties":{"a":{"type":"array","items":{"type":["string","null"]}}}}`))
	if long.High < 300 || !strings.Contains(why, "1 free texts") {
		t.Errorf("a list of texts: %+v %s", long, why)
	}
	for _, bad := range []string{"", "3", `{"$ref":"#"}`, `{"$ref":"#/no"}`} {
		if r, why := Output([]byte(bad)); r.Low < 1 || r.High < r.Low || why == "" {
			t.Errorf("%q: %+v", bad, r)
		}
	}
}

func TestEstimateAddsUp(t *testing.T) {
	e := entry(t, "gpt-4o")
	var s Estimate
	s.Add(e, Part{Text: Range{100, 200, 300}, Pictures: Exactly(765), Output: Range{10, 20, 900}, MaxOutput: 600}, false, 1000)
	if s.Input != (Range{865_000, 965_000, 1_065_000}) || s.Output != (Range{10_000, 20_000, 600_000}) {
		t.Errorf("%+v", s)
	}
	// low: 100 cached at 1.25, 765 at 2.50, 10 out at 10; the others without a cache.
	if s.Cost.Low.String() != "$2.1375" || s.Cost.Expected.String() != "$2.6125" || s.Cost.High.String() != "$8.6625" {
		t.Errorf("%s %s %s", s.Cost.Low, s.Cost.Expected, s.Cost.High)
	}
	var half Estimate
	half.Add(e, Part{Text: Range{100, 200, 300}, Pictures: Exactly(765), Output: Range{10, 20, 900}, MaxOutput: 600}, true, 1000)
	if 2*half.Cost.Expected != s.Cost.Expected || 2*half.Cost.High != s.Cost.High {
		t.Errorf("a batch costs %s, want half of %s", half.Cost.Expected, s.Cost.Expected)
	}
	s.Add(e, Part{Text: Exactly(1 << 60)}, false, 1<<40)
	if s.Input.High < 0 || s.Cost.High < 0 {
		t.Errorf("overflow: %+v", s)
	}
}

func TestReasoningIsEstimatedWhereThereIsSome(t *testing.T) {
	if r, why := entry(t, "gpt-4o").Reasoning("high"); r != (Range{}) || why != "" {
		t.Errorf("gpt-4o reasons: %+v", r)
	}
	if r, _ := entry(t, "gpt-6-luna").Reasoning("none"); r != (Range{}) {
		t.Errorf("no effort: %+v", r)
	}
	last := int64(-1)
	for _, effort := range []string{"minimal", "low", "medium", "high", "xhigh"} {
		r, why := entry(t, "gpt-6-luna").Reasoning(effort)
		if r.Expected <= last || !strings.Contains(why, "assumed") {
			t.Errorf("%s: %+v %q", effort, r, why)
		}
		last = r.Expected
	}
}

func TestCalibration(t *testing.T) {
	p := Part{Text: Exactly(200), Pictures: Exactly(800), Output: Range{10, 50, 500}}
	var c Calibration
	if c.Apply(p) != p {
		t.Error("nothing observed changes an estimate")
	}
	for i := range int64(30) {
		c.Observe(p, 1200+i%3*100-100, 80) // 1100, 1200, 1300
	}
	c.Observe(p, 0, 5) // no usage reported
	got := c.Apply(p)
	want := Part{Text: Range{220, 240, 260}, Pictures: Range{880, 960, 1040}, Output: Range{80, 80, 80}}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	var few Calibration
	few.Observe(p, 1500, 10)
	if got := few.Apply(p); got.Text != (Range{200, 300, 300}) || got.Output != (Range{10, 10, 500}) {
		t.Errorf("after one answer: %+v", got)
	}
}

// The order of observations and merges does not matter.
func TestCalibrationCommutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		n := rapid.IntRange(1, 50).Draw(t, "n")
		r := rand.New(rand.NewPCG(seed, 1))
		var all, a, b Calibration
		type seen struct{ in, out int64 }
		list := make([]seen, n)
		for i := range list {
			list[i] = seen{r.Int64N(5000), r.Int64N(500)}
		}
		p := Part{Text: Exactly(100), Output: Exactly(50)}
		for _, s := range list {
			all.Observe(p, s.in, s.out)
		}
		for _, i := range r.Perm(n) {
			if i%2 == 0 {
				a.Observe(p, list[i].in, list[i].out)
			} else {
				b.Observe(p, list[i].in, list[i].out)
			}
		}
		b.Merge(a)
		if b != all {
			t.Fatalf("%+v, want %+v", b, all)
		}
	})
}
