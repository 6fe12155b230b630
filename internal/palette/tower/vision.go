package tower

import "icono/internal/onnx/graph"

// Side is the width and height of the pictures in pixels.
const Side = 224

// Dim is the length of an embedding: the concepts and one more dimension that
// brings every picture to the same length.
const Dim = 25

// Length is the length of an image embedding before it is divided by it. With
// CLIP's logit scale of 100, a phrase of one word has the logit
// 100 / Length = 8 times its concept's value: two phrases that differ by 0.1
// stand about 0.69 to 0.31.
const Length = 12.5

// Vision writes the image tower: pixel_values [N,3,224,224], normalised as
// CLIP wants it, -> image_embeds [N,25], of unit length.
func Vision() ([]byte, error) {
	b := newBuilder("palette_vision")
	b.Doc("palette measures colour, light and texture; it does not know what a picture shows")
	b.Meta("model", "palette")
	b.Input("pixel_values", graph.Float, graph.Sym("batch"), graph.Fixed(3), graph.Fixed(Side), graph.Fixed(Side))
	b.Int64s("rows and columns", nil, 2, 3)
	p := b.pixels("pixel_values")
	classes := b.classes(p)

	var values []string
	for class := range colours {
		count := b.total(b.number(b.node("Equal", classes, b.float(float32(class)))))
		values = append(values, b.node("Sqrt", b.node("Div", count, b.float(Side*Side))))
	}
	pair := func(r ramp, measure string) {
		high := r.apply(b, measure)
		values = append(values, high, b.node("Sub", b.float(1), high))
	}
	luma := b.luma(p)
	pair(brightness, b.mean(luma))
	pair(colourfulness, b.mean(p.chroma))
	hueless := b.number(b.node("GreaterOrEqual", classes, b.float(black)))
	values = append(values, colourlessness.apply(b, b.node("Div", b.total(hueless), b.float(Side*Side))))
	balance := b.node("Sub", b.total(p.red), b.total(p.blue))
	pair(warmth, b.node("Div", balance, b.float(255*Side*Side)))
	pair(business, b.activity(luma))
	pair(spread, b.deviation(luma))
	strokes := b.total(b.number(b.strokes(luma)))
	values = append(values, writing.apply(b, b.node("Div", strokes, b.float(Side*Side))))

	b.finish(values)
	return b.Marshal()
}

// finish appends the dimension that makes up for the rest of Length.
func (b *builder) finish(values []string) {
	across := graph.Int("axis", 1)
	all := b.with([]graph.Attr{across}, "Concat", values...)
	squares := b.node("ReduceSum", b.node("Mul", all, all), b.Int64s("across", []int64{1}, 1))
	rest := b.node("Sqrt", b.node("Sub", b.float(Length*Length), squares))
	full := b.with([]graph.Attr{across}, "Concat", all, rest)
	b.Node("Div", []string{full, b.float(Length)}, []string{"image_embeds"})
	b.Output("image_embeds", graph.Float, graph.Sym("batch"), graph.Fixed(Dim))
}

// pixels are the channels of the pictures in whole numbers from 0 to 255, with
// their largest value, and the largest less the smallest; each [N,1,224,224].
type pixels struct{ red, green, blue, largest, chroma string }

// pixels undoes CLIP's normalisation.
func (b *builder) pixels(x string) pixels {
	channels := []int64{1, 3, 1, 1}
	x = b.node("Mul", x, b.Floats("std", channels, 0.26862954, 0.26130258, 0.27577711))
	x = b.node("Add", x, b.Floats("mean", channels, 0.48145466, 0.4578275, 0.40821073))
	x = b.node("Round", b.node("Mul", x, b.float(255)))
	x = b.node("Clip", x, b.float(0), b.float(255))
	p := pixels{red: "red", green: "green", blue: "blue"}
	b.Node("Split", []string{x}, []string{p.red, p.green, p.blue}, graph.Int("axis", 1))
	p.largest = b.node("Max", p.red, p.green, p.blue)
	p.chroma = b.node("Sub", p.largest, b.node("Min", p.red, p.green, p.blue))
	return p
}

// luma is Rec. 709's weighting of the channels as they are stored, rounded to
// a whole number: floor((2126 R + 7152 G + 722 B + 5000) / 10000).
func (b *builder) luma(p pixels) string {
	sum := b.node("Mul", p.red, b.float(2126))
	sum = b.node("Add", sum, b.node("Mul", p.green, b.float(7152)))
	sum = b.node("Add", sum, b.node("Mul", p.blue, b.float(722)))
	sum = b.node("Add", sum, b.float(5000))
	return b.node("Floor", b.node("Div", sum, b.float(10000)))
}

// mean is the mean over all pixels, of values up to 255, as a share of 255.
func (b *builder) mean(x string) string {
	return b.node("Div", b.total(x), b.float(255*Side*Side))
}
