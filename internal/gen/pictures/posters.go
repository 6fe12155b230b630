package main

import "math"

// posterSunrise is a red campaign poster: rays, a half sun, a slogan.
func posterSunrise() *canvas {
	c := newCanvas(600, 750, 1, hex(0xc8281e))
	for i := range 18 {
		a := math.Pi + math.Pi*float64(i)/18
		b := a + math.Pi/36
		c.polygon(hex(0xd9432b), 300, 760, 300+900*math.Cos(a), 760+900*math.Sin(a), 300+900*math.Cos(b), 760+900*math.Sin(b))
	}
	c.disc(hex(0xffb52e), 300, 760, 210)
	c.disc(hex(0xffd061), 300, 760, 160)
	c.slogan(bold, 118, hex(0xffffff), -1, 48, 50, 500, "Zeit für", "Morgen.")
	c.rect(hex(0xffd061), 48, 330, 120, 10)
	c.text(regular, 30, hex(0xffeedd), -1, 48, 390, "Gemeinsam früh aufstehen")
	c.text(bold, 24, hex(0x8a1410), 0, 300, 715, "MORGENROT")
	return c
}

// posterYellow is a yellow poster with black type and a slanted band.
func posterYellow() *canvas {
	c := newCanvas(600, 600, 2, hex(0xf7c600))
	c.polygon(hex(0x1a1a1a), 0, 420, 600, 340, 600, 470, 0, 550)
	c.slogan(bold, 120, hex(0x1a1a1a), -1, 40, 30, 520, "Mehr Licht", "für alle!")
	c.text(bold, 40, hex(0xf7c600), 0, 300, 470, "Am Sonntag wählen gehen")
	c.disc(hex(0xe4572e), 510, 555, 26)
	c.text(regular, 20, hex(0x1a1a1a), -1, 40, 580, "Morgenrot · Ortsgruppe Beispielstadt")
	return c
}

// posterWaves is a blue poster with layered waves.
func posterWaves() *canvas {
	c := newCanvas(600, 750, 3, hex(0x0b4f8a))
	c.gradient(0, 750, hex(0x1377c4), hex(0x0b4f8a))
	for i, rgb := range []uint32{0x1c8fd6, 0x35aee2, 0x7fd0ef, 0xe8f7fc} {
		base := 460 + 75*float64(i)
		p := []float64{0, 760}
		for x := 0.0; x <= 600; x += 6 {
			p = append(p, x, base+22*math.Sin(x/70+float64(i)*1.7))
		}
		c.polygon(hex(rgb), append(p, 600, 760)...)
	}
	c.slogan(bold, 125, hex(0xffffff), -1, 45, 40, 510, "Klar wie", "Wasser.")
	c.text(regular, 30, hex(0xd9f1fb), -1, 48, 375, "Unser Plan für Fluss und Küste")
	c.text(bold, 22, hex(0x0b4f8a), 0, 300, 735, "LISTE BLAUES UFER")
	return c
}

// posterNeon is a black poster with glowing type.
func posterNeon() *canvas {
	c := newCanvas(540, 720, 4, hex(0x08070d))
	for _, t := range []struct {
		y    float64
		rgb  uint32
		text string
	}{{240, 0xff2d95, "NACHT"}, {360, 0x3df5ff, "KULTUR"}, {480, 0xffe14d, "BLEIBT"}} {
		c.glow(hex(t.rgb), 270, t.y-35, 240, 0.30)
		c.text(bold, 104, hex(t.rgb), 0, 270, t.y, t.text)
	}
	c.card(hex(0xff2d95), 60, 90, 420, 4, 2)
	c.card(hex(0x3df5ff), 60, 560, 420, 4, 2)
	c.text(mono, 24, hex(0xb9b6c9), 0, 270, 630, "Fr 23 Uhr · Alter Hafen")
	return c
}

// posterShapes is a poster of flat shapes in few colours, kept as a GIF.
func posterShapes() *canvas {
	c := newCanvas(420, 420, 5, hex(0x141b41))
	c.polygon(hex(0x6f2dbd), 0, 420, 0, 150, 270, 420)
	c.polygon(hex(0x306bac), 420, 0, 420, 300, 120, 0)
	c.disc(hex(0xf4d35e), 300, 300, 62)
	c.disc(hex(0x141b41), 322, 286, 56)
	c.slogan(bold, 66, hex(0xffffff), -1, 28, 30, 250, "Lichter", "an!")
	return c
}

// quoteCream is a share picture: a quotation on cream.
func quoteCream() *canvas {
	c := newCanvas(640, 640, 6, hex(0xfdf3e1))
	c.rect(hex(0xd9502e), 0, 0, 24, 640)
	c.text(bold, 260, hex(0xf3c9a5), -1, 60, 250, "“")
	y := c.slogan(italic, 58, hex(0x4a2114), -1, 80, 180, 500, "Wer früh anfängt,", "muss abends", "nicht rennen.")
	c.text(regular, 26, hex(0xa0522d), -1, 80, y+60, "Frida Beispiel, Vorsitzende")
	c.disc(hex(0xd9502e), 570, 570, 30)
	return c
}

// quoteWhite is a share picture: blue words on white.
func quoteWhite() *canvas {
	c := newCanvas(640, 640, 7, hex(0xffffff))
	c.card(hex(0x1377c4), 40, 40, 560, 90, 18)
	c.text(bold, 40, hex(0xffffff), -1, 70, 100, "Drei Fragen, drei Antworten")
	y := 200.0
	for _, s := range []string{
		"1. Was kostet das? Weniger als Nichtstun.",
		"2. Wer zahlt? Alle, nach ihrer Kraft.",
		"3. Wann geht es los? Am Montag um acht.",
	} {
		y = c.paragraph(bold, 36, hex(0x0b3c66), 60, y, 520, 44, s) + 26
	}
	c.rect(hex(0x7fd0ef), 0, 610, 640, 30)
	return c
}

// tile is a plain ground with a small mark and a word.
func tile(w, h int, ground, ink uint32, word string) *canvas {
	c := newCanvas(w, h, 8, hex(ground))
	c.disc(hex(ink), c.w/2, c.h*0.42, c.w*0.09)
	c.text(regular, c.w/15, hex(ink), 0, c.w/2, c.h*0.64, word)
	return c
}
