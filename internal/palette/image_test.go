package palette_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	stdimage "image"
	"image/color"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"icono/internal/palette"
	"icono/internal/picture"
	"icono/internal/sharedtest"
)

// values are the 24 values of a picture by name, from the plain reference.
func values(p image) map[string]float64 {
	m := measureRaw(p)
	v := map[string]float64{}
	for _, c := range palette.Words()[:12] {
		v[c.Name] = math.Sqrt(m.shares[c.Name])
	}
	pair := func(high, low string, x float64) { v[high], v[low] = x, 1-x }
	pair("bright", "dark", ramp(m.light, 0.2, 0.8))
	pair("colourful", "muted", ramp(m.chroma, 0, 0.25))
	v["monochrome"] = ramp(m.shares["black"]+m.shares["white"]+m.shares["grey"], 0.5, 1)
	pair("warm", "cool", ramp(m.warmth, -0.15, 0.15))
	pair("busy", "plain", ramp(m.activity, 0.01, 0.055))
	pair("contrast", "flat", ramp(m.deviation, 0.1, 0.4))
	v["text"] = ramp(m.strokes, 0.003, 0.03)
	return v
}

func solid(r, g, b byte) image { return fill(func(_, _ int) [3]byte { return [3]byte{r, g, b} }) }

func stripes(width int, a, b [3]byte) image {
	return fill(func(x, _ int) [3]byte {
		if x/width%2 == 0 {
			return a
		}
		return b
	})
}

func checks(width int, a, b [3]byte) image {
	return fill(func(x, y int) [3]byte {
		if (x/width+y/width)%2 == 0 {
			return a
		}
		return b
	})
}

// writing is a page of text, ink on paper.
func writing(ink, paper color.Gray) image {
	page := stdimage.NewGray(stdimage.Rect(0, 0, side, side))
	for i := range page.Pix {
		page.Pix[i] = paper.Y
	}
	for y := 20; y < side-10; y += 16 {
		d := font.Drawer{Dst: page, Src: stdimage.NewUniform(ink), Face: basicfont.Face7x13, Dot: fixed.P(12, y)}
		d.DrawString("Mehr Demokratie wagen: 12345")
	}
	return fill(func(x, y int) [3]byte {
		v := page.GrayAt(x, y).Y
		return [3]byte{v, v, v}
	})
}

// foliage is noise in greens, in leaves of some pixels.
func foliage() image {
	r := rand.New(rand.NewPCG(1, 2))
	p := blank()
	for range 20000 {
		x, y, size := r.IntN(side), r.IntN(side), 2+r.IntN(6)
		leaf := [3]byte{byte(20 + r.IntN(60)), byte(60 + r.IntN(140)), byte(10 + r.IntN(40))}
		for j := y; j < min(side, y+size); j++ {
			for i := x; i < min(side, x+size/2+1); i++ {
				p.set(i, j, leaf)
			}
		}
	}
	return p
}

func noise() image {
	r := rand.New(rand.NewPCG(3, 4))
	return fill(func(_, _ int) [3]byte { return [3]byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())} })
}

// spectrum has every hue from left to right, paler downwards and, in the lower
// half, darker; its pixels lie on both sides of every limit.
func spectrum() image {
	return fill(func(x, y int) [3]byte {
		level, least := 255, 2*y
		if y >= side/2 {
			level, least = 255-2*(y-side/2), (y-side/2)/2
		}
		var rgb [3]byte
		for channel := range 3 {
			turn := math.Mod(float64(x)*6/side+float64(2-2*channel)+2, 6) // 0..6 from the channel's own red
			w := min(1, max(0, math.Abs(turn-3)-1))
			rgb[channel] = byte(float64(least) + w*float64(level-least))
		}
		return rgb
	})
}

func drawn() map[string]image {
	red, blue := [3]byte{255, 0, 0}, [3]byte{0, 0, 255}
	black, white := [3]byte{}, [3]byte{255, 255, 255}
	return map[string]image{
		"black":           solid(0, 0, 0),
		"white":           solid(255, 255, 255),
		"red":             solid(255, 0, 0),
		"turquoise":       solid(64, 224, 208),
		"red and blue":    stripes(side/2, red, blue),
		"thin stripes":    stripes(2, black, white),
		"single lines":    stripes(1, black, white),
		"broad stripes":   stripes(16, black, white),
		"checkerboard":    checks(8, red, white),
		"fine check":      checks(1, black, white),
		"gradient":        fill(func(x, _ int) [3]byte { return [3]byte{byte(x), byte(x), byte(x)} }),
		"colour gradient": fill(func(x, y int) [3]byte { return [3]byte{byte(x), byte(y), byte(255 - x)} }),
		"spectrum":        spectrum(),
		"noise":           noise(),
		"foliage":         foliage(),
		"page":            writing(color.Gray{20}, color.Gray{245}),
		"white on black":  writing(color.Gray{250}, color.Gray{10}),
	}
}

