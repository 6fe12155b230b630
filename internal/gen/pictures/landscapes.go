package main

import (
	"image/color"
	"math"
)

// ridge fills everything below a hilly line around y; height is its swing in
// pixels, rough the number of bumps across the picture.
func (c *canvas) ridge(colour color.NRGBA, y, height, rough float64) {
	a, b, d := c.between(0, 7), c.between(0, 7), c.between(0, 7)
	p := []float64{0, c.h + 1}
	for x := 0.0; x <= c.w+4; x += 4 {
		t := x / c.w * rough
		p = append(p, x, y-height*(0.55*math.Sin(t*2+a)+0.3*math.Sin(t*5+b)+0.15*math.Sin(t*11+d)))
	}
	c.polygon(colour, append(p, c.w+4, c.h+1)...)
}

// cloud draws a heap of discs.
func (c *canvas) cloud(colour color.NRGBA, x, y, size float64) {
	for range 14 {
		c.ellipse(alpha(colour, 0.5), x+c.between(-1, 1)*size, y+c.between(-0.25, 0.2)*size, size*c.between(0.25, 0.5), size*c.between(0.15, 0.3))
	}
}

// water fills the rows from y down with a gradient and broken light on it.
func (c *canvas) water(y float64, far, near, light color.NRGBA) {
	c.gradient(y, c.h, far, near)
	for range 260 {
		t := c.rng.Float64()
		py := y + t*t*(c.h-y)
		l := 4 + 50*t
		x := c.between(-20, c.w)
		c.polygon(alpha(light, 0.35), x, py, x+l/2, py-0.6-1.6*t, x+l, py, x+l/2, py+0.6+1.6*t)
	}
}

// sunset is a low sun over the sea.
func sunset() *canvas {
	c := newCanvas(640, 427, 11, hex(0))
	c.gradient(0, 260, hex(0x4b2a63), hex(0xb8434f), hex(0xf28a3c), hex(0xffd27a))
	c.glow(hex(0xffc860), 330, 235, 240, 0.7)
	c.disc(hex(0xfff0c0), 330, 232, 38)
	for range 5 {
		c.cloud(hex(0x8f3a56), c.between(0, 640), c.between(40, 140), c.between(50, 90))
	}
	c.water(255, hex(0xe8803f), hex(0x3b1f42), hex(0xffdc9a))
	for i := range 26 {
		y := 260 + float64(i)*6
		c.ellipse(alpha(hex(0xffe6ae), 0.5), 330+c.between(-14, 14), y, c.between(10, 46), 1.8)
	}
	c.grain(5)
	return c
}

// sunrise is a bright morning over warm hills.
func sunrise() *canvas {
	c := newCanvas(640, 480, 12, hex(0))
	c.gradient(0, 330, hex(0xf9c58d), hex(0xffe3b0), hex(0xfff6dd))
	c.disc(hex(0xfffbe8), 470, 190, 46)
	c.glow(hex(0xffd48a), 470, 190, 250, 0.35)
	for i, rgb := range []uint32{0xf0c08a, 0xe09a5d, 0xc87438, 0x9c4f25} {
		c.ridge(hex(rgb), 270+55*float64(i), 26, 2+float64(i))
	}
	c.grain(4)
	return c
}

// autumn is a wood in red and gold leaves.
func autumn() *canvas {
	c := newCanvas(400, 500, 13, hex(0))
	c.gradient(0, 600, hex(0xfbe9c6), hex(0xf2c27a), hex(0xa35a25))
	for range 16 {
		x, w := c.between(0, 480), c.between(5, 15)
		c.polygon(hex(0x4f2f1e), x, 600, x+w*0.3, 0, x+w*0.7, 0, x+w, 600)
	}
	leaves := []color.NRGBA{hex(0xd94f1e), hex(0xf08a24), hex(0xf6b93b), hex(0xb5341b), hex(0xe8a33d)}
	for range 900 {
		c.ellipse(alpha(c.pick(leaves...), 0.85), c.between(0, 480), 330*math.Pow(c.rng.Float64(), 1.2), c.between(3, 10), c.between(3, 7))
	}
	for range 500 {
		c.ellipse(alpha(c.pick(leaves...), 0.9), c.between(0, 480), c.between(500, 600), c.between(4, 9), c.between(2, 4))
	}
	c.grain(6)
	return c
}

