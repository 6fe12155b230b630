package clip_test

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"go.uber.org/goleak"

	model "icono/internal/clip"
	"icono/internal/onnx"
	"icono/internal/option"
	"icono/internal/palette"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/clip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// side is that of the pictures that palette takes.
const side = 224

// machine opens models as the program does (`palette`, or a folder) and counts
// the pictures of every call of an image tower.
type machine struct {
	runtime *onnx.Runtime
	mu      sync.Mutex
	open    []*model.Model
	asked   []clip.Request
	calls   []int
}

// newMachine opens ONNX Runtime until the test ends, or skips the test.
func newMachine(t testing.TB) *machine {
	t.Helper()
	path, _ := onnx.Locate()
	if path == "" {
		t.Skip("skipped: needs ONNX Runtime's library")
	}
	runtime, err := onnx.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{runtime: runtime}
	t.Cleanup(func() {
		for _, o := range m.open {
			_ = o.Close()
		}
		_ = runtime.Close()
	})
	return m
}

func (m *machine) Names() []string { return []string{palette.Name} }

func (m *machine) Open(_ context.Context, r clip.Request) (clip.Encoder, error) {
	o := model.Options{Dir: r.Model, Device: r.Device, Precision: r.Precision, Threads: r.Threads, ImageSize: r.ImageSize}
	if r.Model == palette.Name {
		o.Dir, o.Vision, o.Text = "", palette.Vision(), palette.Text()
	}
	opened, err := model.Open(m.runtime, o)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open, m.asked = append(m.open, opened), append(m.asked, r)
	return &encoder{opened, m}, nil
}

// seen returns the number of pictures of each call since the last time.
func (m *machine) seen() []int {
	m.mu.Lock()
	defer m.mu.Unlock()
	calls := m.calls
	m.calls = nil
	return calls
}

// encoder is a real model whose calls are counted.
type encoder struct {
	*model.Model
	machine *machine
}

func (e *encoder) EmbedImages(ctx context.Context, pixels []float32, n int, dst []float32) error {
	e.machine.mu.Lock()
	e.machine.calls = append(e.machine.calls, n)
	e.machine.mu.Unlock()
	return e.Model.EmbedImages(ctx, pixels, n, dst)
}

func (e *encoder) EmbedTexts(ctx context.Context, phrases []string) ([][]float32, error) {
	var ids [][]int64
	var lengths []int
	for _, p := range phrases {
		row, n, err := e.EncodePhrase(p)
		if err != nil {
			return nil, err
		}
		ids, lengths = append(ids, row), append(lengths, n)
	}
	return e.Model.EmbedTexts(ctx, ids, lengths)
}

func (e *encoder) LogitScale() float64   { return model.DefaultScale }
func (e *encoder) Facts() []stage.Fact   { return []stage.Fact{{Name: "model", Value: "tested"}} }
func (e *encoder) Explain(string) string { return "it knows colours" }

// labels are three categories of palette's words, of 3, 1 and 2 phrases. No
// drawing is equally like two of them.
func labels() option.Map[[]string] {
	return option.Map[[]string]{
		{Key: "Warm", Value: []string{"red", "a warm red picture", "orange"}},
		{Key: "Cool", Value: []string{"blue"}},
		{Key: "Night", Value: []string{"dark", "plain black"}}}
}

func config(change func(*clip.Config)) *clip.Config {
	c := clip.Kind(nil, nil).NewConfig().(*clip.Config)
	c.Model, c.Labels, c.Device = palette.Name, labels(), "cpu"
	if change != nil {
		change(c)
	}
	return c
}

func schema() *arrow.Schema {
	return stagetest.Schema(stagetest.Key("ID"), stage.Mark(stagetest.Text("File"), stage.Image, "load"), stagetest.Int("Likes"))
}

// drawing gives the colour of a pixel of a picture of width times height.
type drawing struct {
	width, height int
	at            func(x, y int) color.RGBA
}

func solid(w, h int, r, g, b uint8) drawing {
	return drawing{w, h, func(int, int) color.RGBA { return color.RGBA{r, g, b, 255} }}
}

// drawings are pictures by file name. All but the first two are as large as
// the model wants them, so that no scaling stands between them and the model.
func drawings() map[string]drawing {
	halves := func(x, _ int) color.RGBA {
		if x < side/2 {
			return color.RGBA{220, 10, 10, 255}
		}
		return color.RGBA{20, 20, 120, 255}
	}
	return map[string]drawing{
		"red.png":    solid(300, 240, 200, 30, 30),
		"blue.png":   solid(20, 50, 60, 110, 240),
		"dark.png":   solid(side, side, 14, 12, 10),
		"amber.png":  solid(side, side, 230, 150, 20),
		"halves.png": {side, side, halves},
	}
}

// study writes the drawings, a text that calls itself a picture, and the first
// half of a picture.
func study(t testing.TB) stagetest.Folder {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, d := range drawings() {
		pic := image.NewRGBA(image.Rect(0, 0, d.width, d.height))
		for y := range d.height {
			for x := range d.width {
				pic.SetRGBA(x, y, d.at(x, y))
			}
		}
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, pic); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(filepath.Join(dir, "halves.png"))
	if err != nil {
		t.Fatal(err)
	}
	write("cut.png", whole[:len(whole)/2])
	write("text.png", []byte("this is no picture, whatever its name says"))
	return stagetest.Folder(dir)
}

// rows are good and bad pictures, mixed.
func rows() [][]any {
	return [][]any{
		{"01", "red.png", 5}, {"02", "gone.png", 1}, {"03", "blue.png", nil}, {"04", nil, 2}, {"05", "text.png", 3},
		{"06", "dark.png", 4}, {"07", "halves.png", 9}, {"08", "  ", 8}, {"09", "cut.png", 8}, {"10", "amber.png", 7},
		{"11", "red.png", 6}}
}

// outcome is what a stage made of rows.
type outcome struct {
	schema *arrow.Schema
	rows   [][]any
	ledger *stagetest.Ledger
}

// column returns a column by its name.
func (o outcome) column(t *testing.T, name string) []any {
	t.Helper()
	at := slices.IndexFunc(o.schema.Fields(), func(f arrow.Field) bool { return f.Name == name })
	if at < 0 {
		t.Fatalf("there is no column %q in\n%s", name, o.schema)
	}
	var out []any
	for _, row := range o.rows {
		out = append(out, row[at])
	}
	return out
}

// classify runs the stage with the id "mood" over rows in batches of a size.
func classify(t *testing.T, m *machine, c *clip.Config, in [][]any, workers, size int, files stage.Study) outcome {
	t.Helper()
	env, ledger := stagetest.Env(t, memory.DefaultAllocator)
	env.Study, env.Workers = files, workers
	rec := stagetest.Record(t, memory.DefaultAllocator, schema(), in...)
	out := stagetest.Run(t, t.Context(), clip.Kind(m, nil).Build("mood", c), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, size, true)})
	got, err := stagetest.Collect(out.Rows)
	if err != nil {
		t.Fatal(err)
	}
	return outcome{out.Schema, got, ledger}
}
