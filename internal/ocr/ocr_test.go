package ocr_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"icono/internal/ocr"
	"icono/internal/picture"
	"icono/internal/sharedtest"
	"icono/internal/stage"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// open opens the real program, or skips the test where there is none.
func open(t testing.TB, o ocr.Options) *ocr.Engine {
	t.Helper()
	if _, err := exec.LookPath("tesseract"); err != nil {
		t.Skip("skipped: needs the program tesseract (apt-get install tesseract-ocr tesseract-ocr-deu)")
	}
	e, err := ocr.Open(t.Context(), o)
	var missing *stage.MissingError
	if errors.As(err, &missing) {
		t.Skipf("skipped: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// written draws lines of text, black on white, as a PNG.
func written(t testing.TB, width int, size float64, lines ...string) []byte {
	t.Helper()
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		t.Fatal(err)
	}
	step := int(size * 1.6)
	m := image.NewRGBA(image.Rect(0, 0, width, step*(len(lines)+1)))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	d := font.Drawer{Dst: m, Src: image.NewUniform(color.Black), Face: face}
	for i, line := range lines {
		d.Dot = fixed.P(int(size), step*(i+1))
		d.DrawString(line)
	}
	return encoded(t, m)
}

func encoded(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, e *ocr.Engine, data []byte) ocr.Result {
	t.Helper()
	r, err := e.Read(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Umlauts and ß are read, line by line, and each word has its place.
func TestReadsGerman(t *testing.T) {
	e := open(t, ocr.Options{Languages: []string{"de"}})
	r := read(t, e, written(t, 700, 40, "Übergröße für Straßen", "Ärger, Öl und Füße"))
	if r.Text != "Übergröße für Straßen\nÄrger, Öl und Füße" {
		t.Errorf("read %q", r.Text)
	}
	var words []string
	var sum float64
	for _, w := range r.Words {
		words, sum = append(words, w.Text), sum+w.Confidence
	}
	if len(words) != 7 || strings.Join(words, " ") != strings.ReplaceAll(r.Text, "\n", " ") {
		t.Fatalf("words %q", words)
	}
	if r.Confidence < 0.8 || r.Confidence > 1 || r.Confidence != sum/7 || r.Width != 700 || r.Height != 192 {
		t.Errorf("confidence %v, %d x %d", r.Confidence, r.Width, r.Height)
	}
	// The baselines are at 64 and 128 of 192 pixels, the text begins at 40 of 700.
	first, last := r.Words[0], r.Words[6]
	if b := first.Box; b.Left < 35.0/700 || b.Left > 50.0/700 || b.Top < 20.0/192 || b.Bottom < 62.0/192 || b.Bottom > 80.0/192 || b.Right <= b.Left {
		t.Errorf("the first word is at %v", b)
	}
	if last.Block != first.Block || last.Line <= first.Line && last.Paragraph == first.Paragraph || last.Box.Top < 90.0/192 || last.Box.Left <= r.Words[5].Box.Right {
		t.Errorf("the last word is %+v", last)
	}
}

// What is read is what the program reads in the file itself.
func TestReadsWhatTheProgramReads(t *testing.T) {
	e := open(t, ocr.Options{Languages: []string{"de", "en"}, Mode: 6})
	path := filepath.Join(t.TempDir(), "page.png")
	data := written(t, 900, 30, "Die Sitzung beginnt um 19:30 Uhr.", "The meeting is open to all.", "Eintritt frei: 0 €")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("tesseract", path, "stdout", "-l", "deu+eng", "--psm", "6").Output()
	if err != nil {
		t.Fatal(err)
	}
	if r := read(t, e, data); r.Text != strings.TrimSpace(string(out)) || r.Text == "" {
		t.Errorf("read %q, not %q", r.Text, out)
	}
}

// A picture with no text is read as none; so are pictures of hardly any pixels.
func TestNoText(t *testing.T) {
	e := open(t, ocr.Options{})
	for _, size := range []image.Point{{500, 300}, {1, 1}, {3000, 1}, {1, 3000}, {2, 2}} {
		m := image.NewRGBA(image.Rectangle{Max: size})
		draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
		if r := read(t, e, encoded(t, m)); r.Text != "" || len(r.Words) != 0 || r.Confidence != 0 || r.Width != size.X || r.Height != size.Y {
			t.Errorf("%v: %+v", size, r)
		}
	}
}

// Black writing on nothing is read as on white, also where it lies on its side.
func TestTransparent(t *testing.T) {
	e := open(t, ocr.Options{})
	page, err := png.Decode(bytes.NewReader(written(t, 500, 40, "Nothing behind it")))
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewNRGBA(page.Bounds()) // black, as opaque as the page is dark
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			r, _, _, _ := page.At(x, y).RGBA()
			m.SetNRGBA(x, y, color.NRGBA{A: 255 - byte(r>>8)})
		}
	}
	if r := read(t, e, encoded(t, m)); r.Text != "Nothing behind it" {
		t.Errorf("read %q", r.Text)
	}
	side := image.NewNRGBA(image.Rect(0, 0, m.Rect.Dy(), m.Rect.Dx()))
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			side.SetNRGBA(m.Rect.Dy()-1-y, x, m.NRGBAAt(x, y))
		}
	}
	if r := read(t, e, withChunk(encoded(t, side), onItsSide)); r.Text != "Nothing behind it" || r.Width != 500 {
		t.Errorf("turned: read %q in %d x %d", r.Text, r.Width, r.Height)
	}
}

