package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"

	xdraw "golang.org/x/image/draw"
)

// quality is that of every JPEG, 1 to 100.
const quality = 76

// longest is the longest side of a photograph in the study, in pixels.
const longest = 560

// encode returns the canvas as a file of the format that ext names.
func encode(c *canvas, ext string) ([]byte, error) {
	var buf bytes.Buffer
	var err error
	switch ext {
	case "jpg":
		err = jpeg.Encode(&buf, c.RGBA, &jpeg.Options{Quality: quality})
	case "png":
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&buf, plain(c))
	case "gif":
		p := image.NewPaletted(c.Bounds(), palette.Plan9)
		draw.Draw(p, c.Bounds(), c.RGBA, image.Point{}, draw.Src)
		err = gif.Encode(&buf, p, nil)
	default:
		err = fmt.Errorf("cannot write .%s", ext)
	}
	return buf.Bytes(), err
}

// scaled reads a photograph, shrinks it to at most longest pixels a side and
// returns it as a JPEG without metadata.
func scaled(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, _, err := image.Decode(f)
	if err != nil {
		return nil, err
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	if m := max(w, h); m > longest {
		w, h = w*longest/m, h*longest/m
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	xdraw.CatmullRom.Scale(dst, dst.Bounds(), src, src.Bounds(), xdraw.Src, nil)
	var buf bytes.Buffer
	err = jpeg.Encode(&buf, dst, &jpeg.Options{Quality: quality})
	return buf.Bytes(), err
}

// cropTo is the w x h rectangle in the middle of c.
func cropTo(c *canvas, w, h int) image.Rectangle {
	x, y := (int(c.w)-w)/2, (int(c.h)-h)/2
	return image.Rect(x, y, x+w, y+h)
}

// plain is the canvas as a grey picture where it holds no colour, which makes a
// PNG a third as large.
func plain(c *canvas) image.Image {
	for i := 0; i < len(c.Pix); i += 4 {
		if c.Pix[i] != c.Pix[i+1] || c.Pix[i] != c.Pix[i+2] {
			return c.RGBA
		}
	}
	g := image.NewGray(c.Bounds())
	draw.Draw(g, c.Bounds(), c.RGBA, image.Point{}, draw.Src)
	return g
}
