package caption_test

import (
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/asking/askingtest"
	"icono/internal/chat/chattest"
	"icono/internal/gemini/geminitest"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/caption"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func schema() *arrow.Schema {
	return stagetest.Schema(stagetest.Key("ID"), stage.Mark(stagetest.Text("File"), stage.Image, "posts"))
}

func rows() [][]any {
	return [][]any{{"1", "red.png"}, {"2", "gone.png"}, {"3", "blue.png"}, {"4", nil}, {"5", "text.png"}, {"6", "red.png"}}
}

func study(t testing.TB) stage.Study {
	t.Helper()
	return stagetest.Pictures(t, 60, 90)
}

func config(provider, url string, change func(*caption.Config)) *caption.Config {
	c := caption.Kind(nil).NewConfig().(*caption.Config)
	c.Provider, c.BaseURL, c.Key = provider, option.Endpoint(url), "MY_KEY"
	if provider == asking.OpenAI {
		c.Model = "gpt-4o"
	}
	if change != nil {
		change(c)
	}
	return c
}

func captioned(t testing.TB, a caption.Askers, c *caption.Config, files stage.Study, batch int) ([][]any, *stagetest.Ledger, error) {
	t.Helper()
	env, ledger := stagetest.Env(t, memory.DefaultAllocator)
	env.Study = files
	rec := stagetest.Record(t, memory.DefaultAllocator, schema(), rows()...)
	out := stagetest.Run(t, t.Context(), caption.Kind(a).Build("caption", c), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, batch, true)})
	got, err := stagetest.Collect(out.Rows)
	return got, ledger, err
}

// servers start one of each protocol; asked counts their requests.
func servers(t *testing.T, says string) map[string]struct {
	url    string
	asked  func() int
	bodies func() [][]byte
} {
	g := geminitest.Start(t, geminitest.Options{Key: askingtest.Key, KeepBodies: true, Script: func(*geminitest.Call) geminitest.Behaviour { return geminitest.Says(says) }})
	o := chattest.Start(t, chattest.Options{Key: askingtest.Key, KeepBodies: true, Script: func(*chattest.Call) chattest.Behaviour { return chattest.Says(says) }})
	return map[string]struct {
		url    string
		asked  func() int
		bodies func() [][]byte
	}{asking.Gemini: {g.URL, g.Asked, g.Bodies}, asking.OpenAI: {o.URL, o.Asked, o.Bodies}}
}

