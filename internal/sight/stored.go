package sight

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"icono/internal/detect"
	"icono/internal/ocr"
	"icono/internal/vision"
)

// place is a box as it is stored: left, top, right and bottom as shares of the
// upright picture.
type place [4]float64

func placeOf(b vision.Box) place {
	return place{rounded(b.Left), rounded(b.Top), rounded(b.Right), rounded(b.Bottom)}
}

func (p place) box() *vision.Box {
	return &vision.Box{Left: p[0], Top: p[1], Right: p[2], Bottom: p[3]}
}

// reading is what Tesseract read, as it is stored.
type reading struct {
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence,omitempty"`
	Words      []word  `json:"words,omitempty"`
}

type word struct {
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence"`
	Box        place   `json:"box"`
}

func readingFrom(r ocr.Result) reading {
	out := reading{Text: strings.ToValidUTF8(r.Text, "\uFFFD"), Confidence: rounded(r.Confidence)}
	for _, w := range r.Words {
		out.Words = append(out.Words, word{strings.ToValidUTF8(w.Text, "\uFFFD"), rounded(w.Confidence), placeOf(vision.Box(w.Box))})
	}
	return out
}

// takeText adds a stored reading to what was found.
func takeText(a *vision.Annotation, body []byte) error {
	var r reading
	if err := json.Unmarshal(body, &r); err != nil {
		return err
	}
	a.Text = r.Text
	if len(r.Words) == 0 {
		return nil
	}
	a.TextConfidence = &r.Confidence
	block := vision.Block{Kind: "text", Text: r.Text}
	for _, w := range r.Words {
		block.Words = append(block.Words, vision.Word{Text: w.Text, Confidence: &w.Confidence, Box: w.Box.box()})
	}
	a.Blocks = []vision.Block{block}
	return nil
}

// sighting is what YOLOX found, as it is stored, the surest first.
type sighting struct {
	Objects []object `json:"objects"`
}

type object struct {
	Name  string  `json:"name"`
	Score float64 `json:"score"`
	Box   place   `json:"box"`
}

func sightingFrom(found []detect.Object) sighting {
	out := sighting{Objects: []object{}}
	for _, o := range found {
		out.Objects = append(out.Objects, object{o.Name, rounded(o.Score), placeOf(vision.Box(o.Box))})
	}
	return out
}

// takeObjects adds stored objects of a least score to what was found. Their names
// begin with a capital, as Google's do.
func takeObjects(a *vision.Annotation, body []byte, least float64) error {
	var s sighting
	if err := json.Unmarshal(body, &s); err != nil {
		return err
	}
	for _, o := range s.Objects {
		if o.Score >= least {
			a.Objects = append(a.Objects, vision.Object{Name: capital(o.Name), Score: o.Score, Box: o.Box.box()})
		}
	}
	return nil
}

func capital(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}
