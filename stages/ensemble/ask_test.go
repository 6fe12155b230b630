package ensemble_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/asking/askingtest"
	"icono/internal/chat/chattest"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/ensemble"
)

// key is the key that the test's server wants.
const key = askingtest.Key

// office makes a desk for a folder.
func office(t testing.TB, folder string, mode answers.Mode) askingtest.Desk {
	t.Helper()
	return askingtest.Office(t, folder, func(o *asking.Options) { o.Mode = mode })
}

const codebook = `
version: 1
title: Campaign images
variables:
  - {name: Type, question: 'Which type?', categories: [{name: Collage, definition: several pictures}, {name: Photo, definition: one picture}, {name: Other, definition: anything else}]}
`

// study is a folder with the codebook.
func study(t testing.TB) stage.Study {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "c.yaml"), []byte(codebook), 0o644); err != nil {
		t.Fatal(err)
	}
	return stagetest.Folder(dir)
}

// findings is a table as coders and programs leave it.
func findings() *arrow.Schema {
	object := arrow.StructOf(arrow.Field{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true}, arrow.Field{Name: "score", Type: arrow.PrimitiveTypes.Float32, Nullable: true})
	return stagetest.Schema(stagetest.Key("ID"), stagetest.Text("Caption"), arrow.Field{Name: "found", Type: arrow.ListOf(object), Nullable: true},
		stagetest.Text("OCR"), code("CLIP code", "types", "Collages", "Photo", "Other"), stagetest.Float("p"), stagetest.Bool("Ad"), stagetest.Int("Likes"))
}

func found() [][]any {
	person := map[string]any{"name": "Person", "score": 0.1}
	return [][]any{
		{"1", `a <b> & "c"` + "\nü\u2028", []any{person, nil}, "", "Collages", 0.5, true, int64(9007199254740993)},
		{"2", nil, nil, nil, "Photo", math.NaN(), nil, nil},
		{"3", nil, nil, " ", nil, nil, nil, nil},
		{"4", "x", []any{}, "VOTE", "Other", math.Inf(1), false, 0},
	}
}

func asked(url string, change func(*ensemble.Config)) *ensemble.Config {
	return config("gpt", func(c *ensemble.Config) {
		c.Inputs = inputs("OCR", "OCR", "AI Caption", "Caption", "Objects", "found", "CLIP", "CLIP code", "p", "p", "Ad", "Ad", "Likes", "Likes")
		c.Crosswalk, c.Model, c.BaseURL, c.Key, c.Codebook = words("Collages", "Collage"), "gpt-4o", option.Endpoint(url), "MY_KEY", "c.yaml"
		if change != nil {
			change(c)
		}
	})
}

// merged runs the kind and returns its rows, and what the ledger was told.
func merged(t testing.TB, a ensemble.Askers, c *ensemble.Config, files stage.Study, batch int) ([][]any, *stagetest.Ledger, error) {
	t.Helper()
	env, ledger := stagetest.Env(t, memory.DefaultAllocator)
	env.Study = files
	rec := stagetest.Record(t, memory.DefaultAllocator, findings(), found()...)
	out := stagetest.Run(t, t.Context(), ensemble.Kind(a).Build("merged", c), env, stage.Table{Schema: findings(), Rows: stagetest.Batches(rec, batch, true)})
	got, err := stagetest.Collect(out.Rows)
	for i := range got {
		got[i] = got[i][findings().NumFields():]
	}
	return got, ledger, err
}

// sent are the texts of the last messages of requests.
func sent(t testing.TB, s *chattest.Server) (objects []string, systems []string) {
	t.Helper()
	for _, body := range s.Bodies() {
		var request struct {
			Messages []struct {
				Role    string
				Content json.RawMessage
			}
		}
		if err := json.Unmarshal(body, &request); err != nil {
			t.Fatal(err)
		}
		last := request.Messages[len(request.Messages)-1].Content
		var text string
		if json.Unmarshal(last, &text) != nil {
			var parts []struct{ Type, Text string }
			if err := json.Unmarshal(last, &parts); err != nil || len(parts) != 1 || parts[0].Type != "text" {
				t.Fatalf("content %s, %v", last, err)
			}
			text = parts[0].Text
		}
		objects, systems = append(objects, text), append(systems, string(request.Messages[0].Content))
	}
	return objects, systems
}

