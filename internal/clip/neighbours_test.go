package clip_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"icono/internal/clip"
	"icono/internal/onnx"
	"icono/internal/onnx/graph"
	"icono/internal/sharedtest"
)

// projected is a model whose towers multiply all values of a picture, and all
// ids of a phrase, with a matrix of fixed noise: many sums of many numbers, as
// in real models. A quantised one rounds them before to 256 steps between the
// least and the greatest number of all that is computed at once.
func projected(batch graph.Dim, quantised bool) files {
	tower := func(g *graph.Graph, in string, n int64, out string) {
		const dim = 48
		r := rand.New(rand.NewPCG(7, uint64(n)))
		noise := make([]float32, n*dim)
		for i := range noise {
			noise[i] = r.Float32() - 0.5
		}
		if quantised {
			g.Node("DynamicQuantizeLinear", []string{in}, []string{"steps", "scale", "zero"})
			in = g.Node("DequantizeLinear", []string{"steps", "scale", "zero"}, []string{"rounded"})
		}
		// The matrix is computed, if only by adding nothing: one row is then
		// multiplied by other code than several.
		all := g.Node("ReduceSum", []string{in}, []string{"all"}, graph.Int("keepdims", 0))
		nothing := g.Node("Mul", []string{all, g.Floats("times", nil, 0)}, []string{"nothing"})
		matrix := g.Node("Add", []string{g.Floats("noise", []int64{n, dim}, noise...), nothing}, []string{"matrix"})
		g.Node("MatMul", []string{in, matrix}, []string{out})
		g.Output(out, graph.Float, batch, graph.Fixed(dim))
	}
	return files{
		"vision_model.onnx": func(g *graph.Graph) {
			in := g.Input("pixel_values", graph.Float, batch, graph.Fixed(3), graph.Fixed(16), graph.Fixed(16))
			tower(g, g.Node("Flatten", []string{in}, []string{"flat"}, graph.Int("axis", 1)), 3*16*16, "image_embeds")
		},
		"text_model.onnx": func(g *graph.Graph) {
			in := g.Input("input_ids", graph.Int64, batch, graph.Fixed(77))
			numbers := g.Node("Cast", []string{in}, []string{"numbers"}, graph.Int("to", int64(graph.Float)))
			tower(g, g.Node("Mul", []string{numbers, g.Floats("less", nil, 1e-4)}, []string{"small"}), 77, "text_embeds")
		},
	}
}

// noisyPictures are n pictures, the first ones faint and the last ones glaring.
func noisyPictures(n, side int) []float32 {
	r := rand.New(rand.NewPCG(3, 4))
	pixels := make([]float32, n*3*side*side)
	for i := range pixels {
		pixels[i] = (r.Float32() - 0.4) * float32(1+i*8/len(pixels))
	}
	return pixels
}

// checkNeighbours embeds pictures and phrases in portions of several sizes: the
// vectors must be equal to the last bit.
func checkNeighbours(t *testing.T, m *clip.Model) {
	t.Helper()
	const n = 17
	area := 3 * m.Size() * m.Size()
	pixels := noisyPictures(n, m.Size())
	var ids [][]int64
	var used []int
	for i := range n {
		row, length, err := m.EncodePhrase(strings.Repeat("a person and a dog ", 1+i/3) + string(rune('a'+i)))
		if err != nil {
			t.Fatal(err)
		}
		ids, used = append(ids, row), append(used, length)
	}
	var images, texts []float32
	for _, size := range []int{1, 2, 7, 16, n} {
		vectors := make([]float32, n*m.Dim())
		var phrases []float32
		for at := 0; at < n; at += size {
			count := min(size, n-at)
			if err := m.EmbedImages(t.Context(), pixels[at*area:(at+count)*area], count, vectors[at*m.Dim():]); err != nil {
				t.Fatal(err)
			}
			some, err := m.EmbedTexts(t.Context(), ids[at:at+count], used[at:at+count])
			if err != nil {
				t.Fatal(err)
			}
			phrases = append(phrases, slices.Concat(some...)...)
		}
		if images == nil {
			images, texts = vectors, phrases
		}
		if !slices.Equal(vectors, images) {
			t.Errorf("pictures %d at a time have other vectors", size)
		}
		if !slices.Equal(phrases, texts) {
			t.Errorf("phrases %d at a time have other vectors", size)
		}
	}
}

