package palette_test

import (
	"image/color"
	"math"
	"testing"

	"icono/internal/palette"
)

func TestPhrasesPointAlongTheirWords(t *testing.T) {
	m := open(t)
	half, third := math.Sqrt(0.5), math.Sqrt(1.0/3)
	tests := []struct {
		phrase string
		want   map[string]float64
	}{
		{"a dark picture", map[string]float64{"dark": 1}},
		{"DARK!", map[string]float64{"dark": 1}},
		{"red and orange", map[string]float64{"red": half, "orange": half}},
		{"a gray photo", map[string]float64{"grey": 1}},
		{"a colorful page", map[string]float64{"colourful": half, "text": half}},
		{"dark, red and busy", map[string]float64{"dark": third, "red": third, "busy": third}},
		{"red red blue", map[string]float64{"red": 2 / math.Sqrt(5), "blue": 1 / math.Sqrt(5)}},
		{"not red", map[string]float64{"red": 1}},
		{"", nil},
		{"a politician on a stage", nil},
		{"<|endoftext|>", nil},
	}
	for _, test := range tests {
		got := m.phrases(t, test.phrase)[0]
		for i, c := range palette.Words() {
			if math.Abs(float64(got[i])-test.want[c.Name]) > 1e-6 {
				t.Errorf("%q: %s is %v, want %v", test.phrase, c.Name, got[i], test.want[c.Name])
			}
		}
		if got[len(got)-1] != 0 {
			t.Errorf("%q has a part in the last dimension", test.phrase)
		}
	}
}

func TestEveryWordPointsToItsConcept(t *testing.T) {
	m := open(t)
	for i, c := range palette.Words() {
		for k, got := range m.phrases(t, c.Words...) {
			for j, v := range got {
				if want := j == i; (v == 1) != want || (v == 0) == want {
					t.Fatalf("%q: value %d is %v", c.Words[k], j, v)
				}
			}
		}
	}
}

// The first phrase of each list must win.
func TestRankings(t *testing.T) {
	m := open(t)
	grey := func(v byte) image { return solid(v, v, v) }
	red, orange, teal := [3]byte{200, 20, 20}, [3]byte{250, 140, 10}, [3]byte{0, 128, 128}
	page := writing(color.Gray{20}, color.Gray{245})
	tests := []struct {
		name    string
		picture image
		phrases []string
	}{
		{"night", grey(70), []string{"a dark picture", "a bright picture"}},
		{"day", grey(180), []string{"a bright picture", "a dark picture"}},
		{"two colours", stripes(56, red, orange), []string{"red and orange", "red", "orange", "blue"}},
		{"one colour", solid(200, 20, 20), []string{"red", "red and orange", "orange", "blue"}},
		{"teal", checks(28, teal, [3]byte{20, 20, 20}), []string{"a teal poster", "a blue poster", "a green poster", "a white poster"}},
		{"page", page, []string{"a page of text", "a colourful picture", "a dark picture", "a green picture"}},
		{"foliage", foliage(), []string{"a green picture", "a page of text", "a red picture", "a white picture"}},
		{"warm", solid(180, 140, 110), []string{"warm tones", "cool tones"}},
		{"plain", grey(128), []string{"a plain surface", "a busy pattern"}},
		{"flat", grey(128), []string{"a flat picture", "strong contrast"}},
		{"grey photo", fill(func(x, y int) [3]byte { v := byte(x/2 + y/4); return [3]byte{v, v, v} }),
			[]string{"a monochrome photo", "a colourful photo"}},
	}
	for _, test := range tests {
		p := m.probabilities(t, test.picture, test.phrases...)
		for i := 1; i < len(p); i++ {
			if p[i] >= p[0] {
				t.Errorf("%s: %q has %.3f, %q only %.3f", test.name, test.phrases[i], p[i], test.phrases[0], p[0])
			}
		}
	}
}

// A grey of 0.35 has Y = 89 and so bright = (89/255 - 0.2) / 0.6.
func TestProbabilityByHand(t *testing.T) {
	bright := (89.0/255 - 0.2) / 0.6
	want := 1 / (1 + math.Exp(8*(bright-(1-bright))))
	got := open(t).probabilities(t, solid(89, 89, 89), "a dark picture", "a bright picture")
	if math.Abs(got[0]-want) > 1e-4 {
		t.Errorf("dark has %.6f, want %.6f", got[0], want)
	}
}

func BenchmarkVision(b *testing.B) {
	m := open(b)
	p := foliage()
	for b.Loop() {
		m.images(b, p)
	}
}
