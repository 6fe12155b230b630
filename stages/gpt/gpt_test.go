package gpt_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/asking/askingtest"
	"icono/internal/chat/chattest"
	"icono/internal/option"
	"icono/internal/price"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/gpt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// key is the key that the test's server wants.
const key = askingtest.Key

// office makes a desk for a folder.
func office(t testing.TB, folder string, change func(*asking.Options)) askingtest.Desk {
	t.Helper()
	return askingtest.Office(t, folder, change)
}

// noKeyIn fails where a file in a folder holds the key.
func noKeyIn(t *testing.T, folder string) {
	t.Helper()
	askingtest.NoSecretIn(t, folder, key)
}

// server serves good answers about places, unless script says otherwise.
func server(t testing.TB, script func(*chattest.Call) chattest.Behaviour) *places {
	t.Helper()
	s := &places{}
	s.Server = chattest.Start(t, chattest.Options{Key: key, KeepBodies: true, Script: func(c *chattest.Call) chattest.Behaviour {
		if script != nil {
			if b := script(c); b.Text != nil || b.Status != 0 || b.Refusal != "" || b.Drop || b.Half || b.Finish != "" {
				return b
			}
		}
		return chattest.Says(fmt.Sprintf(`{"Place": "indoors", "Persons": %d}`, s.n.Add(1)))
	}})
	return s
}

type places struct {
	*chattest.Server
	n atomic.Int64
}

func config(url string, change func(*gpt.Config)) *gpt.Config {
	c := gpt.Kind(nil).NewConfig().(*gpt.Config)
	c.Model, c.BaseURL, c.Key, c.Prompt, c.Columns = "gpt-4o", option.Endpoint(url), "MY_KEY", "Where is this?", []string{"Place", "Persons"}
	if change != nil {
		change(c)
	}
	return c
}

func schema() *arrow.Schema {
	return stagetest.Schema(stagetest.Key("ID"), stage.Mark(stagetest.Text("File"), stage.Image, "posts"), stagetest.Text("Caption"))
}

func rows() [][]any {
	return [][]any{{"1", "red.png", "ein Bild"}, {"2", "gone.png", "x"}, {"3", "blue.png", nil}, {"4", nil, "y"}, {"5", "text.png", "z"}, {"6", "red.png", "ein Bild"}}
}

// study is a folder with small pictures.
func study(t testing.TB) stage.Study {
	t.Helper()
	return stagetest.Pictures(t, 8, 8)
}

// coded runs the kind and returns its rows.
func coded(t testing.TB, a gpt.Askers, c *gpt.Config, files stage.Study, in [][]any, batch int) ([][]any, error) {
	t.Helper()
	mem := memory.DefaultAllocator
	env, _ := stagetest.Env(t, mem)
	env.Study = files
	rec := stagetest.Record(t, mem, schema(), in...)
	out := stagetest.Run(t, t.Context(), gpt.Kind(a).Build("place", c), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, batch, true)})
	return stagetest.Collect(out.Rows)
}