func TestObject(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, KeepBodies: true, Script: func(*chattest.Call) chattest.Behaviour { return chattest.Says(`{"Type": "Collage"}`) }})
	got, ledger, err := merged(t, office(t, t.TempDir(), answers.NewEpisodes), asked(s.URL, func(c *ensemble.Config) { c.Concurrency = 1 }), study(t), 3)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{"Collage", "ok", nil, "CLIP"},
		{"Collage", "ok", nil, ""},
		{nil, "missing", "no input has a value", nil},
		{"Collage", "ok", nil, ""},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	objects, systems := sent(t, s)
	if d := cmp.Diff([]string{
		`{"OCR": "", "AI Caption": "a <b> & \"c\"\nü\u2028", "Objects": [{"name": "Person", "score": 0.1}, null], "CLIP": "Collage", "p": 0.5, "Ad": true, "Likes": 9007199254740993}`,
		`{"OCR": null, "AI Caption": null, "Objects": null, "CLIP": "Photo", "p": null, "Ad": null, "Likes": null}`,
		`{"OCR": "VOTE", "AI Caption": "x", "Objects": [], "CLIP": "Other", "p": null, "Ad": false, "Likes": 0}`,
	}, objects); d != "" {
		t.Error(d)
	}
	for _, o := range objects {
		var v map[string]any
		if err := json.Unmarshal([]byte(o), &v); err != nil || len(v) != 7 {
			t.Errorf("%s: %v", o, err)
		}
	}
	if !strings.Contains(systems[0], "Its names are: OCR, AI Caption, Objects, CLIP, p, Ad, Likes.") || !strings.Contains(systems[0], "several pictures") {
		t.Errorf("the model is told %s", systems[0])
	}
	if f := ledger.Facts(); f["model"] != "gpt-4o" || f["codebook"] != "c.yaml" || f["agreement of CLIP"] != "1 of 3 rows with both codes (33.3 %)" {
		t.Errorf("%v", f)
	}
}

func TestModelConforms(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: func(c *chattest.Call) chattest.Behaviour {
		return chattest.Says(fmt.Sprintf(`{"Type": %q}`, []string{"Photo", "Collage", "Other"}[len(c.Identity)%3]))
	}})
	files, folder := study(t), t.TempDir()
	in := found()
	in[1][5] = nil // a NaN is not equal to itself
	cases := []stagetest.Case{
		{Name: "codebook", Config: asked(s.URL, nil)},
		{Name: "runs", Config: asked(s.URL, func(c *ensemble.Config) { c.Runs, c.Prefix, c.Shuffle = 3, "x_", true })},
		{Name: "prompt", Config: asked(s.URL, func(c *ensemble.Config) { c.Codebook, c.Prompt, c.Columns = "", "Which type?", []string{"Type"} })},
	}
	// Recorded first: connections and the store outlive a run of the stage.
	first := office(t, folder, answers.NewEpisodes)
	for i := range cases {
		cases[i].In, cases[i].Study, cases[i].Appends = []stagetest.Input{{Schema: findings(), Rows: in}}, files, true
		if _, _, err := merged(t, first, cases[i].Config.(*ensemble.Config), files, 2); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	asked := s.Asked()
	replay := office(t, folder, answers.None)
	if _, _, err := merged(t, replay, cases[0].Config.(*ensemble.Config), files, 2); err != nil {
		t.Fatal(err)
	}
	stagetest.Conform(t, ensemble.Kind(replay), cases...)
	if s.Asked() != asked {
		t.Errorf("%d requests in replays", s.Asked()-asked)
	}
}