// bay is a blue sea at noon with a sailing boat.
func bay() *canvas {
	c := newCanvas(640, 427, 14, hex(0))
	c.gradient(0, 190, hex(0x2f8fdc), hex(0xbfe4f7))
	for range 4 {
		c.cloud(hex(0xffffff), c.between(0, 640), c.between(30, 110), c.between(40, 80))
	}
	c.ridge(hex(0x5f8fb0), 185, 14, 3)
	c.water(190, hex(0x2f86bd), hex(0x0d4a7c), hex(0xd8f1fb))
	c.polygon(hex(0xffffff), 420, 120, 420, 245, 350, 245)
	c.polygon(hex(0xe9f3f8), 428, 140, 428, 245, 470, 245)
	c.polygon(hex(0x16324a), 340, 252, 490, 252, 466, 278, 362, 278)
	c.grain(4)
	return c
}

// peaks are snowy mountains in cold light.
func peaks() *canvas {
	c := newCanvas(600, 450, 15, hex(0))
	c.gradient(0, 320, hex(0x6da9d8), hex(0xe4f1f9))
	for layer, rock := range []uint32{0x9fb8cc, 0x6f8ba6, 0x4a6480} {
		base := 330 + 45*float64(layer)
		for x := -60.0; x < 660; x += c.between(95, 150) {
			h, w := c.between(90, 190)-25*float64(layer), c.between(90, 130)
			c.polygon(hex(rock), x-w, base, x, base-h, x+w, base)
			c.polygon(hex(0xf4f9fc), x, base-h, x+w*0.36, base-h*0.64, x+w*0.1, base-h*0.7, x-w*0.05, base-h*0.58, x-w*0.2, base-h*0.7, x-w*0.34, base-h*0.66)
		}
		c.rect(hex(rock), 0, base-1, 600, 60)
	}
	c.ridge(hex(0xe9f2f7), 430, 12, 3)
	c.grain(4)
	return c
}

// meadow is a green field under a blue sky with wind turbines.
func meadow() *canvas {
	c := newCanvas(640, 480, 16, hex(0))
	c.gradient(0, 320, hex(0x4aa3e0), hex(0xd6eefa))
	for range 5 {
		c.cloud(hex(0xffffff), c.between(0, 640), c.between(40, 140), c.between(40, 80))
	}
	c.ridge(hex(0x86b96a), 310, 18, 3)
	for i, x := range []float64{130, 300, 500} {
		s := 1 - 0.18*float64(i)
		c.polygon(hex(0xf3f6f7), x-4*s, 330, x-1.5, 330-170*s, x+1.5, 330-170*s, x+4*s, 330)
		for k := range 3 {
			a := float64(k)*2*math.Pi/3 + float64(i)
			c.line(hex(0xf7f9fa), 4*s, x, 330-170*s, x+80*s*math.Cos(a), 330-170*s+80*s*math.Sin(a))
		}
	}
	c.ridge(hex(0x5fa044), 350, 22, 2)
	c.ridge(hex(0x3f7f2f), 420, 18, 3)
	c.grain(5)
	return c
}

// lighthouse stands on a cliff before a cool sky.
func lighthouse() *canvas {
	c := newCanvas(450, 600, 17, hex(0))
	c.gradient(0, 420, hex(0x7cc3e6), hex(0xdaf0f8), hex(0xf5fbfd))
	c.cloud(hex(0xffffff), 110, 110, 70)
	c.cloud(hex(0xffffff), 360, 200, 60)
	c.water(400, hex(0x4aa6c8), hex(0x17627f), hex(0xe4f6fb))
	c.polygon(hex(0x51656b), 200, 600, 230, 430, 300, 405, 460, 415, 460, 600)
	for i := range 6 {
		y, w := 410-45*float64(i), 44-4*float64(i)
		c.polygon(hex([]uint32{0xffffff, 0x2277aa}[i%2]), 330-w, y, 330-w+4, y-45, 330+w-4, y-45, 330+w, y)
	}
	c.rect(hex(0x24414f), 303, 96, 54, 44)
	c.rect(hex(0xfff3b0), 312, 104, 36, 28)
	c.polygon(hex(0x2277aa), 298, 96, 330, 62, 362, 96)
	c.grain(4)
	return c
}
