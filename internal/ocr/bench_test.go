package ocr_test

import (
	"testing"

	"icono/internal/ocr"
)

// BenchmarkRead reads two lines of text; most of it is the start of the program
// and the loading of its language.
func BenchmarkRead(b *testing.B) {
	e := open(b, ocr.Options{})
	data := written(b, 700, 40, "The meeting begins at noon", "and is open to all")
	for b.Loop() {
		read(b, e, data)
	}
}
