package palette_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"icono/internal/clip/token"
	"icono/internal/onnx"
	"icono/internal/palette"
	"icono/internal/palette/tower"
)

// The files in the repository are what the generator writes.
func TestFilesAreGenerated(t *testing.T) {
	vision, err := tower.Vision()
	if err != nil {
		t.Fatal(err)
	}
	text, err := tower.Text(tokenizer(t))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(vision, palette.Vision()) || !bytes.Equal(text, palette.Text()) || !bytes.Equal(readme, tower.Readme()) {
		t.Error("the files are stale: run `go generate ./internal/palette`")
	}
	if size := len(vision) + len(text); size > 120_000 {
		t.Errorf("the models have %d bytes, want at most 120,000", size)
	}
}

func TestWordsAreSingleTokensOfOneConcept(t *testing.T) {
	tok := tokenizer(t)
	taken := map[int64]string{}
	for _, c := range palette.Words() {
		if c.Name == "" || c.About == "" || c.Measure == "" || len(c.Words) == 0 || c.Words[0] != c.Name {
			t.Errorf("incomplete concept: %+v", c)
		}
		for _, word := range c.Words {
			ids := tok.Tokens(word)
			if len(ids) != 1 || word != strings.ToLower(word) {
				t.Errorf("%q of %s has %d tokens", word, c.Name, len(ids))
				continue
			}
			if other, ok := taken[ids[0]]; ok {
				t.Errorf("%q belongs to %s and %s", word, other, c.Name)
			}
			taken[ids[0]] = c.Name
		}
	}
	if got := len(palette.Words()) + 1; got != tower.Dim {
		t.Errorf("%d dimensions, want %d", got, tower.Dim)
	}
}

func tokenizer(t testing.TB) *token.Tokenizer {
	t.Helper()
	tok, err := token.New()
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// model is palette under ONNX Runtime.
type model struct {
	vision, text *onnx.Session
	tok          *token.Tokenizer
}

func open(t testing.TB) model {
	t.Helper()
	path, _ := onnx.Locate()
	if path == "" {
		t.Skip("skipped: needs ONNX Runtime's library")
	}
	runtime, err := onnx.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	session := func(data []byte) *onnx.Session {
		s, err := runtime.Session(onnx.Model{Data: data}, onnx.Options{Device: "cpu", Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	t.Cleanup(func() { _ = runtime.Close() })
	return model{vision: session(palette.Vision()), text: session(palette.Text()), tok: tokenizer(t)}
}

// images gives one embedding for each picture, all computed in one batch.
func (m model) images(t testing.TB, pictures ...image) [][]float32 {
	t.Helper()
	mean := [3]float64{0.48145466, 0.4578275, 0.40821073}
	std := [3]float64{0.26862954, 0.26130258, 0.27577711}
	var pixels []float32
	for _, p := range pictures {
		for channel := range 3 {
			for i := range side * side {
				pixels = append(pixels, float32((float64(p[3*i+channel])/255-mean[channel])/std[channel]))
			}
		}
	}
	in := onnx.Tensor{Shape: []int64{int64(len(pictures)), 3, side, side}, Floats: pixels}
	return run(t, m.vision, in, "image_embeds")
}

// phrases gives one embedding for each phrase.
func (m model) phrases(t testing.TB, phrases ...string) [][]float32 {
	t.Helper()
	var ids []int64
	for _, phrase := range phrases {
		one, _, err := m.tok.Encode(phrase)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, one...)
	}
	in := onnx.Tensor{Shape: []int64{int64(len(phrases)), token.Length}, Ints: ids}
	return run(t, m.text, in, "text_embeds")
}

func run(t testing.TB, s *onnx.Session, in onnx.Tensor, wanted string) [][]float32 {
	t.Helper()
	values, shape, err := s.Run(context.Background(), []onnx.Tensor{in}, wanted)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprint([]int64{in.Shape[0], tower.Dim}); fmt.Sprint(shape) != want {
		t.Fatalf("%s has the shape %v, want %s", wanted, shape, want)
	}
	var rows [][]float32
	for len(values) > 0 {
		rows = append(rows, values[:tower.Dim])
		values = values[tower.Dim:]
	}
	return rows
}

// probabilities is the softmax over phrases at CLIP's scale.
func (m model) probabilities(t testing.TB, p image, phrases ...string) []float64 {
	t.Helper()
	picture := m.images(t, p)[0]
	var out []float64
	sum := 0.0
	for _, phrase := range m.phrases(t, phrases...) {
		cosine := 0.0
		for i := range phrase {
			cosine += float64(phrase[i]) * float64(picture[i])
		}
		out = append(out, math.Exp(palette.LogitScale*cosine))
		sum += out[len(out)-1]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}
