package main

import "strings"

// prose is filler for pages that must look written.
func prose() string {
	return strings.Repeat("Der Ausschuss hat am Dienstag über die neue Brücke beraten und den Plan mit großer Mehrheit "+
		"angenommen. Die Arbeiten sollen im Frühjahr beginnen, der Verkehr fließt so lange über die alte Straße. "+
		"Fragen der Anwohner werden bis Ende des Monats gesammelt und öffentlich beantwortet. ", 6)
}

// page is a letter: black type on white paper.
func page() *canvas {
	c := newCanvas(480, 640, 51, hex(0xffffff))
	c.rect(hex(0x0b4f8a), 40, 40, 110, 12)
	c.text(bold, 24, hex(0x111111), -1, 40, 100, "Antrag 17/2021: Neue Uferwege")
	c.text(regular, 13, hex(0x444444), -1, 40, 124, "An den Rat der Beispielstadt, 14. September 2021")
	y := 160.0
	for i := range 3 {
		y = c.paragraph(regular, 13.5, hex(0x1c1c1c), 40, y, 400, 18.5, prose()[:strings.LastIndex(prose()[:380+50*i], " ")]) + 14
	}
	c.line(hex(0x123a7a), 2.5, 44, 606, 66, 584, 80, 612, 102, 588, 118, 606, 160, 598)
	return c
}

// newspaper is a front page in columns.
func newspaper() *canvas {
	c := newCanvas(540, 720, 52, hex(0xf0f0f0))
	c.text(bold, 58, hex(0x151515), 0, 270, 76, "Der Fuchsbau")
	c.line(hex(0x151515), 2, 30, 92, 510, 92)
	c.text(regular, 13, hex(0x333333), 0, 270, 110, "Zeitung für die Beispielstadt · Nr. 214 · 2,10 €")
	c.line(hex(0x151515), 1, 30, 118, 510, 118)
	c.slogan(bold, 40, hex(0x151515), -1, 30, 122, 480, "Brücke kommt, Stau bleibt")
	c.gradientBox(30, 190, 310, 200)
	c.paragraph(regular, 12.5, hex(0x222222), 354, 200, 156, 17, prose()[:strings.LastIndex(prose()[:265], " ")])
	for i := range 3 {
		x := 30 + 164*float64(i)
		c.paragraph(regular, 12.5, hex(0x222222), x, 420, 150, 17, prose()[:strings.LastIndex(prose()[:360+8*i], " ")])
	}
	return c
}

// gradientBox is a grey press photograph's stand-in: a bridge over a river.
func (c *canvas) gradientBox(x, y, w, h float64) {
	for i := range 40 {
		t := float64(i) / 39
		c.rect(mix(hex(0xc9c9c9), hex(0x7d7d7d), t), x, y+h*float64(i)/40, w, h/40+1)
	}
	c.rect(hex(0x4a4a4a), x, y+h*0.5, w, 10)
	for i := range 5 {
		px := x + w*(0.1+0.2*float64(i))
		c.rect(hex(0x3a3a3a), px-5, y+h*0.5, 10, h*0.32)
	}
	c.rect(hex(0x5e5e5e), x, y+h*0.82, w, h*0.18)
}

// message is the screenshot of a short message.
func message() *canvas {
	c := newCanvas(600, 340, 53, hex(0xffffff))
	c.disc(hex(0xe67e22), 60, 64, 30)
	c.polygon(hex(0xffffff), 40, 52, 52, 60, 68, 60, 80, 52, 60, 88)
	c.text(bold, 24, hex(0x14171a), -1, 106, 58, "Fuchsbau Zeitung")
	c.text(regular, 20, hex(0x657786), -1, 106, 86, "@fuchsbau.zeitung · 21. Sept. 2021")
	c.paragraph(regular, 28, hex(0x14171a), 34, 142, 530, 37, "Heute Abend: das Gespräch zur Wahl. Schickt uns eure Fragen, wir stellen sie – auch die unbequemen.")
	c.line(hex(0xe1e8ed), 1.5, 34, 286, 566, 286)
	c.text(regular, 20, hex(0x657786), -1, 34, 318, "214 Antworten    88 geteilt    1 020 Herzen")
	return c
}

// cityMap is a plan of streets, a river and parks.
func cityMap() *canvas {
	c := newCanvas(600, 600, 54, hex(0xf2efe9))
	for range 6 {
		c.card(hex(0xcfe5b8), c.between(0, 520), c.between(0, 520), c.between(60, 130), c.between(50, 110), 12)
	}
	for range 130 {
		c.rect(hex(0xded6ca), c.between(0, 590), c.between(0, 590), c.between(10, 26), c.between(10, 26))
	}
	c.line(hex(0x9cc8e6), 46, -10, 420, 140, 380, 290, 400, 420, 320, 610, 300)
	for i := range 7 {
		t := 45 + 88*float64(i)
		c.line(hex(0xffffff), 9, t, -5, t+c.between(-60, 60), 605)
		c.line(hex(0xffffff), 9, -5, t, 605, t+c.between(-60, 60))
	}
	c.line(hex(0xf4b860), 13, -5, 80, 250, 220, 605, 520)
	c.disc(hex(0xc0392b), 300, 260, 15)
	c.disc(hex(0xffffff), 300, 260, 6)
	c.card(hex(0xffffff), 325, 240, 150, 40, 8)
	c.text(bold, 20, hex(0x222222), -1, 338, 267, "Hier bauen sie")
	return c
}