// onItsSide is an EXIF chunk that asks for a quarter turn to the left.
const onItsSide = "eXIfII*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00"

// turned is a PNG with an EXIF chunk that says it lies on its side.
func turned(t *testing.T, data []byte) []byte {
	t.Helper()
	p, err := picture.Decode(data, picture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p = p.Orient(6) // a quarter to the right, which orientation 8 undoes
	m := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i := range p.Width * p.Height {
		copy(m.Pix[4*i:], p.Pix[3*i:3*i+3])
		m.Pix[4*i+3] = 255
	}
	return withChunk(encoded(t, m), onItsSide)
}

// A picture that its EXIF orientation turns is read upright; small writing is
// read better when it is enlarged; and boxes do not depend on either.
func TestUprightAndScaled(t *testing.T) {
	text := "Die Versammlung ist eröffnet"
	plain := written(t, 700, 40, text)
	e := open(t, ocr.Options{Languages: []string{"deu"}})
	want := read(t, e, plain)
	got := read(t, e, turned(t, plain))
	if got.Text != text || got.Width != want.Width || got.Height != want.Height || !slices.Equal(got.Words, want.Words) {
		t.Errorf("turned: %+v", got)
	}
	large := open(t, ocr.Options{Languages: []string{"deu"}, Enlarge: 1400})
	small := written(t, 200, 11, text)
	if r := read(t, large, small); r.Text != text || r.Width != 200 || r.Words[3].Box.Right > 1 || r.Words[3].Box.Right < 0.7 {
		t.Errorf("enlarged: %+v", r)
	}
	reduced := open(t, ocr.Options{Languages: []string{"deu"}, Reduce: 350})
	if r := read(t, reduced, plain); r.Text != text || r.Width != 700 {
		t.Errorf("reduced: %+v", r)
	}
	if a, b := e.Canonical(), large.Canonical(); a == b || a != open(t, ocr.Options{Languages: []string{"de"}, Timeout: time.Minute}).Canonical() {
		t.Errorf("canonical: %s, %s", a, b)
	}
}

// Bytes that are no picture, or a picture too large, are refused before any
// process is started.
func TestHostilePictures(t *testing.T) {
	e := open(t, ocr.Options{MaxPixels: 1_000_000})
	for name, data := range map[string][]byte{"empty": nil, "a page": []byte("<html>"), "a path": []byte("/etc/passwd\n"), "cut off": written(t, 300, 20, "cut")[:200]} {
		if _, err := e.Read(t.Context(), data); picture.ReasonOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := e.Read(t.Context(), written(t, 40_000, 20, "x")); picture.ReasonOf(err) != picture.TooLarge {
		t.Errorf("over the limit of pixels: %v", err)
	}
	var failed *ocr.Error
	if _, err := open(t, ocr.Options{}).Read(t.Context(), written(t, 40_000, 20, "x")); !errors.As(err, &failed) || !strings.Contains(err.Error(), "32767") {
		t.Errorf("over the program's limit: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Read(ctx, written(t, 300, 20, "x")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// wrong is the character error rate: the least number of characters to insert,
// remove or change, in parts of the wanted ones. White space counts as one
// blank.
func wrong(want, got string) float64 {
	a, b := []rune(strings.Join(strings.Fields(want), " ")), []rune(strings.Join(strings.Fields(got), " "))
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		before := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := before
			if x != y {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, before+1, row[j]+1)
		}
	}
	return float64(row[len(b)]) / float64(len(a))
}

// Six drawn pictures with known text: posters, posts, a chart and a story. The
// limits are what Tesseract 5.3 reaches with room to spare, none is a promise.
func TestErrorRates(t *testing.T) {
	text, err := os.ReadFile(sharedtest.Path(t, "data/ocr_ground_truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	truth := map[string][]string{}
	if err := json.Unmarshal(text, &truth); err != nil {
		t.Fatal(err)
	}
	rates := map[string]map[string]float64{}
	settings := []ocr.Options{{Mode: 3}, {Mode: 11}, {Mode: 3, Threshold: ocr.Sauvola}}
	for name, lines := range truth {
		found, err := filepath.Glob(filepath.Join(sharedtest.Path(t, "data/images"), "*__made_"+name+".*"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %v, %v", name, found, err)
		}
		data, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		rates[name] = map[string]float64{}
		for _, o := range settings {
			o.Languages = []string{"de", "en"}
			r := read(t, open(t, o), data)
			key := fmt.Sprintf("mode %d %s, enlarged to %d", o.Mode, o.Threshold, o.Enlarge)
			rates[name][key] = wrong(strings.Join(lines, "\n"), r.Text)
			t.Logf("%s, %s: %.3f wrong, confidence %.2f", name, key, rates[name][key], r.Confidence)
		}
	}
	for name, limit := range map[string]struct {
		setting string
		most    float64
	}{
		"sharepic-de": {"mode 3 , enlarged to 0", 0.05}, "tweet-de": {"mode 3 , enlarged to 0", 0.05}, "tweet-dark-en": {"mode 3 , enlarged to 0", 0.05},
		"phone-de": {"mode 3 , enlarged to 0", 0.1}, "plakat-de": {"mode 3 sauvola, enlarged to 0", 0.05}, "chart-de": {"mode 11 , enlarged to 0", 0.3},
	} {
		if got, ok := rates[name][limit.setting]; !ok || got > limit.most {
			t.Errorf("%s, %s: %.3f of the characters are wrong", name, limit.setting, got)
		}
	}
}
