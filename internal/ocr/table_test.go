package ocr

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

const someTable = tableHead + "\n1\t1\t0\t0\t0\t0\t0\t0\t100\t50\t-1\t\n5\t1\t1\t1\t1\t1\t10\t5\t40\t10\t96.5\tÖl\n5\t1\t1\t1\t1\t2\t60\t5\t80\t10\t50\t2\n5\t1\t1\t1\t2\t1\t0\t0\t100\t50\t95\t \n"

// The text stands behind the table, or before it; its blank lines stay, those
// at its ends go. A figure that Tesseract takes for a blank is no word.
func TestParse(t *testing.T) {
	for _, out := range []string{someTable + "\n Öl 2\n\nund mehr\n\n\f", "\n Öl 2\n\nund mehr\n\n\f" + someTable} {
		var r Result
		if err := r.parse([]byte(out), 100, 50); err != nil {
			t.Fatal(err)
		}
		if r.Text != "Öl 2\n\nund mehr" || len(r.Words) != 2 || math.Abs(r.Confidence-0.7325) > 1e-9 {
			t.Errorf("%+v", r)
		}
		if want := (Word{"2", 0.5, Box{0.6, 0.1, 1, 0.3}, 1, 1, 1}); r.Words[1] != want {
			t.Errorf("%+v, not %+v", r.Words[1], want)
		}
	}
}

// Whatever a program writes, it is read or refused: no panic, boxes and
// confidences within their limits, text that is UTF-8.
func FuzzParse(f *testing.F) {
	f.Add([]byte(someTable + "text\f"))
	f.Add([]byte(strings.ReplaceAll(someTable, "40", "-999999999999")))
	f.Add([]byte(strings.ReplaceAll(someTable, "96.5", "NaN")))
	f.Add([]byte{0xff, 0xfe})
	f.Fuzz(func(t *testing.T, out []byte) {
		var r Result
		if r.parse(out, 100, 50) != nil {
			return
		}
		if !utf8.ValidString(r.Text) || !(r.Confidence >= 0 && r.Confidence <= 1) {
			t.Errorf("%q, %v", r.Text, r.Confidence)
		}
		for _, w := range r.Words {
			for _, v := range []float64{w.Box.Left, w.Box.Top, w.Box.Right, w.Box.Bottom, w.Confidence} {
				if !(v >= 0 && v <= 1) {
					t.Errorf("%+v", w)
				}
			}
		}
	})
}