func TestConform(t *testing.T) {
	s := server(t, func(c *chattest.Call) chattest.Behaviour {
		return chattest.Says(fmt.Sprintf(`{"Place": %q}`, c.Identity))
	})
	in := []stagetest.Input{{Schema: schema(), Rows: rows()}}
	files := study(t)
	cases := []stagetest.Case{
		{Name: "pictures", Config: config(s.URL, nil)},
		{Name: "runs", Config: config(s.URL, func(c *gpt.Config) { c.Runs, c.Prefix = 3, "x_" })},
		{Name: "texts", Config: config(s.URL, func(c *gpt.Config) {
			c.Image.Send, c.Inputs = false, option.Map[option.Expression]{{Key: "Caption", Value: "Caption"}}
		})},
	}
	// Recorded first: connections and the store outlive a run of the stage, and
	// would count as left behind.
	folder := t.TempDir()
	first := office(t, folder, nil)
	for i := range cases {
		cases[i].In, cases[i].Appends, cases[i].Study = in, true, files
		if _, err := coded(t, first, cases[i].Config.(*gpt.Config), files, rows(), 2); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	replay := office(t, folder, func(o *asking.Options) { o.Mode = answers.None })
	if _, err := coded(t, replay, cases[0].Config.(*gpt.Config), files, rows(), 2); err != nil {
		t.Fatal(err)
	}
	stagetest.Conform(t, gpt.Kind(replay), cases...)
}

func TestColumns(t *testing.T) {
	s := server(t, func(*chattest.Call) chattest.Behaviour {
		return chattest.Says("```json\n{\"Place\": \"indoors\", \"Persons\": 2, \"more\": {\"x\": [1]}}\n```")
	})
	got, err := coded(t, office(t, t.TempDir(), nil), config(s.URL, nil), study(t), rows(), 2)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{"1", "red.png", "ein Bild", "indoors", "2", "ok", nil},
		{"2", "gone.png", "x", nil, nil, "missing", "there is no file gone.png"},
		{"3", "blue.png", nil, "indoors", "2", "ok", nil},
		{"4", nil, "y", nil, nil, "missing", "the row names no picture"},
		{"5", "text.png", "z", nil, nil, "unreadable", got[4][6]},
		{"6", "red.png", "ein Bild", "indoors", "2", "ok", nil},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	// Rows 1 and 6 ask the same, which is asked once.
	if n := s.Asked(); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

// The report is told who answered.
func TestModelIsTheOneThatAnswered(t *testing.T) {
	s := server(t, nil)
	env, ledger := stagetest.Env(t, memory.DefaultAllocator)
	env.Study = study(t)
	rec := stagetest.Record(t, memory.DefaultAllocator, schema(), rows()...)
	out := stagetest.Run(t, t.Context(), gpt.Kind(office(t, t.TempDir(), nil)).Build("place", config(s.URL, nil)), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, 2, false)})
	if _, err := stagetest.Collect(out.Rows); err != nil {
		t.Fatal(err)
	}
	if f := ledger.Facts(); f["model"] != "gpt-4o" || f["model asked"] != "gpt-4o" || f["server"] == "" {
		t.Errorf("%v", f)
	}
}

