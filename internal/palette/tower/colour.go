package tower

// classes gives each pixel the number of its colour. The hue in degrees is
// h / C; it is compared as h < degrees * C, in whole numbers, so that a pixel
// at a limit falls on the same side everywhere. A later rule overrides an
// earlier one.
func (b *builder) classes(p pixels) string {
	h := b.hue(p)
	colour := func(class int) string { return b.float(float32(class)) }
	below := func(degrees float32) string {
		return b.node("Less", h, b.node("Mul", p.chroma, b.float(degrees)))
	}
	dimmer := func(level float32) string { return b.node("Less", p.largest, b.float(level)) }
	paler := func(percent float32) string {
		return b.node("Less", b.node("Mul", p.chroma, b.float(100)), b.node("Mul", p.largest, b.float(percent)))
	}
	pale := paler(50)

	c := colour(pink)
	for _, limit := range []struct {
		degrees float32
		class   int
	}{{315, purple}, {255, blue}, {195, turquoise}, {165, green}} {
		c = b.choose(below(limit.degrees), colour(limit.class), c)
	}
	dusky := b.choose(below(55), colour(brown), colour(green))
	c = b.choose(below(70), b.choose(dimmer(128), dusky, colour(yellow)), c)
	earthy := b.node("Or", pale, dimmer(160))
	c = b.choose(below(45), b.choose(earthy, colour(brown), colour(orange)), c)
	rosy := b.node("And", pale, b.node("Not", dimmer(180)))
	reddish := b.node("Or", below(15), b.node("Not", below(345)))
	c = b.choose(reddish, b.choose(rosy, colour(pink), colour(red)), c)
	c = b.choose(paler(15), b.choose(dimmer(210), colour(grey), colour(white)), c)
	return b.choose(dimmer(50), colour(black), c)
}

// hue is the hue in degrees times the chroma: a whole number from 0 to
// 360 * 255, as in the HSV colour space.
func (b *builder) hue(p pixels) string {
	toward := func(plus, minus string, turn float32) string {
		difference := b.node("Mul", b.node("Sub", plus, minus), b.float(60))
		return b.node("Add", difference, b.node("Mul", p.chroma, b.float(turn)))
	}
	fromRed := b.choose(b.node("Less", p.green, p.blue),
		toward(p.green, p.blue, 360), toward(p.green, p.blue, 0))
	others := b.choose(b.node("Equal", p.largest, p.green),
		toward(p.blue, p.red, 120), toward(p.red, p.green, 240))
	return b.choose(b.node("Equal", p.largest, p.red), fromRed, others)
}
