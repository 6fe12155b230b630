// Package graph writes small ONNX models.
//
// It knows just enough of the format to build a model by hand: one graph with
// named inputs, outputs, constants and nodes of the default operator set. The
// field numbers are those of onnx.proto3 of the ONNX project, IR version 8.
// What it writes depends on the calls alone, so that a generated model can be
// committed and compared byte by byte.
//
//	g := graph.New("double")
//	x := g.Input("x", graph.Float, graph.Sym("N"), graph.Fixed(3))
//	g.Output("y", graph.Float, graph.Sym("N"), graph.Fixed(3))
//	g.Node("Mul", []string{x, g.Floats("two", nil, 2)}, []string{"y"})
//	model, err := g.Marshal()
package graph

import "fmt"

// The format version and the operator set that every model declares.
const (
	IRVersion = 8
	Opset     = 17
)

// Elem is an element type with its code in TensorProto.DataType.
type Elem int32

// The element types that can be written.
const (
	Float   Elem = 1
	Uint8   Elem = 2
	Int32   Elem = 6
	Int64   Elem = 7
	Bool    Elem = 9
	Float16 Elem = 10
	Double  Elem = 11
)

// size is the width of one element in bytes, 0 for an unknown type.
func (e Elem) size() int {
	switch e {
	case Uint8, Bool:
		return 1
	case Float16:
		return 2
	case Float, Int32:
		return 4
	case Int64, Double:
		return 8
	}
	return 0
}

// Dim is one dimension of a shape: a size, or a symbolic name for a size that
// is known only when the model runs.
type Dim struct {
	size int64
	name string
}

// Fixed is a dimension of n elements.
func Fixed(n int64) Dim { return Dim{size: n} }

// Sym is a dimension whose size is given by the input; equal names mean equal
// sizes.
func Sym(name string) Dim { return Dim{name: name} }

type value struct {
	name string
	elem Elem
	dims []Dim
}

type tensor struct {
	name string
	elem Elem
	dims []int64
	raw  []byte
}

type node struct {
	op      string
	name    string
	inputs  []string
	outputs []string
	attrs   []Attr
}

// Graph is a model under construction. The first mistake is kept and returned
// by Marshal, so that the calls between need no checks of their own.
type Graph struct {
	name    string
	doc     string
	meta    [][2]string
	inputs  []value
	outputs []value
	consts  []tensor
	nodes   []node
	defined map[string]bool
	err     error
}

// New begins a model whose graph has the given name.
func New(name string) *Graph {
	return &Graph{name: name, defined: map[string]bool{}}
}

// Doc sets the model's documentation string.
func (g *Graph) Doc(text string) { g.doc = text }

// Meta adds one entry to the model's metadata_props, in order of the calls.
func (g *Graph) Meta(key, text string) { g.meta = append(g.meta, [2]string{key, text}) }

// Input declares an input and returns its name. No dims means a scalar.
func (g *Graph) Input(name string, elem Elem, dims ...Dim) string {
	g.define("input", name)
	g.known("input", name, elem)
	g.inputs = append(g.inputs, value{name, elem, dims})
	return name
}

// Output declares that the value of this name, which a node produces before or
// after this call, is an output.
func (g *Graph) Output(name string, elem Elem, dims ...Dim) {
	g.known("output", name, elem)
	g.outputs = append(g.outputs, value{name, elem, dims})
}

// Node adds an operator and returns the name of its first output. An empty
// input name leaves out an optional input. Inputs must be defined by an
// earlier call: the order of the calls is the order of evaluation.
func (g *Graph) Node(op string, inputs, outputs []string, attrs ...Attr) string {
	for _, in := range inputs {
		if in != "" && !g.defined[in] {
			g.fail("graph: node %s reads %q, which no input, constant or earlier node defines", op, in)
		}
	}
	if len(outputs) == 0 {
		g.fail("graph: node %s has no output", op)
		return ""
	}
	for _, out := range outputs {
		if out != "" {
			g.define("output of "+op, out)
		}
	}
	g.nodes = append(g.nodes, node{op: op, name: op + "_" + outputs[0], inputs: inputs, outputs: outputs, attrs: attrs})
	return outputs[0]
}

func (g *Graph) define(what, name string) {
	switch {
	case name == "":
		g.fail("graph: %s without a name", what)
	case g.defined[name]:
		g.fail("graph: %s %q is defined twice", what, name)
	}
	g.defined[name] = true
}

func (g *Graph) known(what, name string, elem Elem) {
	if elem.size() == 0 {
		g.fail("graph: %s %q has the unknown element type %d", what, name, elem)
	}
}

func (g *Graph) fail(format string, args ...any) {
	if g.err == nil {
		g.err = fmt.Errorf(format, args...)
	}
}
