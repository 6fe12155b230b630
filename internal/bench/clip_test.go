package bench

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	model "icono/internal/clip"
	"icono/internal/diag"
	"icono/internal/flow"
	"icono/internal/media"
	"icono/internal/onnx"
	"icono/internal/picture"
	"icono/internal/pipeline"
	"icono/internal/sharedtest"
	"icono/internal/source"
	"icono/internal/stage"
	"icono/stages"
	"icono/stages/clip"
)

const (
	clipBatch  = 32
	clipRepeat = 3 // of the list of pictures
	clipRounds = 5
)

// oneModel is a model that is open already, whatever is asked for.
type oneModel struct{ *model.Model }

func (oneModel) Names() []string { return nil }
func (o oneModel) Open(context.Context, clip.Request) (clip.Encoder, error) {
	return o, nil
}
func (oneModel) LogitScale() float64   { return model.DefaultScale }
func (oneModel) Facts() []stage.Fact   { return nil }
func (oneModel) Explain(string) string { return "" }

func (o oneModel) EmbedTexts(ctx context.Context, phrases []string) ([][]float32, error) {
	ids, used := make([][]int64, len(phrases)), make([]int, len(phrases))
	for i, p := range phrases {
		var err error
		if ids[i], used[i], err = o.EncodePhrase(p); err != nil {
			return nil, err
		}
	}
	return o.Model.EmbedTexts(ctx, ids, used)
}

// clipBench is a study of real pictures with a model that looks at them.
type clipBench struct {
	b        *testing.B
	model    *model.Model
	plan     *pipeline.Plan
	set      pipeline.Settings
	pictures []string // one path a row
}

func newClipBench(b *testing.B) *clipBench {
	folder, images := sharedtest.Path(b, "models", "cococlip"), sharedtest.Path(b, "data", "images")
	if path, _ := onnx.Locate(); path == "" {
		b.Skip("skipped: needs ONNX Runtime's library")
	}
	library, err := onnx.Open("")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = library.Close() })
	m, err := model.Open(library, model.Options{Dir: folder, Device: "cpu", Precision: "fp32"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = m.Close() })
	if m.Size() != 224 {
		b.Fatalf("the model takes pictures of %d x %d", m.Size(), m.Size())
	}
	files, err := filepath.Glob(filepath.Join(images, "*"))
	if err != nil || len(files) == 0 {
		b.Fatalf("%d pictures, %v", len(files), err)
	}
	c := &clipBench{b: b, model: m, pictures: slices.Repeat(files, clipRepeat)}
	c.write(folder)
	return c
}

// write writes table and pipeline file, and checks the latter.
func (c *clipBench) write(folder string) {
	dir := c.b.TempDir()
	var rows strings.Builder
	rows.WriteString("ID,File\n")
	for i, p := range c.pictures {
		fmt.Fprintf(&rows, "%05d,%s\n", i, p)
	}
	text := fmt.Sprintf(`version: 1
name: bench
stages:
  - id: posts
    kind: load
    with: {path: posts.csv, key: ID, image: File}
  - id: types
    kind: clip
    with:
      model: %s
      device: cpu
      batch_size: %d
      labels: {Person: [a person], Crowd: [a crowd of people], Screen: [a screenshot], Nature: [sky and plants]}
`, folder, clipBatch)
	if err := os.WriteFile(filepath.Join(dir, "posts.csv"), []byte(rows.String()), 0o644); err != nil {
		c.b.Fatal(err)
	}
	var list diag.List
	study := media.NewLibrary(dir)
	c.b.Cleanup(func() { _ = study.Close() })
	c.set = pipeline.Settings{Kinds: stages.All(stages.Backends{Models: oneModel{c.model}}), Study: study, Full: true}
	c.plan = pipeline.Check(context.Background(), pipeline.Parse(source.NewFile(filepath.Join(dir, "p.yaml"), text), nil, &list), c.set, &list)
	if list.HasErrors() {
		c.b.Fatalf("%+v", list.Sorted()[0])
	}
}