func TestColumns(t *testing.T) {
	const says = "  Zwei Menschen vor einer Wand – „ja“.\n"
	for provider, s := range servers(t, says) {
		t.Run(provider, func(t *testing.T) {
			folder, files := t.TempDir(), study(t)
			change := func(c *caption.Config) { c.Language, c.Words, c.Detail, c.MaxSide = "de", 12, "low", 50 }
			d := askingtest.Office(t, folder, nil)
			got, ledger, err := captioned(t, d, config(provider, s.url, change), files, 2)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.TrimSpace(says)
			want := [][]any{
				{"1", "red.png", text, "ok", nil},
				{"2", "gone.png", nil, "missing", "there is no file gone.png"},
				{"3", "blue.png", text, "ok", nil},
				{"4", nil, nil, "missing", "the row names no picture"},
				{"5", "text.png", nil, "unreadable", got[4][4]},
				{"6", "red.png", text, "ok", nil},
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			if s.asked() != 2 { // one picture has two rows
				t.Errorf("%d requests, want 2", s.asked())
			}
			if f := ledger.Facts(); f["model"] == "" || f["model asked"] == "" || f["server"] == "" {
				t.Errorf("facts %v", f)
			}
			body := string(s.bodies()[0])
			for _, part := range []string{"in German", "at most 12 words", "Do not identify anybody", "image/jpeg"} {
				if !strings.Contains(body, part) {
					t.Errorf("%q is not in what was sent: %.400s", part, body)
				}
			}
			if provider == asking.Gemini && !strings.Contains(body, "MEDIA_RESOLUTION_LOW") {
				t.Errorf("the media resolution is not sent: %.400s", body)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}

			// Replayed without key, server and network, by another batch size.
			again := askingtest.Office(t, folder, func(o *asking.Options) { o.Mode, o.Variable = answers.None, func(string) string { return "" } })
			replayed, _, err := captioned(t, again, config(provider, s.url, change), files, 1)
			if d := cmp.Diff(want, replayed); err != nil || d != "" || s.asked() != 2 {
				t.Errorf("%v %s", err, d)
			}
			// Another language is another question.
			_, _, err = captioned(t, again, config(provider, s.url, func(c *caption.Config) { change(c); c.Language = "en" }), files, 1)
			if err == nil {
				t.Error("a caption in another language was replayed")
			}
			askingtest.NoSecretIn(t, folder, askingtest.Key)
		})
	}
}

func TestConform(t *testing.T) {
	folder, files := t.TempDir(), study(t)
	first := askingtest.Office(t, folder, nil)
	var cases []stagetest.Case
	for provider, s := range servers(t, "A wall.") {
		c := config(provider, s.url, func(c *caption.Config) { c.Column = provider })
		if _, _, err := captioned(t, first, c, files, 3); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, stagetest.Case{Name: provider, Config: c, In: []stagetest.Input{{Schema: schema(), Rows: rows()}}, Appends: true, Study: files})
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	replay := askingtest.Office(t, folder, func(o *asking.Options) { o.Mode = answers.None })
	for _, c := range cases {
		if _, _, err := captioned(t, replay, c.Config.(*caption.Config), files, 3); err != nil {
			t.Fatal(err)
		}
	}
	stagetest.Conform(t, caption.Kind(replay), cases...)
}

// Each way in which Gemini gives no caption is a status of its own.
func TestFaultsOfGemini(t *testing.T) {
	for name, c := range map[string]struct {
		b      geminitest.Behaviour
		status string
	}{
		"a reason to refuse": {geminitest.Refuses("SAFETY"), "refused"},
		"a blocked question": {geminitest.Blocks("PROHIBITED_CONTENT"), "refused"},
		"an answer cut off":  {geminitest.CutOff(), "truncated"},
		"nothing":            {geminitest.Silent(), "invalid"},
		"white space":        {geminitest.Says(" \n "), "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			s := geminitest.Start(t, geminitest.Options{Key: askingtest.Key, Script: func(*geminitest.Call) geminitest.Behaviour { return c.b }})
			got, _, err := captioned(t, askingtest.Office(t, t.TempDir(), nil), config(asking.Gemini, s.URL, nil), study(t), 6)
			if err != nil || got[0][3] != c.status || got[0][4] == nil || got[0][2] != nil {
				t.Errorf("%v, %v; want %s", got, err, c.status)
			}
		})
	}
}

// What every picture would meet stops the run at once and says what to do.
func TestStops(t *testing.T) {
	for name, c := range map[string]struct {
		o    geminitest.Options
		says string
	}{
		"a wrong key":         {geminitest.Options{Key: "another-key", EchoKey: true}, "MY_KEY"},
		"billing is disabled": {geminitest.Options{Key: askingtest.Key, Script: func(*geminitest.Call) geminitest.Behaviour { return geminitest.Disabled("BILLING_DISABLED") }}, "illing"},
		"the day's quota":     {geminitest.Options{Key: askingtest.Key, Script: func(*geminitest.Call) geminitest.Behaviour { return geminitest.DayIsOver() }}, "quota"},
	} {
		t.Run(name, func(t *testing.T) {
			s := geminitest.Start(t, c.o)
			folder := t.TempDir()
			conf := config(asking.Gemini, s.URL, func(c *caption.Config) { c.Concurrency = 1 })
			_, _, err := captioned(t, askingtest.Office(t, folder, nil), conf, study(t), 6)
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), askingtest.Key) {
				t.Errorf("error %v", err)
			}
			if s.Asked() > 1 {
				t.Errorf("%d requests, want 1", s.Asked())
			}
			askingtest.NoSecretIn(t, folder, askingtest.Key)
		})
	}
}