// raw computes the vectors of the first of n pictures with the bare model.
func raw(t *testing.T, r *onnx.Runtime, path string, n int) []float32 {
	t.Helper()
	s, err := r.Session(onnx.Model{Path: path}, onnx.Options{Device: "cpu"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	pixels := noisyPictures(17, 16)[:n*3*16*16]
	values, shape, err := s.Run(context.Background(), []onnx.Tensor{{Shape: []int64{int64(n), 3, 16, 16}, Floats: pixels}}, "image_embeds")
	if err != nil {
		t.Fatal(err)
	}
	return values[:shape[1]]
}

// A vector does not depend on the items beside it, though bare models let them
// change it: through other sums for a single row, or through a shared scale.
func TestNeighboursChangeNothing(t *testing.T) {
	r := runtime(t)
	for name, c := range map[string]struct {
		batch     graph.Dim
		quantised bool
	}{
		"any batch": {graph.Sym("N"), false}, "batch of 4": {graph.Fixed(4), false},
		"quantised": {graph.Sym("N"), true}, "quantised, batch of 4": {graph.Fixed(4), true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := projected(c.batch, c.quantised).write(t)
			m, err := clip.Open(r, clip.Options{Dir: dir, Device: "cpu", Precision: "fp32"})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = m.Close() }()
			checkNeighbours(t, m)
			precision := "fp32"
			if c.quantised {
				precision = "int8"
			}
			if noted := strings.Contains(strings.Join(m.Notes(), "\n"), "one at a time"); noted != c.quantised || m.Precision() != precision {
				t.Errorf("precision %s, notes %q", m.Precision(), m.Notes())
			}
			if c.batch == graph.Sym("N") {
				path := filepath.Join(dir, "vision_model.onnx")
				if slices.Equal(raw(t, r, path, 1), raw(t, r, path, 17)) {
					t.Error("the bare model does not show what is tested here")
				}
			}
		})
	}
}

// The real network of the shared folder, too, gives a picture the same vector
// in every batch.
func TestNeighboursOfARealNetwork(t *testing.T) {
	dir := sharedtest.Path(t, "models", "cococlip")
	m, err := clip.Open(runtime(t), clip.Options{Dir: dir, Device: "cpu", Precision: "fp32"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	checkNeighbours(t, m)
}

// The operator is found wherever it lies in a file, and the file's hash is that
// of its bytes.
func TestDynamicOperatorIsFoundAnywhere(t *testing.T) {
	r := runtime(t)
	for _, padding := range []int{0, 32<<10 - 8, 64<<10 - 15, 1 << 20} {
		dir := projected(graph.Sym("N"), true).write(t)
		path := filepath.Join(dir, "vision_model.onnx")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// A documentation string in front (field 6) moves everything.
		text := bytes.Repeat([]byte{'x'}, padding)
		head := []byte{6<<3 | 2}
		for n := uint(padding); ; n >>= 7 {
			if n < 0x80 {
				head = append(head, byte(n))
				break
			}
			head = append(head, byte(n)|0x80)
		}
		if err := os.WriteFile(path, slices.Concat(head, text, data), 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := clip.Open(r, clip.Options{Dir: dir, Device: "cpu", Precision: "fp32"})
		if err != nil {
			t.Fatal(err)
		}
		if notes := strings.Join(m.Notes(), "\n"); !strings.Contains(notes, "vision_model.onnx is quantised") {
			t.Errorf("after %d bytes: notes %q", padding, notes)
		}
		_ = m.Close()
	}
}
