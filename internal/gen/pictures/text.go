package main

import (
	"fmt"
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The typefaces are the Go fonts, which are free to use and hold umlauts.
type typeface int

const (
	regular typeface = iota
	bold
	italic
	mono
)

// face returns the typeface at size pixels.
func (t typeface) face(size float64) (font.Face, error) {
	ttf := [][]byte{goregular.TTF, gobold.TTF, goitalic.TTF, gomonobold.TTF}[t]
	f, err := opentype.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("typeface %d: %w", t, err)
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
}

// mustFace is face for the embedded fonts, which parse or the build is broken.
func (t typeface) mustFace(size float64) font.Face {
	f, err := t.face(size)
	if err != nil {
		panic(err)
	}
	return f
}

// text writes one line with its baseline at y. Align -1 starts it at x, 0
// centres it there, 1 ends it there.
func (c *canvas) text(t typeface, size float64, colour color.Color, align int, x, y float64, s string) {
	d := font.Drawer{Dst: c.RGBA, Src: image.NewUniform(colour), Face: t.mustFace(size)}
	w := float64(d.MeasureString(s)) / 64
	x -= w * float64(align+1) / 2
	d.Dot = fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}
	d.DrawString(s)
}

// slogan writes lines below one another, each as large as the width w allows
// but at most size, the first baseline one line below y. It returns the y below
// the last line.
func (c *canvas) slogan(t typeface, size float64, colour color.Color, align int, x, y, w float64, lines ...string) float64 {
	for _, s := range lines {
		width := float64(font.MeasureString(t.mustFace(100), s)) / 64
		fit := min(size, w/width*100)
		y += fit * 1.08
		c.text(t, fit, colour, align, x, y, s)
	}
	return y
}

// paragraph breaks s into lines of at most w pixels and writes them from
// baseline y on, leading pixels apart. It returns the baseline after the last.
func (c *canvas) paragraph(t typeface, size float64, colour color.Color, x, y, w, leading float64, s string) float64 {
	face := t.mustFace(size)
	line := ""
	flush := func() {
		c.text(t, size, colour, -1, x, y, line)
		y += leading
		line = ""
	}
	for _, word := range strings.Fields(s) {
		next := strings.TrimSpace(line + " " + word)
		if line != "" && float64(font.MeasureString(face, next))/64 > w {
			flush()
			next = word
		}
		line = next
	}
	if line != "" {
		flush()
	}
	return y
}
