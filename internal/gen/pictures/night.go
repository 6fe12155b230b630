package main

import (
	"image/color"
	"math"
)

// stars scatters n of them above y.
func (c *canvas) stars(n int, y float64) {
	for range n {
		c.disc(alpha(hex(0xf4f2ff), c.between(0.3, 1)), c.between(0, c.w), c.between(0, y), c.between(0.5, 1.4))
	}
}

// city is a skyline at night with lit windows.
func city() *canvas {
	c := newCanvas(640, 427, 21, hex(0))
	c.gradient(0, 427, hex(0x05070f), hex(0x131a33), hex(0x2b2440))
	c.stars(90, 200)
	for _, back := range []bool{true, false} {
		for x := -10.0; x < 640; {
			w, h := c.between(36, 78), c.between(90, 250)
			body := hex(0x0b0e18)
			if back {
				h, body = h+50, hex(0x171c31)
			}
			c.rect(body, x, 427-h, w-3, h)
			for wx := x + 6; wx < x+w-12 && !back; wx += 11 {
				for wy := 427 - h + 9; wy < 417; wy += 14 {
					if c.rng.Float64() < 0.42 {
						c.rect(c.pick(hex(0xffd98a), hex(0xffc35c), hex(0xcfe0ff)), wx, wy, 6, 8)
					}
				}
			}
			x += w
		}
	}
	c.grain(4)
	return c
}

// moonlight is a moon over dark hills.
func moonlight() *canvas {
	c := newCanvas(540, 540, 22, hex(0))
	c.gradient(0, 540, hex(0x03040c), hex(0x0c1533), hex(0x1d2b52))
	c.stars(220, 380)
	c.glow(hex(0xaab8e8), 380, 140, 170, 0.45)
	c.disc(hex(0xf1eedd), 380, 140, 40)
	c.disc(alpha(hex(0xcfc9b4), 0.6), 368, 130, 9)
	c.disc(alpha(hex(0xcfc9b4), 0.6), 392, 152, 6)
	c.ridge(hex(0x10182f), 400, 30, 2)
	c.ridge(hex(0x0a0f1f), 450, 24, 3)
	c.ridge(hex(0x05070f), 500, 14, 4)
	c.grain(3)
	return c
}

// vigil is a dark square full of candles.
func vigil() *canvas {
	c := newCanvas(640, 480, 23, hex(0x0a0708))
	c.gradient(0, 480, hex(0x07060b), hex(0x1a0f0c))
	for row := range 11 {
		t := float64(row) / 10
		for x := c.between(0, 30); x < 640; x += (14 + 40*t) * c.between(0.8, 1.3) {
			y := 170 + 270*t*t + c.between(-6, 6)
			r := 2 + 6*t
			c.ellipse(hex(0x050405), x, y+r*5, r*3.4, r*4)
			c.glow(hex(0xff9a3c), x, y, r*7, 0.55)
			c.ellipse(hex(0xfff1c9), x, y, r*0.55, r)
		}
	}
	c.grain(4)
	return c
}

// street is a wet street at night with lamps and their reflections.
func street() *canvas {
	c := newCanvas(480, 640, 24, hex(0))
	c.gradient(0, 640, hex(0x0a0d14), hex(0x161c26), hex(0x0c0f15))
	c.polygon(hex(0x11161e), 0, 0, 150, 180, 150, 380, 0, 560)
	c.polygon(hex(0x0e1218), 480, 0, 320, 180, 320, 380, 480, 560)
	c.polygon(hex(0x1c222c), 200, 360, 280, 360, 480, 640, 0, 640)
	for i := range 5 {
		t := float64(i) / 4
		for _, side := range []float64{-1, 1} {
			x, y := 240+side*(50+150*t*t), 320-230*t*t
			foot := 370 + 230*t*t
			c.line(hex(0x2c333d), 1+4*t, x, y, x, foot)
			c.glow(hex(0xffc477), x, y, 20+70*t, 0.7)
			c.disc(hex(0xfff0cf), x, y, 2+5*t)
			for k := range 12 {
				c.ellipse(alpha(hex(0xffb861), 0.25), x-side*10*t+c.between(-4, 4), foot+float64(k)*(2+4*t), 3+8*t, 1.5)
			}
		}
	}
	for range 240 {
		x, y := c.between(0, 480), c.between(0, 640)
		c.line(alpha(hex(0xaab7c8), 0.18), 1, x, y, x-3, y+18)
	}
	c.grain(5)
	return c
}

// fireworks burst over black water.
func fireworks() *canvas {
	c := newCanvas(540, 600, 25, hex(0))
	c.gradient(0, 600, hex(0x05030d), hex(0x120b24))
	burst := func(x, y, r float64, colour color.NRGBA) {
		c.glow(colour, x, y, r*1.1, 0.35)
		for i := range 44 {
			a := 2*math.Pi*float64(i)/44 + c.between(-0.05, 0.05)
			l := r * c.between(0.6, 1)
			for k := range 9 {
				t := 0.3 + 0.7*float64(k)/8
				c.disc(alpha(colour, 0.25+0.08*float64(k)), x+l*t*math.Cos(a), y+l*t*math.Sin(a)+14*t*t, 1.5)
			}
		}
	}
	burst(160, 190, 130, hex(0xff5a6e))
	burst(370, 130, 110, hex(0x59d0ff))
	burst(330, 310, 140, hex(0xffd35c))
	c.gradient(480, 600, hex(0x0a0717), hex(0x05030a))
	for range 200 {
		c.ellipse(alpha(c.pick(hex(0xff5a6e), hex(0x59d0ff), hex(0xffd35c)), 0.3), c.between(40, 500), c.between(485, 598), c.between(4, 16), 1)
	}
	return c
}