func TestValidate(t *testing.T) {
	for option, change := range map[string]func(*caption.Config){
		"language":   func(c *caption.Config) { c.Language = "german please" },
		"deployment": func(c *caption.Config) { c.Deployment = "x" },
		"location":   func(c *caption.Config) { c.Location = "eu" },
		"project":    func(c *caption.Config) { c.Project = "p" },
		"key":        func(c *caption.Config) { c.Project, c.Location, c.Key = "p", "eu", "K" },
		"mode":       func(c *caption.Config) { c.Mode = "batch" },
		"model":      func(c *caption.Config) { c.Provider, c.Model = asking.OpenAI, "" },
	} {
		err := config(asking.Gemini, "", change).Validate()
		if err == nil || !strings.Contains(err.Error(), option) {
			t.Errorf("%s: %v", option, err)
		}
	}
	if err := config(asking.Gemini, "", func(c *caption.Config) { c.Key = "" }).Validate(); err != nil {
		t.Error(err)
	}
}

// Hand-coded captions are answers like others.
func TestByHand(t *testing.T) {
	for _, provider := range []string{asking.Gemini, asking.OpenAI} {
		folder, files := t.TempDir(), study(t)
		hand := &asking.Hand{Stage: "caption", Note: "by A", Rows: map[string]map[string]string{"1": {"ID": "1", "caption": "A red wall."}, "3": {"ID": "3", "caption": " "}}}
		c := config(provider, "", nil)
		d := askingtest.Office(t, folder, func(o *asking.Options) { o.Hand, o.Offline = hand, true })
		got, _, err := captioned(t, d, c, files, 6)
		if err != nil || got[0][2] != "A red wall." || got[2][3] != "skipped" || hand.Recorded != 1 || len(hand.Wrong) != 1 {
			t.Errorf("%v, %v, %+v", got, err, hand)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		again := askingtest.Office(t, folder, func(o *asking.Options) { o.Offline = true })
		got, ledger, err := captioned(t, again, c, files, 6)
		if err != nil || got[0][2] != "A red wall." || got[5][2] != "A red wall." || ledger.Facts()["model"] != asking.HandCoded {
			t.Errorf("%v, %v, %v", got, err, ledger.Facts())
		}
	}
}

// Captions can be asked for in batches.
func TestBatches(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: askingtest.Key, Script: func(*chattest.Call) chattest.Behaviour { return chattest.Says("A wall.") }})
	c := config(asking.OpenAI, s.URL, func(c *caption.Config) { c.Mode, c.Batch.Poll = "batch", 0.01 })
	got, _, err := captioned(t, askingtest.Office(t, t.TempDir(), nil), c, study(t), 2)
	if err != nil || got[0][2] != "A wall." || got[2][2] != "A wall." || got[5][2] != "A wall." || got[1][3] != "missing" || got[4][3] != "unreadable" {
		t.Errorf("%v, %v", got, err)
	}
	if s.Answers() != 2 {
		t.Errorf("%d answers, want 2", s.Answers())
	}
}

// A file that is cut off is its row's fault before anything is paid.
func TestCutOffIsNotSent(t *testing.T) {
	files := study(t)
	whole, err := os.ReadFile(files.Resolve("red.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files.Resolve("red.png"), whole[:len(whole)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	s := geminitest.Start(t, geminitest.Options{Key: askingtest.Key, Script: func(*geminitest.Call) geminitest.Behaviour { return geminitest.Says("A wall.") }})
	got, _, err := captioned(t, askingtest.Office(t, t.TempDir(), nil), config(asking.Gemini, s.URL, nil), files, 6)
	if err != nil || got[0][3] != "unreadable" || got[5][3] != "unreadable" || got[2][3] != "ok" || s.Asked() != 1 {
		t.Errorf("%v, %v, %d requests", got, err, s.Asked())
	}
}
