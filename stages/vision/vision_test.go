package vision_test

import (
	"context"
	"errors"
	"math"
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
	"icono/internal/detect"
	"icono/internal/onnx"
	"icono/internal/picture"
	"icono/internal/sight"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/internal/vision/visiontest"
	"icono/stages/vision"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type schemaType = arrow.Schema

// near takes scores as equal that were single-precision numbers on their way.
var near = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6 })

// office opens what looks at pictures, through a store in a folder. It implements
// vision.Readers.
type office struct {
	askingtest.Desk
	t testing.TB
}

func readers(t testing.TB, folder string, change func(*asking.Options)) office {
	return office{askingtest.Office(t, folder, change), t}
}

func (o office) OpenSight(ctx context.Context, id string, s sight.Service, device string) (sight.Reader, error) {
	if s.Local != nil {
		path := s.Local.Detector
		s.Local.Open = func(context.Context) (sight.Detector, error) {
			runtime, err := onnx.Open("")
			if err != nil {
				return nil, err
			}
			d, err := detect.Open(runtime, detect.Options{Path: path, Device: device, Threads: 1, MinScore: sight.LeastScore})
			o.t.Cleanup(func() {
				if err := errors.Join(d.Close(), runtime.Close()); err != nil {
					o.t.Error(err)
				}
			})
			return d, err
		}
	}
	return sight.Open(ctx, o.Desk.Desk, id, s)
}

func schema() *arrow.Schema {
	return stagetest.Schema(stagetest.Key("ID"), stage.Mark(stagetest.Text("File"), stage.Image, "posts"))
}

func rows() [][]any {
	return [][]any{{"1", "red.png"}, {"2", "gone.png"}, {"3", "blue.png"}, {"4", nil}, {"5", "text.png"}, {"6", "red.png"}}
}

// many are rows that name one picture.
func many(n int) (rows [][]any) {
	for i := range n {
		rows = append(rows, []any{string(rune('a'+i%26)) + strings.Repeat("x", i/26), "red.png"})
	}
	return rows
}

func study(t testing.TB) stage.Study {
	t.Helper()
	return stagetest.Pictures(t, 60, 90)
}

func hash(t testing.TB, files stage.Study, name string) string {
	t.Helper()
	data, err := os.ReadFile(files.Resolve(name))
	if err != nil {
		t.Fatal(err)
	}
	return picture.Hash(data)
}

// seen runs the kind and returns its rows by column.
func seen(t testing.TB, r vision.Readers, c *vision.Config, files stage.Study, in [][]any, batch int) ([]map[string]any, *stagetest.Ledger, error) {
	t.Helper()
	env, ledger := stagetest.Env(t, memory.DefaultAllocator)
	env.Study = files
	rec := stagetest.Record(t, memory.DefaultAllocator, schema(), in...)
	out := stagetest.Run(t, t.Context(), vision.Kind(r).Build("seen", c), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, batch, true)})
	got, err := stagetest.Collect(out.Rows)
	named := make([]map[string]any, len(got))
	for i, row := range got {
		named[i] = map[string]any{}
		for k, v := range row {
			named[i][out.Schema.Field(k).Name] = v
		}
	}
	return named, ledger, err
}

func TestConform(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Key: askingtest.Key, Each: everything})
	folder, files := t.TempDir(), study(t)
	first := readers(t, folder, nil)
	var cases []stagetest.Case
	for name, change := range map[string]func(*vision.Config){
		"text and objects": nil,
		"everything": func(c *vision.Config) {
			c.Features, c.Boxes, c.Prefix = []string{"text", "objects", "labels", "safe_search", "faces", "logos", "landmarks", "web"}, true, "GV_"
		},
	} {
		c := google(s.URL, change)
		if _, _, err := seen(t, first, c, files, rows(), 3); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, stagetest.Case{Name: name, Config: c, In: []stagetest.Input{{Schema: schema(), Rows: rows()}}, Appends: true, Study: files})
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	replay := readers(t, folder, func(o *asking.Options) { o.Mode = answers.None })
	for _, c := range cases {
		if _, _, err := seen(t, replay, c.Config.(*vision.Config), files, rows(), 3); err != nil {
			t.Fatal(err)
		}
	}
	stagetest.Conform(t, vision.Kind(replay), cases...)
}

func TestValidate(t *testing.T) {
	score := 0.5
	for says, change := range map[string]func(*vision.Config){
		"`labels` has no local form":         func(c *vision.Config) { c.Provider, c.Features = "local", []string{"text", "labels"} },
		"`text` is listed twice":             func(c *vision.Config) { c.Features = []string{"text", "text"} },
		"no code of a language":              func(c *vision.Config) { c.LanguageHints = []string{"german text"} },
		"no language that Tesseract reads":   func(c *vision.Config) { c.Provider, c.LanguageHints = "local", []string{"x"} },
		"a region needs the project":         func(c *vision.Config) { c.Region = "eu" },
		"`tesseract` does nothing here":      func(c *vision.Config) { c.Tesseract.Mode = 6 },
		"`detector` does nothing here":       func(c *vision.Config) { c.Detector = "x.onnx" },
		"`document` does nothing here":       func(c *vision.Config) { c.Provider, c.Document = "local", true },
		"`min_score` does nothing here":      func(c *vision.Config) { c.Features, c.MinScore = []string{"text"}, &score },
		"`boxes` does nothing here":          func(c *vision.Config) { c.Features, c.Boxes = []string{"objects"}, true },
		"`language_hints` does nothing here": func(c *vision.Config) { c.Features, c.LanguageHints = []string{"objects"}, []string{"de"} },
		"`key` does nothing here":            func(c *vision.Config) { c.Provider, c.Key = "local", "K" },
	} {
		c := google("", func(c *vision.Config) { c.Key = "" })
		change(c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	for _, provider := range []string{"google", "local"} {
		if err := google("", func(c *vision.Config) { c.Provider, c.Key = provider, "" }).Validate(); err != nil {
			t.Errorf("%s: %v", provider, err)
		}
	}
}
