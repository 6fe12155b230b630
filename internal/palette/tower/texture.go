package tower

import "icono/internal/onnx/graph"

// The limits of a stroke, in levels of luma and pixels.
const (
	strokeEdge   = 40 // least step at both sides
	strokeReach  = 3  // farthest pixel at which a side's step may be complete
	groundReach  = 4  // the ground is looked at this far around
	groundStep   = 16 // most that a pixel of even ground differs from the extreme
	groundPixels = 36 // of 81, least that must be even ground
)

// activity is the mean absolute difference between neighbours, to the left and
// above, as a share of 255.
func (b *builder) activity(luma string) string {
	var sums []string
	for _, axis := range []int64{2, 3} {
		step := b.node("Sub", b.part(luma, axis, 1, Side), b.part(luma, axis, 0, Side-1))
		sums = append(sums, b.total(b.node("Abs", step)))
	}
	return b.node("Div", b.node("Add", sums[0], sums[1]), b.float(255*2*Side*(Side-1)))
}

// deviation is the standard deviation as a share of 255: the square root of
// n Σy² - (Σy)², over n * 255. The sums of a row are exact in single precision,
// what follows is exact in double precision up to the root.
func (b *builder) deviation(luma string) string {
	const n = Side * Side
	double := func(x string) string {
		return b.with([]graph.Attr{graph.Int("to", int64(graph.Double))}, "Cast", x)
	}
	rows := b.node("ReduceSum", b.node("Mul", luma, luma), b.Int64s("columns", []int64{1}, 3))
	squares := b.total(double(rows))
	sum := double(b.total(luma))
	difference := b.node("Sub", b.node("Mul", squares, double(b.float(n))), b.node("Mul", sum, sum))
	return b.node("Div", b.number(b.node("Sqrt", difference)), b.float(255*n))
}

// strokes marks the pixels that lie in a thin stroke of writing: at least
// strokeEdge darker than a pixel within strokeReach to the left and than one to
// the right, while at least groundPixels of the 9 x 9 pixels around are within
// groundStep of the lightest around them; or the same with light and dark
// exchanged.
func (b *builder) strokes(luma string) string {
	return b.node("Or", b.darkStrokes(luma), b.darkStrokes(b.node("Neg", luma)))
}

func (b *builder) darkStrokes(y string) string {
	wide := b.with([]graph.Attr{graph.String("mode", "edge")}, "Pad", y,
		b.Int64s(b.name(), nil, 0, 0, 0, strokeReach, 0, 0, 0, strokeReach))
	reached := b.pool("MaxPool", wide, 1, strokeReach, 0)
	sides := b.node("Min", b.part(reached, 3, 0, Side), b.part(reached, 3, strokeReach+1, Side+strokeReach+1))
	thin := b.node("GreaterOrEqual", b.node("Sub", sides, y), b.float(strokeEdge))

	const across = 2*groundReach + 1
	lightest := b.pool("MaxPool", b.pool("MaxPool", y, across, 1, groundReach), 1, across, groundReach)
	even := b.number(b.node("GreaterOrEqual", y, b.node("Sub", lightest, b.float(groundStep))))
	share := b.pool("AveragePool", b.pool("AveragePool", even, across, 1, groundReach), 1, across, groundReach)
	// Half a pixel less than groundPixels, for the division's rounding.
	ground := b.node("Greater", share, b.float((groundPixels-0.5)/(across*across)))
	return b.node("And", thin, ground)
}

// pool adds a pooling over windows of height x width, with padding along the
// longer one.
func (b *builder) pool(op, x string, height, width, padding int64) string {
	attrs := []graph.Attr{graph.Ints("kernel_shape", height, width)}
	if height > 1 {
		attrs = append(attrs, graph.Ints("pads", padding, 0, padding, 0))
	} else {
		attrs = append(attrs, graph.Ints("pads", 0, padding, 0, padding))
	}
	if op == "AveragePool" {
		attrs = append(attrs, graph.Int("count_include_pad", 1))
	}
	return b.with(attrs, op, x)
}