// A second run asks nothing, needs no key and no server, and gives the same.
func TestReplay(t *testing.T) {
	s := server(t, nil)
	folder, files := t.TempDir(), study(t)
	first := office(t, folder, nil)
	c := config(s.URL, func(c *gpt.Config) { c.Runs = 2 })
	want, err := coded(t, first, c, files, rows(), 3)
	if err != nil {
		t.Fatal(err)
	}
	asked := s.Asked()
	if asked != 4 { // two different pictures, twice each
		t.Errorf("%d requests, want 4", asked)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again := office(t, folder, func(o *asking.Options) { o.Mode, o.Variable = answers.None, func(string) string { return "" } })
	got, err := coded(t, again, c, files, rows(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" || s.Asked() != asked {
		t.Errorf("%d requests more; %s", s.Asked()-asked, d)
	}
	// What is not stored is an error that names the row and what differs.
	_, err = coded(t, again, config(s.URL, func(c *gpt.Config) { c.Runs, c.Prompt = 2, "Where was this?" }), files, rows(), 1)
	if err == nil || !strings.Contains(err.Error(), "1") || !strings.Contains(err.Error(), "prompt") {
		t.Errorf("error %v", err)
	}
	noKeyIn(t, folder)
}

func TestFaults(t *testing.T) {
	for status, b := range map[string]chattest.Behaviour{
		"refused":   chattest.Refuses(),
		"truncated": chattest.CutOff(),
		"invalid":   chattest.Says(`{"Elsewhere": 1}`),
	} {
		t.Run(status, func(t *testing.T) {
			s := server(t, func(*chattest.Call) chattest.Behaviour { return b })
			folder, files := t.TempDir(), study(t)
			for range 2 { // the second time the fault is known, and not paid again
				d := office(t, folder, nil)
				got, err := coded(t, d, config(s.URL, nil), files, rows()[:1], 1)
				if err != nil || got[0][5] != status || got[0][6] == nil || got[0][3] != nil {
					t.Errorf("%v, %v", got, err)
				}
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if s.Asked() != 1 {
				t.Errorf("%d requests, want 1", s.Asked())
			}
			b = chattest.Says(`{"Place": "outdoors"}`)
			d := office(t, folder, func(o *asking.Options) { o.Retry = answers.RetryPolicy{answers.Status(status)} })
			got, err := coded(t, d, config(s.URL, nil), files, rows()[:1], 1)
			if err != nil || got[0][3] != "outdoors" {
				t.Errorf("asked again: %v, %v", got, err)
			}
		})
	}
}

func TestRepair(t *testing.T) {
	s := server(t, func(c *chattest.Call) chattest.Behaviour {
		if len(c.Request.Messages) > 2 {
			return chattest.Says(`{"Place": "mended"}`)
		}
		return chattest.Says(`{"Elsewhere": 1}`)
	})
	folder := t.TempDir()
	c := config(s.URL, func(c *gpt.Config) { c.Repair = true })
	got, err := coded(t, office(t, folder, nil), c, study(t), rows()[:1], 1)
	if err != nil || got[0][3] != "mended" || s.Asked() != 2 {
		t.Errorf("%v, %v, %d requests", got, err, s.Asked())
	}
	if body := string(s.Bodies()[1]); !strings.Contains(body, "none of the names Place, Persons") {
		t.Errorf("the model is not told what is wrong: %s", body)
	}
}

// A wrong key stops the run, and is never shown.
func TestWrongKey(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: "another-key-0123456789", EchoKey: true})
	folder := t.TempDir()
	_, err := coded(t, office(t, folder, nil), config(s.URL, nil), study(t), rows(), 2)
	if err == nil || strings.Contains(err.Error(), key) || !strings.Contains(err.Error(), "MY_KEY") {
		t.Errorf("error %v", err)
	}
	noKeyIn(t, folder)
}

// The budget holds whatever is in flight, and the run ends tidily.
func TestBudget(t *testing.T) {
	// Usage near the most that the request allows.
	s := chattest.Start(t, chattest.Options{Script: func(*chattest.Call) chattest.Behaviour {
		b := chattest.Says(`{"Place": "x"}`)
		b.Usage = &chattest.Usage{Input: 200, Output: 200}
		return b
	}})
	var in [][]any
	for i := range 200 {
		in = append(in, []any{fmt.Sprint(i), "red.png", fmt.Sprint("row ", i)})
	}
	limit, err := price.Dollars(0.05)
	if err != nil {
		t.Fatal(err)
	}
	prices, err := price.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	file, faults := price.Parse("p.yaml", "version: 1\ndate: \"2026-11-01\"\nmodels:\n  - {model: local-vision, input: 10, output: 30, images: {rule: fixed, base: 100}}\n")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	d := office(t, t.TempDir(), func(o *asking.Options) { o.Limit, o.Prices = &limit, prices.With("p.yaml", file) })
	c := config(s.URL, func(c *gpt.Config) {
		c.Model, c.MaxTokens, c.Concurrency, c.Inputs = "local-vision", 200, 64, option.Map[option.Expression]{{Key: "Caption", Value: "Caption"}}
	})
	got, err := coded(t, d, c, study(t), in, 50)
	if err != nil {
		t.Fatal(err)
	}
	count := map[any]int{}
	for _, r := range got {
		count[r[5]]++
	}
	if account := d.Spending(); account.Cost > limit || count["ok"] == 0 || count["skipped"] == 0 || count["ok"]+count["skipped"] != 200 {
		t.Errorf("%v; %s of %s", count, account, limit)
	}
	if n := s.Answers(); n != count["ok"] {
		t.Errorf("%d answers paid, %d rows coded", n, count["ok"])
	}
}

func TestPicturesAsSent(t *testing.T) {
	s := server(t, nil)
	files := study(t)
	small := config(s.URL, func(c *gpt.Config) { c.Image.MaxSide, c.Image.Detail = 4, "low" })
	if _, err := coded(t, office(t, t.TempDir(), nil), small, files, rows()[:1], 1); err != nil {
		t.Fatal(err)
	}
	body := string(s.Bodies()[0])
	if !strings.Contains(body, "data:image/jpeg;base64,") || !strings.Contains(body, `"detail":"low"`) || !strings.Contains(body, `"temperature":0`) {
		t.Errorf("sent %.300s", body)
	}
}
