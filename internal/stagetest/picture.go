package stagetest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// Pictures is a folder with red.png and blue.png of a size in pixels, and text.png,
// which is no picture.
func Pictures(t testing.TB, width, height int) Folder {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]color.RGBA{"red.png": {200, 0, 0, 255}, "blue.png": {0, 0, 200, 255}} {
		m := image.NewRGBA(image.Rect(0, 0, width, height))
		for i := range width * height {
			m.Set(i%width, i/width, c)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		write(name, b.Bytes())
	}
	write("text.png", []byte("no picture"))
	return Folder(dir)
}
