package main

import "image/color"

// storyHead draws the bars and the account's name at the head of a story.
func (c *canvas) storyHead(parts, at int, name string, ink color.NRGBA) {
	w := (c.w - 30) / float64(parts)
	for i := range parts {
		a := 0.35
		if i <= at {
			a = 0.95
		}
		c.card(alpha(ink, a), 15+w*float64(i), 18, w-6, 5, 2)
	}
	c.disc(alpha(ink, 0.9), 42, 58, 20)
	c.text(bold, 22, ink, -1, 74, 66, name)
}

// storyEvent announces a meeting in warm colours.
func storyEvent() *canvas {
	c := newCanvas(540, 960, 61, hex(0))
	c.gradient(0, 960, hex(0xffb347), hex(0xff7b3a), hex(0xe2402f))
	c.disc(alpha(hex(0xffffff), 0.13), 450, 240, 220)
	c.disc(alpha(hex(0xffffff), 0.13), 80, 800, 260)
	c.storyHead(4, 1, "partei.morgenrot", hex(0xffffff))
	c.slogan(bold, 110, hex(0xffffff), 0, 270, 220, 460, "Heute", "18 Uhr", "Marktplatz")
	c.card(hex(0xffffff), 110, 640, 320, 84, 42)
	c.text(bold, 34, hex(0xe2402f), 0, 270, 693, "Ich bin dabei!")
	c.text(regular, 26, hex(0xfff0e0), 0, 270, 800, "Bei Regen in der alten Halle")
	return c
}

// storyPoll asks a question in turquoise.
func storyPoll() *canvas {
	c := newCanvas(540, 960, 62, hex(0))
	c.gradient(0, 960, hex(0x0fb8ad), hex(0x1fc8db), hex(0x2c7fd6))
	c.storyHead(3, 0, "blaues.ufer", hex(0xffffff))
	c.slogan(bold, 74, hex(0xffffff), 0, 270, 240, 450, "Baden im", "Fluss: ja", "oder nein?")
	c.card(hex(0xffffff), 70, 560, 400, 120, 24)
	c.rect(hex(0xdfe7ec), 269, 560, 2, 120)
	c.text(bold, 46, hex(0x0fa49a), 0, 170, 636, "JA")
	c.text(bold, 46, hex(0x2c7fd6), 0, 370, 636, "NEIN")
	for range 26 {
		x, y, r := c.between(0, 540), c.between(720, 960), c.between(4, 22)
		c.disc(alpha(hex(0xffffff), 0.18), x, y, r)
	}
	return c
}

// storyNight is a dark violet story with few words.
func storyNight() *canvas {
	c := newCanvas(540, 960, 63, hex(0))
	c.gradient(0, 960, hex(0x0b0618), hex(0x24103f), hex(0x0d0820))
	c.stars(120, 900)
	c.storyHead(5, 3, "nachtlicht.verein", hex(0xd9cff2))
	c.slogan(bold, 90, hex(0xcdb7ff), 0, 270, 330, 440, "Lange", "Nacht der", "Vereine")
	c.text(mono, 28, hex(0x9a86c9), 0, 270, 760, "Sa · 20 bis 2 Uhr")
	return c
}

// storyPhoto is a landscape with words and a sticker laid over it.
func storyPhoto() *canvas {
	c := newCanvas(540, 960, 64, hex(0))
	c.gradient(0, 620, hex(0x5db4e8), hex(0xe3f4fb))
	c.cloud(hex(0xffffff), 130, 230, 80)
	c.cloud(hex(0xffffff), 420, 330, 90)
	c.ridge(hex(0x6aa0bd), 560, 40, 2)
	c.ridge(hex(0x4a8f6a), 640, 30, 3)
	c.ridge(hex(0x2f6f4a), 760, 30, 2)
	c.storyHead(3, 2, "blaues.ufer", hex(0xffffff))
	c.card(alpha(hex(0xffffff), 0.92), 60, 410, 420, 76, 14)
	c.text(bold, 36, hex(0x145a86), 0, 270, 461, "Unterwegs am See")
	c.card(hex(0x145a86), 330, 850, 170, 50, 25)
	c.text(regular, 22, hex(0xffffff), 0, 415, 883, "#BlauesUfer")
	c.grain(4)
	return c
}

// collage is four pictures in one.
func collage() *canvas {
	c := newCanvas(640, 640, 65, hex(0xffffff))
	for i, part := range []*canvas{bay(), meadow(), umbrellas(), peaks()} {
		crop := part.SubImage(cropTo(part, 312, 312))
		c.paste(crop, 4+(i%2)*320, 4+(i/2)*320)
	}
	return c
}