// rate runs a part and returns its pictures a second.
func (c *clipBench) rate(part func() error) float64 {
	runtime.GC() // what the part before has left is not this one's
	start := time.Now()
	if err := part(); err != nil {
		c.b.Fatal(err)
	}
	return float64(len(c.pictures)) / time.Since(start).Seconds()
}

// whole runs the pipeline and checks that every row was classified.
func (c *clipBench) whole() error {
	facts, err := pipeline.Run(context.Background(), c.plan, pipeline.RunSettings{Settings: c.set})
	if err != nil {
		return err
	}
	last := facts[len(facts)-1]
	if last.Out != int64(len(c.pictures)) || len(last.Faults) > 0 {
		return fmt.Errorf("%d rows of %d, faults %v", last.Out, len(c.pictures), last.Faults)
	}
	return nil
}

// computed runs the model alone, on pixels that are there.
func (c *clipBench) computed(pixels []float32) func() error {
	dst := make([]float32, clipBatch*c.model.Dim())
	area := len(pixels) / clipBatch
	return func() error {
		for at := 0; at < len(c.pictures); at += clipBatch {
			n := min(clipBatch, len(c.pictures)-at)
			if err := c.model.EmbedImages(context.Background(), pixels[:n*area], n, dst[:n*c.model.Dim()]); err != nil {
				return err
			}
		}
		return nil
	}
}

// decoded reads, decodes and scales all pictures, with as many workers as the
// pipeline has, and makes of one batch the values that the model takes.
func (c *clipBench) decoded() (pixels []float32, alone func() error) {
	side := c.model.Size()
	area := 3 * side * side
	type tools struct {
		decoder picture.Decoder
		pixels  []byte
	}
	workers := runtime.GOMAXPROCS(0)
	free := make(chan *tools, workers)
	for range workers {
		free <- &tools{pixels: make([]byte, area)}
	}
	decode := func(path string, use func(pixels []byte)) error {
		t := <-free
		defer func() { free <- t }()
		data, err := os.ReadFile(path)
		if err == nil {
			err = t.decoder.DecodeCrop(data, side, picture.Options{}, t.pixels)
		}
		use(t.pixels)
		return err
	}
	pixels = make([]float32, clipBatch*area)
	for i := range clipBatch {
		if err := decode(c.pictures[i], func(p []byte) { c.model.Normalizer().Apply(p, pixels[i*area:(i+1)*area]) }); err != nil {
			c.b.Fatal(err)
		}
	}
	return pixels, func() error {
		fn := func(_ context.Context, path string) (struct{}, error) {
			return struct{}{}, decode(path, func([]byte) {})
		}
		for _, err := range flow.Ordered(context.Background(), infallible(c.pictures), workers, clipBatch, fn, nil) {
			if err != nil {
				return err
			}
		}
		return nil
	}
}

func infallible(items []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// BenchmarkClip classifies real pictures through load and clip, and measures
// in the same run m, the model alone, and d, decoding and scaling alone, both
// on all processors. What the machine allows is 1/(1/m + 1/d), as the two
// share the processors; of_machine is the pipeline's part of it, the median of
// rounds in which the three take turns. The bound is 0.95.
func BenchmarkClip(b *testing.B) {
	c := newClipBench(b)
	pixels, decode := c.decoded()
	compute := c.computed(pixels)
	var whole, m, d, share []float64
	for b.Loop() {
		for range clipRounds {
			m, d, whole = append(m, c.rate(compute)), append(d, c.rate(decode)), append(whole, c.rate(c.whole))
			last := len(whole) - 1
			share = append(share, whole[last]*(1/m[last]+1/d[last]))
		}
	}
	b.ReportMetric(median(whole), "img/s")
	b.ReportMetric(median(m), "m-img/s")
	b.ReportMetric(median(d), "d-img/s")
	b.ReportMetric(median(share), "of_machine")
	b.ReportMetric(slices.Min(share), "of_machine-worst")
	b.ReportMetric(0, "ns/op")
}