func TestPolicies(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: func(*chattest.Call) chattest.Behaviour { return chattest.Says(`{"Type": "Photo"}`) }})
	for name, c := range map[string]struct {
		change func(*ensemble.Config)
		want   []any // statuses
	}{
		"none": {func(c *ensemble.Config) {
			c.Missing, c.Inputs = "none", inputs("Caption", "Caption", "CLIP", "CLIP code")
		}, []any{"ok", "missing", "missing", "ok"}},
		"two": {func(c *ensemble.Config) { c.MinVotes = 2 }, []any{"ok", "missing", "missing", "ok"}},
	} {
		got, _, err := merged(t, office(t, t.TempDir(), answers.NewEpisodes), asked(s.URL, c.change), study(t), 2)
		if err != nil {
			t.Fatal(err)
		}
		var statuses []any
		for _, row := range got {
			statuses = append(statuses, row[1])
		}
		if d := cmp.Diff(c.want, statuses); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestQuote(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: func(*chattest.Call) chattest.Behaviour { return chattest.Says(`{"Type": "Photo"}`) }})
	folder, files := t.TempDir(), study(t)
	d := office(t, folder, answers.NewEpisodes)
	quote := func(change func(*ensemble.Config)) stage.Quote {
		t.Helper()
		env, _ := stagetest.Env(t, memory.DefaultAllocator)
		env.Study = files
		st := ensemble.Kind(d).Build("merged", asked(s.URL, change))
		if err := st.(stage.Prober).Probe(t.Context(), env, false); err != nil {
			t.Fatal(err)
		}
		rec := stagetest.Record(t, memory.DefaultAllocator, findings(), found()...)
		q, err := st.(stage.Quoter).Quote(t.Context(), env, stage.Table{Schema: findings(), Rows: stagetest.Batches(rec, 2, true)})
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	if q := quote(nil); q.Rows != 4 || q.Stored != 0 || q.Requests != 3 || q.Unpriced != 3 || q.Input[1] <= 0 || s.Asked() != 0 {
		t.Errorf("%+v", q)
	}
	if _, _, err := merged(t, d, asked(s.URL, nil), files, 2); err != nil {
		t.Fatal(err)
	}
	if q := quote(nil); q.Stored != 3 || q.Requests != 0 {
		t.Errorf("after the run: %+v", q)
	}
	// Inputs that are made in the run.
	if q := quote(func(c *ensemble.Config) { c.Inputs = append(c.Inputs, inputs("GPT", "Frames")...) }); q.Requests != 4 || !strings.Contains(strings.Join(q.Notes, "\n"), "`GPT` is made in the run") {
		t.Errorf("with an input that is not there: %+v", q)
	}
}

func TestModelFaults(t *testing.T) {
	files := study(t)
	env, _ := stagetest.Env(t, memory.DefaultAllocator)
	env.Study = files
	for want, change := range map[string]func(*ensemble.Config){
		"codebook: there is no file d.yaml":                      func(c *ensemble.Config) { c.Codebook = "d.yaml" },
		"prefix: the column `Caption` exists already":            func(c *ensemble.Config) { c.Codebook, c.Prompt, c.Columns = "", "x", []string{"Caption"} },
		"crosswalk.Colages: no input has the category `Colages`": func(c *ensemble.Config) { c.Inputs = c.Inputs[3:4]; c.Crosswalk[0].Key = "Colages" },
		"inputs.OCR: there is no column `OCRR`":                  func(c *ensemble.Config) { c.Inputs[0].Value = "OCRR" },
	} {
		st := ensemble.Kind(nil).Build("merged", asked("http://localhost", change))
		err := st.(stage.Prober).Probe(t.Context(), env, false)
		if err == nil {
			_, err = st.Schema([]*arrow.Schema{findings()})
		}
		var o *stage.OptionError
		if !errors.As(err, &o) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant %s", err, want)
		}
	}
}