func compare(t *testing.T, name string, p image, got []float32) {
	t.Helper()
	want := values(p)
	rest := 12.5 * 12.5
	for i, c := range palette.Words() {
		if math.Abs(float64(got[i])*12.5-want[c.Name]) > 1e-4 {
			t.Errorf("%s: %s is %.6f, want %.6f", name, c.Name, got[i]*12.5, want[c.Name])
		}
		rest -= want[c.Name] * want[c.Name]
	}
	if last := float64(got[len(got)-1]) * 12.5; math.Abs(last-math.Sqrt(rest)) > 1e-4 {
		t.Errorf("%s: the last dimension is %.6f, want %.6f", name, last, math.Sqrt(rest))
	}
}

func TestDrawnPicturesEqualTheReference(t *testing.T) {
	m := open(t)
	for name, p := range drawn() {
		compare(t, name, p, m.images(t, p)[0])
	}
}

// Every combination of 52 levels of R, G and B stands in one of three pictures.
func TestAllColoursEqualTheReference(t *testing.T) {
	m := open(t)
	for part := range 3 {
		p := fill(func(x, y int) [3]byte {
			i := part*side*side + y*side + x
			return [3]byte{byte(5 * (i % 52)), byte(5 * (i / 52 % 52)), byte(5 * min(51, i/52/52))}
		})
		compare(t, "colours", p, m.images(t, p)[0])
	}
}

func TestRealPicturesEqualTheReference(t *testing.T) {
	dir := sharedtest.Path(t, "data", "images")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	m := open(t)
	for i, file := range files {
		if i%8 != 0 {
			continue
		}
		p := load(t, file)
		compare(t, filepath.Base(file), p, m.images(t, p)[0])
	}
}

func load(t testing.TB, file string) image {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := blank()
	if err := new(picture.Decoder).DecodeCrop(data, side, picture.Options{}, p); err != nil {
		t.Fatal(file, err)
	}
	return p
}

// Values that need no reference: they follow from the formulas by hand.
func TestByHand(t *testing.T) {
	m := open(t)
	all := drawn()
	half := math.Sqrt(0.5)
	tests := []struct {
		picture string
		want    string // concept=value
		value   float64
	}{
		{"black", "black", 1}, {"black", "dark", 1}, {"black", "plain", 1}, {"black", "flat", 1}, {"black", "monochrome", 1},
		{"black", "warm", 0.5}, {"black", "text", 0},
		{"white", "white", 1}, {"white", "bright", 1}, {"white", "muted", 1},
		{"red", "red", 1}, {"red", "colourful", 1}, {"red", "warm", 1}, {"red", "monochrome", 0},
		{"red", "bright", (54.0/255 - 0.2) / 0.6}, // Y = floor(0.2126 * 255 + 0.5) = 54
		{"turquoise", "turquoise", 1},
		{"red and blue", "red", half}, {"red and blue", "blue", half}, {"red and blue", "warm", 0.5},
		// One step of 54 - 18 levels in each row, of 2 * 224 * 223 neighbours.
		{"red and blue", "plain", 1}, {"red and blue", "flat", 1},
		{"checkerboard", "red", half}, {"checkerboard", "white", half},
		{"broad stripes", "contrast", 1}, // the deviation is 127.5 / 255
		{"broad stripes", "bright", 0.5},
		{"fine check", "busy", 1}, {"fine check", "grey", 0},
		// Each two-pixel stripe but the outer ones has lighter or darker ones at both sides.
		{"thin stripes", "text", 1},
		{"broad stripes", "text", 0},
	}
	for _, test := range tests {
		embedding := m.images(t, all[test.picture])[0]
		for i, c := range palette.Words() {
			if c.Name == test.want && math.Abs(float64(embedding[i])*12.5-test.value) > 1e-4 {
				t.Errorf("%s: %s is %.6f, want %.6f", test.picture, c.Name, embedding[i]*12.5, test.value)
			}
		}
	}
}

// Nothing depends on the other pictures of a batch, not by one bit.
func TestBatchesGiveEqualBits(t *testing.T) {
	m := open(t)
	var pictures []image
	for _, name := range strings.Split("noise,foliage,page,spectrum,colour gradient,thin stripes,red", ",") {
		pictures = append(pictures, drawn()[name])
	}
	together := m.images(t, pictures...)
	for i, p := range pictures {
		alone := m.images(t, p)[0]
		for k := range alone {
			if math.Float32bits(alone[k]) != math.Float32bits(together[i][k]) {
				t.Errorf("picture %d, value %d: %v alone, %v in a batch", i, k, alone[k], together[i][k])
			}
		}
	}
}

func TestImageEmbeddingsHaveUnitLength(t *testing.T) {
	m := open(t)
	for name, p := range drawn() {
		sum := 0.0
		for _, v := range m.images(t, p)[0] {
			sum += float64(v) * float64(v)
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("%s: squared length %v", name, sum)
		}
	}
}
