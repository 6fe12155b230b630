package main

import (
	"fmt"
	"math"
)

// bars is a bar chart in warm colours on a light ground.
func bars() *canvas {
	c := newCanvas(640, 480, 41, hex(0xfffaf2))
	c.text(bold, 30, hex(0x5a2410), -1, 40, 56, "Mehr Busse, mehr Fahrgäste")
	c.text(regular, 18, hex(0x8a5a40), -1, 40, 86, "Fahrgäste je Tag, in Tausend (erfundene Zahlen)")
	for i := range 5 {
		y := 400 - 65*float64(i)
		c.line(hex(0xead9c6), 1.5, 80, y, 610, y)
		c.text(regular, 16, hex(0x8a5a40), 1, 70, y+5, fmt.Sprint(i*20))
	}
	for i, v := range []float64{22, 31, 38, 52, 61, 74} {
		x, h := 100+86*float64(i), v/20*65
		c.rect(mix(hex(0xf6b93b), hex(0xd6301f), float64(i)/5), x, 400-h, 58, h)
		c.text(regular, 16, hex(0x5a2410), 0, x+29, 426, fmt.Sprint(2016+i))
		c.text(bold, 16, hex(0x5a2410), 0, x+29, 392-h, fmt.Sprint(v))
	}
	return c
}

// lines is a line chart in blues on white.
func lines() *canvas {
	c := newCanvas(640, 440, 42, hex(0xffffff))
	c.text(bold, 28, hex(0x0b3c66), -1, 40, 50, "Pegel und Regen seit März")
	for i := range 6 {
		y := 370 - 54*float64(i)
		c.line(hex(0xdbe8f1), 1.5, 60, y, 610, y)
		c.text(regular, 15, hex(0x5f7f97), 1, 52, y+5, fmt.Sprintf("%d m", i))
	}
	for k, rgb := range []uint32{0x0b4f8a, 0x2fa4d9, 0x7fd0ef} {
		var p []float64
		for i := range 28 {
			t := float64(i)
			v := 2.2 + 0.9*math.Sin(t/4+float64(k)) + 0.5*float64(k) + c.between(-0.2, 0.2)
			p = append(p, 60+t*20, 370-54*v)
		}
		c.line(hex(rgb), 4, p...)
		c.rect(hex(rgb), 70+180*float64(k), 400, 18, 18)
		c.text(regular, 17, hex(0x0b3c66), -1, 96+180*float64(k), 415, []string{"Ufer Nord", "Ufer Süd", "Hafen"}[k])
	}
	return c
}

// donut is a ring chart of shares.
func donut() *canvas {
	c := newCanvas(540, 540, 43, hex(0xf5f5f2))
	c.text(bold, 30, hex(0x222222), 0, 270, 62, "Was Leserinnen fragen")
	at := -math.Pi / 2
	for i, part := range []struct {
		share float64
		rgb   uint32
		name  string
	}{{0.38, 0x34495e, "Wohnen"}, {0.27, 0xd35400, "Verkehr"}, {0.21, 0x16a085, "Schule"}, {0.14, 0xb7b7ad, "Anderes"}} {
		to := at + part.share*2*math.Pi
		c.polygon(hex(part.rgb), arc(arc(nil, 270, 265, 160, 160, at, to), 270, 265, 86, 86, to, at)...)
		at = to
		x := 40 + 125*float64(i)
		c.rect(hex(part.rgb), x, 478, 16, 16)
		c.text(regular, 17, hex(0x333333), -1, x+23, 493, part.name)
	}
	c.text(bold, 44, hex(0x222222), 0, 270, 281, "1 204")
	return c
}

// stacked is a chart of horizontal bars in parts.
func stacked() *canvas {
	c := newCanvas(640, 400, 44, hex(0xffffff))
	c.text(bold, 26, hex(0x222222), -1, 30, 46, "Zustimmung nach Stadtteil")
	for i, name := range []string{"Altstadt", "Hafen", "Nordberg", "Südfeld", "Weststadt"} {
		y := 80 + 58*float64(i)
		c.text(regular, 19, hex(0x333333), 1, 140, y+26, name)
		x := 155.0
		for _, rgb := range []uint32{0x2e7d32, 0x9ccc65, 0xeeeeee, 0xef9a9a, 0xc62828} {
			w := c.between(50, 120)
			if rgb == 0xc62828 {
				w = 610 - x
			}
			c.rect(hex(rgb), x, y, w, 38)
			x += w
		}
	}
	c.text(regular, 15, hex(0x777777), -1, 155, 388, "stimme zu  ·  teils  ·  stimme nicht zu (erfundene Zahlen)")
	return c
}
