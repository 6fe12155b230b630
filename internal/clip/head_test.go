package clip_test

import (
	"context"
	"errors"
	"math"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"icono/internal/clip"
	"icono/internal/stage"
)

// Whatever the vectors, probabilities are probabilities, the ranking falls,
// and equal categories keep their order.
func TestHeadProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vector := rapid.Custom(func(t *rapid.T) []float32 {
			v := []float32{rapid.Float32Range(-1, 1).Draw(t, "x"), rapid.Float32Range(-1, 1).Draw(t, "y"), 1}
			clip.Normalize(v)
			return v
		})
		pool := rapid.SliceOfN(vector, 1, 3).Draw(t, "pool") // few, so that some are equal
		var groups []clip.Group
		var vectors [][]float32
		for range rapid.IntRange(1, 4).Draw(t, "categories") {
			n := rapid.IntRange(1, 3).Draw(t, "phrases")
			groups = append(groups, clip.Group{Phrases: make([]string, n)})
			for range n {
				vectors = append(vectors, rapid.SampledFrom(pool).Draw(t, "vector"))
			}
		}
		way := rapid.SampledFrom([]clip.Aggregate{clip.Max, clip.Mean, clip.Sum, clip.PromptEnsemble}).Draw(t, "way")
		head, err := clip.NewHead(groups, vectors, way, 100)
		if err != nil {
			t.Fatal(err)
		}
		r := head.Classify(vector.Draw(t, "picture"))
		sum := func(p []float64) (s float64) {
			for _, x := range p {
				if x < 0 || x > 1+1e-12 || math.IsNaN(x) {
					t.Fatalf("probability %v", x)
				}
				s += x
			}
			return s
		}
		if s := sum(r.Phrases); math.Abs(s-1) > 1e-9 {
			t.Fatalf("phrases add up to %v", s)
		}
		if s := sum(r.Categories); way != clip.Max && math.Abs(s-1) > 1e-9 || s > 1+1e-9 {
			t.Fatalf("%s: categories add up to %v", way, s)
		}
		for i := 1; i < len(r.Ranking); i++ {
			a, b := r.Ranking[i-1], r.Ranking[i]
			if r.Categories[a] < r.Categories[b] || r.Categories[a] == r.Categories[b] && a > b {
				t.Fatalf("%v are ranked %v", r.Categories, r.Ranking)
			}
		}
		at := 0
		for i, g := range groups {
			own := r.Phrases[at : at+len(g.Phrases)]
			if r.Best[i] != at+slices.Index(own, slices.Max(own)) {
				t.Fatalf("the best of %v is said to be %d", own, r.Best[i]-at)
			}
			at += len(g.Phrases)
		}
	})
}

// Two categories of one phrase each, at a known angle: exp(100 cos a) against
// exp(100 cos b).
func TestHeadKnownAngle(t *testing.T) {
	head, err := clip.NewHead([]clip.Group{{Phrases: []string{"a"}}, {Phrases: []string{"b"}}}, [][]float32{{0.6, 0.8}, {0.61, float32(math.Sqrt(1 - 0.61*0.61))}}, clip.Max, 100)
	if err != nil {
		t.Fatal(err)
	}
	r := head.Classify([]float32{1, 0})
	if want := 1 / (1 + math.Exp(-1)); r.Ranking[0] != 1 || math.Abs(r.Categories[1]-want) > 1e-5 {
		t.Errorf("%+v, want %v", r, want)
	}
}

func TestHeadFaults(t *testing.T) {
	one := [][]float32{{1, 0}}
	for want, groups := range map[string][]clip.Group{
		`the category "Empty" has no phrase`: {{Name: "Full", Phrases: []string{"a"}}, {Name: "Empty"}},
		"1 vectors for 2 phrases":            {{Name: "Full", Phrases: []string{"a", "b"}}},
	} {
		if _, err := clip.NewHead(groups, one, clip.Max, 100); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v", err)
		}
	}
	if _, err := clip.NewHead(nil, nil, clip.Max, 100); err == nil {
		t.Error("a head without categories")
	}
}

// Without a connection the error names every file of the model and its place.
func TestInstallOffline(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close() // nobody listens there any more
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) { // the pauses between attempts pass at once
		_, err := clip.Store{Dir: dir, Hub: server.URL}.Install(context.Background(), named, "int8")
		var missing *stage.MissingError
		if !errors.As(err, &missing) || !strings.Contains(missing.What, "cannot be reached") {
			t.Fatalf("error %v", err)
		}
		for _, name := range []string{"preprocessor_config.json", "onnx/vision_model_quantized.onnx", "onnx/text_model_quantized.onnx"} {
			if !strings.Contains(missing.Mend, server.URL+"/Xenova/clip-vit-base-patch32/resolve/main/"+name+"\n    to "+dir) {
				t.Errorf("%q does not say where %s is", missing.Mend, name)
			}
		}
	})
}
