package main

import (
	"image/color"
	"math"
)

// figure draws a head and shoulders; s is the head's radius. Nobody is shown:
// all faces are blank.
func (c *canvas) figure(skin, coat color.NRGBA, x, y, s float64) {
	c.polygon(coat, arc(arc(nil, x, y+s*3.2, s*2.1, s*2.1, math.Pi, 2*math.Pi), x, y+s*6, s*2.1, s, 0, math.Pi)...)
	c.ellipse(skin, x, y, s*0.85, s)
}

// skins and coats are what figures are coloured with.
func skins() []color.NRGBA {
	return []color.NRGBA{hex(0xf1c9a5), hex(0xd9a27a), hex(0xb97a50), hex(0x8a5433), hex(0x5c3a25)}
}

// crowd fills the picture from y down with figures, smaller farther away.
func (c *canvas) crowd(y float64, rows int, coats ...color.NRGBA) {
	for row := range rows {
		t := float64(row) / float64(rows-1)
		s := 4 + 11*t
		for x := c.between(-10, 10); x < c.w+20; x += s * c.between(2.6, 3.9) {
			shade := 0.35 * (1 - t)
			c.figure(mix(c.pick(skins()...), hex(0x998877), shade), mix(c.pick(coats...), hex(0x998877), shade), x, y+(c.h-y)*t*0.85+c.between(-3, 3), s)
		}
	}
}

// rally is a crowd with warm flags in a bright square.
func rally() *canvas {
	c := newCanvas(640, 427, 31, hex(0))
	c.gradient(0, 300, hex(0xffe9c4), hex(0xfff8ea))
	for x := 0.0; x < 640; x += 80 {
		h := c.between(60, 120)
		c.rect(c.pick(hex(0xe3c19a), hex(0xd8b08a), hex(0xecd3b4)), x, 200-h, 82, h+20)
	}
	c.rect(hex(0xe7d6be), 0, 200, 640, 230)
	for i := range 13 {
		x, y := 20+float64(i)*50+c.between(-10, 10), c.between(90, 170)
		c.line(hex(0x7a5230), 2.5, x, y, x, y+150)
		c.polygon(c.pick(hex(0xd6301f), hex(0xf07f1e), hex(0xf7b32b)), x, y, x+44, y+8, x+40, y+32, x, y+28)
	}
	c.crowd(225, 9, hex(0xc0392b), hex(0xe67e22), hex(0xf4d19b), hex(0x8e4b32), hex(0xf2f2f2))
	c.grain(5)
	return c
}

// umbrellas are a crowd in the rain under blue umbrellas.
func umbrellas() *canvas {
	c := newCanvas(600, 450, 32, hex(0))
	c.gradient(0, 450, hex(0xa9bccb), hex(0x8399ab), hex(0x66798a))
	for row := range 6 {
		t := float64(row) / 5
		for x := c.between(-20, 20); x < 640; x += (46 + 60*t) * c.between(0.8, 1.2) {
			y, r := 150+240*t, 22+38*t
			c.figure(c.pick(skins()...), c.pick(hex(0x2c3e50), hex(0x34586e), hex(0x46627f)), x, y+r*0.55, r*0.26)
			top := c.pick(hex(0x1e6fb8), hex(0x2fa4d9), hex(0x145a86), hex(0x57b8c9))
			c.polygon(top, arc(nil, x, y+r*0.25, r, r*0.8, math.Pi, 2*math.Pi)...)
			c.polygon(mix(top, hex(0x08233a), 0.25), arc(nil, x, y+r*0.25, r*0.4, r*0.8, math.Pi, 2*math.Pi)...)
		}
	}
	for range 320 {
		x, y := c.between(0, 600), c.between(0, 450)
		c.line(alpha(hex(0xe3eef5), 0.35), 1, x, y, x-4, y+16)
	}
	c.grain(4)
	return c
}

// stage is a lit stage seen over the heads of an audience; dim is how dark the
// hall is, 0 to 1.
func stage(seed uint64, beam, cloth uint32, dim float64) *canvas {
	c := newCanvas(640, 427, seed, hex(0))
	c.gradient(0, 427, mix(hex(cloth), hex(0x050308), dim), mix(hex(cloth), hex(0x050308), dim*0.6))
	for x := 0.0; x < 640; x += 32 {
		c.rect(alpha(hex(0), 0.12), x, 0, 14, 300)
	}
	for i := range 5 {
		x := 80 + 120*float64(i)
		c.polygon(alpha(hex(beam), 0.22), x-6, 0, x+6, 0, 320+(x-320)*0.5+70, 310, 320+(x-320)*0.5-70, 310)
		c.glow(hex(beam), x, 4, 50, 0.9)
	}
	c.polygon(mix(hex(0x9a6a42), hex(0x120c10), dim*0.6), 0, 330, 60, 290, 580, 290, 640, 330)
	c.glow(hex(beam), 320, 295, 210, 0.35)
	c.figure(hex(0xd9a27a), hex(0x20242e), 320, 205, 13)
	c.polygon(hex(0x5a3a22), 292, 240, 348, 240, 342, 300, 298, 300)
	for x := -10.0; x < 660; x += c.between(26, 40) {
		c.figure(hex(0x0b090c), hex(0x0b090c), x, 365+c.between(-8, 14), 15)
	}
	c.grain(4)
	return c
}

