package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"

	"golang.org/x/image/vector"
)

// A canvas is a picture being drawn. Coordinates are pixels from the top left
// corner; shapes are antialiased and may reach over the edge.
type canvas struct {
	*image.RGBA
	w, h float64
	rng  *rand.Rand
}

// newCanvas returns a canvas of w x h pixels filled with ground. All that is
// drawn at random on it follows from seed.
func newCanvas(w, h int, seed uint64, ground color.Color) *canvas {
	c := &canvas{
		RGBA: image.NewRGBA(image.Rect(0, 0, w, h)),
		w:    float64(w), h: float64(h),
		rng: rand.New(rand.NewPCG(seed, 0x69636f6e6f)),
	}
	draw.Draw(c.RGBA, c.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	return c
}

// hex returns the opaque colour 0xRRGGBB.
func hex(rgb uint32) color.NRGBA {
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 255}
}

// alpha returns c with the given opacity, 0 to 1.
func alpha(c color.NRGBA, a float64) color.NRGBA {
	c.A = uint8(math.Round(255 * min(max(a, 0), 1)))
	return c
}

// mix returns the colour at share t of the way from a to b.
func mix(a, b color.NRGBA, t float64) color.NRGBA {
	t = min(max(t, 0), 1)
	at := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*t)) }
	return color.NRGBA{R: at(a.R, b.R), G: at(a.G, b.G), B: at(a.B, b.B), A: at(a.A, b.A)}
}

// between returns a random number in [lo, hi).
func (c *canvas) between(lo, hi float64) float64 { return lo + (hi-lo)*c.rng.Float64() }

// pick returns one of the colours at random.
func (c *canvas) pick(colours ...color.NRGBA) color.NRGBA { return colours[c.rng.IntN(len(colours))] }

// gradient fills the rows y0 to y1 with colours spread evenly from top to bottom.
func (c *canvas) gradient(y0, y1 float64, colours ...color.NRGBA) {
	for y := max(int(y0), 0); y < min(int(y1), int(c.h)); y++ {
		t := (float64(y) - y0) / (y1 - y0) * float64(len(colours)-1)
		i := min(max(int(t), 0), len(colours)-2)
		row := image.Rect(0, y, int(c.w), y+1)
		draw.Draw(c.RGBA, row, image.NewUniform(mix(colours[i], colours[i+1], t-float64(i))), image.Point{}, draw.Src)
	}
}

// polygon fills the closed shape through points, given as x, y, x, y, ...
func (c *canvas) polygon(colour color.Color, points ...float64) {
	x0, y0, x1, y1 := c.w, c.h, 0.0, 0.0
	for i := 0; i+1 < len(points); i += 2 {
		x0, x1 = min(x0, points[i]), max(x1, points[i])
		y0, y1 = min(y0, points[i+1]), max(y1, points[i+1])
	}
	box := image.Rect(int(x0)-1, int(y0)-1, int(x1)+2, int(y1)+2).Intersect(c.Bounds())
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	at := func(i int) (float32, float32) {
		return float32(points[i] - float64(box.Min.X)), float32(points[i+1] - float64(box.Min.Y))
	}
	r.MoveTo(at(0))
	for i := 2; i+1 < len(points); i += 2 {
		r.LineTo(at(i))
	}
	r.ClosePath()
	r.Draw(c.RGBA, box, image.NewUniform(colour), image.Point{})
}

// rect fills a rectangle given by its corner, width and height.
func (c *canvas) rect(colour color.Color, x, y, w, h float64) {
	c.polygon(colour, x, y, x+w, y, x+w, y+h, x, y+h)
}

// ellipse fills an ellipse around x, y.
func (c *canvas) ellipse(colour color.Color, x, y, rx, ry float64) {
	c.polygon(colour, arc(nil, x, y, rx, ry, 0, 2*math.Pi)...)
}

// disc fills a circle around x, y.
func (c *canvas) disc(colour color.Color, x, y, r float64) { c.ellipse(colour, x, y, r, r) }

// arc appends the points of an arc from angle a to b (radians, clockwise from
// three o'clock) to points.
func arc(points []float64, x, y, rx, ry, a, b float64) []float64 {
	steps := max(8, int(math.Abs(b-a)*max(rx, ry, 4)/3))
	for i := range steps + 1 {
		t := a + (b-a)*float64(i)/float64(steps)
		points = append(points, x+rx*math.Cos(t), y+ry*math.Sin(t))
	}
	return points
}

// card fills a rectangle with corners rounded by r.
func (c *canvas) card(colour color.Color, x, y, w, h, r float64) {
	var p []float64
	p = arc(p, x+w-r, y+r, r, r, -math.Pi/2, 0)
	p = arc(p, x+w-r, y+h-r, r, r, 0, math.Pi/2)
	p = arc(p, x+r, y+h-r, r, r, math.Pi/2, math.Pi)
	p = arc(p, x+r, y+r, r, r, math.Pi, 3*math.Pi/2)
	c.polygon(colour, p...)
}

// line draws strokes of the given width through points.
func (c *canvas) line(colour color.Color, width float64, points ...float64) {
	for i := 0; i+3 < len(points); i += 2 {
		x0, y0, x1, y1 := points[i], points[i+1], points[i+2], points[i+3]
		l := math.Hypot(x1-x0, y1-y0)
		if l == 0 {
			continue
		}
		nx, ny := -(y1-y0)/l*width/2, (x1-x0)/l*width/2
		c.polygon(colour, x0+nx, y0+ny, x1+nx, y1+ny, x1-nx, y1-ny, x0-nx, y0-ny)
	}
}

// glow lays light of the given colour around x, y; it fades to nothing at r.
func (c *canvas) glow(colour color.NRGBA, x, y, r, strength float64) {
	for py := max(0, int(y-r)); py < min(int(c.h), int(y+r)+1); py++ {
		for px := max(0, int(x-r)); px < min(int(c.w), int(x+r)+1); px++ {
			d := math.Hypot(float64(px)-x, float64(py)-y) / r
			if d >= 1 {
				continue
			}
			s := strength * (1 - d) * (1 - d)
			o := c.PixOffset(px, py)
			for i, v := range [3]uint8{colour.R, colour.G, colour.B} {
				p := &c.Pix[o+i]
				*p = uint8(min(255, float64(*p)+float64(v)*s))
			}
		}
	}
}

// grain adds noise of up to amount steps (of 255) to every pixel, the same to
// each channel, as a sensor does.
func (c *canvas) grain(amount int) {
	for i := 0; i < len(c.Pix); i += 4 {
		n := c.rng.IntN(2*amount+1) - amount
		for j := range 3 {
			c.Pix[i+j] = uint8(min(max(int(c.Pix[i+j])+n, 0), 255))
		}
	}
}

// paste draws src with its top left corner at x, y.
func (c *canvas) paste(src image.Image, x, y int) {
	r := src.Bounds().Sub(src.Bounds().Min).Add(image.Pt(x, y))
	draw.Draw(c.RGBA, r, src, src.Bounds().Min, draw.Src)
}
