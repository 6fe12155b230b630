package tower

import (
	"fmt"

	"icono/internal/onnx/graph"
)

// ramp maps a measure onto 0 to 1: 0 up to its lower end, 1 from its upper end,
// a straight line between.
type ramp int

// The measures that are not shares of colours.
const (
	brightness ramp = iota
	colourfulness
	colourlessness
	warmth
	business
	spread
	writing
)

// ends are chosen such that ordinary pictures lie around the middle of the
// measures that have an opposite, and low on the others.
func (r ramp) ends() (lo, hi float32) {
	switch r {
	case brightness:
		return 0.2, 0.8
	case colourfulness:
		return 0, 0.25
	case colourlessness:
		return 0.5, 1
	case warmth:
		return -0.15, 0.15
	case business:
		return 0.01, 0.055
	case spread:
		return 0.1, 0.4
	default:
		return 0.003, 0.03
	}
}

func (r ramp) text(measure string) string {
	lo, hi := r.ends()
	return fmt.Sprintf("%s, from %g (0) to %g (1)", measure, lo, hi)
}

// apply adds the ramp of value x to the graph and returns the result's name.
func (r ramp) apply(b *builder, x string) string {
	lo, hi := r.ends()
	y := b.node("Div", b.node("Sub", x, b.float(lo)), b.float(hi-lo))
	return b.node("Clip", y, b.float(0), b.float(1))
}

// builder gives intermediate values numbered names and shares equal constants.
type builder struct {
	*graph.Graph
	values int
	floats map[float32]string
}

func newBuilder(name string) *builder {
	return &builder{Graph: graph.New(name), floats: map[float32]string{}}
}

func (b *builder) name() string {
	b.values++
	return fmt.Sprintf("v%03d", b.values)
}

// node adds an operator with one output and returns its name.
func (b *builder) node(op string, inputs ...string) string {
	return b.Node(op, inputs, []string{b.name()})
}

// with is node with attributes.
func (b *builder) with(attrs []graph.Attr, op string, inputs ...string) string {
	return b.Node(op, inputs, []string{b.name()}, attrs...)
}

func (b *builder) float(v float32) string {
	name, ok := b.floats[v]
	if !ok {
		name = b.Floats(fmt.Sprintf("c%g", v), nil, v)
		b.floats[v] = name
	}
	return name
}

// number turns truth values into 0 and 1.
func (b *builder) number(x string) string {
	return b.with([]graph.Attr{graph.Int("to", int64(graph.Float))}, "Cast", x)
}

// choose is yes where the condition holds and otherwise no.
func (b *builder) choose(condition, yes, no string) string {
	return b.node("Where", condition, yes, no)
}

// total adds up all pixels of each picture: [N,1,H,W] -> [N,1]. Every pixel
// value is a whole number and every sum is below 2^24, so that the result is
// exact whatever the order of the additions.
func (b *builder) total(x string) string {
	return b.with([]graph.Attr{graph.Int("keepdims", 0)}, "ReduceSum", x, "rows and columns")
}

// part is x without some rows or columns at the ends of an axis.
func (b *builder) part(x string, axis, from, to int64) string {
	return b.node("Slice", x, b.Int64s(b.name(), []int64{1}, from), b.Int64s(b.name(), []int64{1}, to), b.Int64s(b.name(), []int64{1}, axis))
}