// portrait is a grey portrait of a person who does not exist.
func portrait() *canvas {
	c := newCanvas(450, 600, 35, hex(0))
	c.gradient(0, 600, hex(0x5a5a5a), hex(0x2a2a2a), hex(0x141414))
	c.glow(hex(0x707070), 150, 220, 300, 0.6)
	c.polygon(hex(0x1b1b1b), arc(nil, 225, 640, 190, 210, math.Pi, 2*math.Pi)...)
	c.polygon(hex(0xd8d8d8), 185, 440, 265, 440, 225, 560)
	c.rect(hex(0x8d8d8d), 190, 360, 70, 90)
	c.ellipse(hex(0x202020), 225, 245, 112, 140)
	c.ellipse(hex(0xb5b5b5), 225, 275, 92, 122)
	c.ellipse(alpha(hex(0x6a6a6a), 0.5), 272, 290, 44, 108)
	c.ellipse(hex(0x202020), 225, 180, 100, 52)
	for _, x := range []float64{190, 260} {
		c.ellipse(hex(0x3a3a3a), x, 265, 13, 6)
		c.line(hex(0x2a2a2a), 5, x-18, 245, x+18, 242)
	}
	c.line(hex(0x7a7a7a), 4, 226, 275, 234, 318, 220, 322)
	c.line(hex(0x5a4a4a), 6, 198, 352, 225, 358, 252, 352)
	c.grain(9)
	for i := 0; i < len(c.Pix); i += 4 {
		c.Pix[i+1], c.Pix[i+2] = c.Pix[i], c.Pix[i]
	}
	return c
}

// talkShow is two figures at a desk in a studio.
func talkShow() *canvas {
	c := newCanvas(640, 360, 36, hex(0))
	c.gradient(0, 360, hex(0x3b4a63), hex(0x8693a8))
	for i := range 6 {
		c.card(hex(0x2d6f9f), 30+100*float64(i), 30, 84, 120, 6)
		c.card(hex(0x79b7d8), 38+100*float64(i), 40, 68, 50+float64(i%3)*20, 4)
	}
	c.figure(hex(0xf1c9a5), hex(0x232b3a), 200, 165, 28)
	c.figure(hex(0x8a5433), hex(0xa33f3a), 440, 165, 28)
	c.polygon(hex(0xd8dde4), 60, 260, 580, 260, 620, 360, 20, 360)
	c.rect(hex(0xf4f6f8), 50, 252, 540, 14)
	c.rect(hex(0xc0392b), 40, 310, 330, 34)
	c.text(bold, 20, hex(0xffffff), -1, 52, 334, "LIVE · Gespräch am Abend")
	c.grain(3)
	return c
}

// soup is a plate of food from above.
func soup() *canvas {
	c := newCanvas(600, 600, 37, hex(0xb98352))
	for y := 0.0; y < 600; y += 75 {
		c.rect(alpha(hex(0x6a4226), 0.5), 0, y, 600, 3)
		for range 14 {
			x := c.between(0, 600)
			c.line(alpha(hex(0x8d5c35), 0.5), 1.5, x, y+c.between(5, 70), x+c.between(30, 110), y+c.between(5, 70))
		}
	}
	c.disc(alpha(hex(0x3a2414), 0.35), 312, 314, 232)
	c.disc(hex(0xf8f4ec), 300, 300, 230)
	c.disc(hex(0xe9e2d3), 300, 300, 180)
	c.disc(hex(0xd9591f), 300, 300, 168)
	c.disc(hex(0xe9742c), 290, 288, 140)
	for range 36 {
		a, r := c.between(0, 2*math.Pi), 140*math.Sqrt(c.rng.Float64())
		c.ellipse(c.pick(hex(0x3f7d2b), hex(0x6aa53a), hex(0xf7d06a)), 300+r*math.Cos(a), 300+r*math.Sin(a), c.between(4, 12), c.between(3, 7))
	}
	c.line(hex(0xc9c9cd), 16, 545, 120, 560, 480)
	c.ellipse(hex(0xd8d8dc), 543, 100, 24, 42)
	c.grain(5)
	return c
}
