package graph_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/onnx/graph"
)

// everything is a model that uses each element type, attribute type and kind
// of dimension once.
func everything() *graph.Graph {
	g := graph.New("everything")
	g.Doc("one of each")
	g.Meta("b", "2")
	g.Meta("a", "1")
	x := g.Input("x", graph.Float, graph.Sym("N"), graph.Fixed(4))
	ids := g.Input("ids", graph.Int64, graph.Sym("N"), graph.Fixed(2))
	scaled := g.Node("LeakyRelu", []string{x}, []string{"scaled"}, graph.Float32("alpha", 0.25))
	sum := g.Node("ReduceMax", []string{scaled}, []string{"largest"}, graph.Ints("axes", 1), graph.Int("keepdims", 1))
	table := g.Bytes("table", nil, 7, 8, 9)
	row := g.Node("Gather", []string{table, ids}, []string{"row"})
	rows := g.Node("Cast", []string{row}, []string{"rows"}, graph.Int("to", int64(graph.Float)))
	two := g.Floats("two", nil, 2)
	half := g.Halves("half", []int64{1}, 0x3800) // 0.5
	wide := g.Node("Cast", []string{half}, []string{"wide"}, graph.Int("to", int64(graph.Float)))
	one := g.Int32s("one", nil, 1)
	step := g.Node("Cast", []string{one}, []string{"step"}, graph.Int("to", int64(graph.Float)))
	a := g.Node("Mul", []string{rows, two}, []string{"a"})
	b := g.Node("Mul", []string{a, wide}, []string{"b"})
	c := g.Node("Add", []string{b, step}, []string{"c"})
	d := g.Node("Add", []string{c, sum}, []string{"d"})
	shape := g.Int64s("shape", []int64{1}, -1)
	flat := g.Node("Reshape", []string{d, shape}, []string{"flat"})
	g.Node("Identity", []string{flat}, []string{"y"})
	g.Output("y", graph.Float, graph.Sym("M"))
	return g
}

func TestBytesDependOnTheCallsAlone(t *testing.T) {
	a, err := everything().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b, err := everything().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("two equal graphs have different bytes")
	}
}

// The bytes follow onnx.proto3 by hand: ir_version 8 is 08 08, producer_name
// "icono" is 12 05 ..., the graph has one node, its name, an input and an
// output, and the operator set is {domain "", version 17}.
func TestMarshalByHand(t *testing.T) {
	g := graph.New("g")
	x := g.Input("x", graph.Float, graph.Sym("N"), graph.Fixed(3))
	g.Node("Abs", []string{x}, []string{"y"})
	g.Output("y", graph.Float, graph.Sym("N"), graph.Fixed(3))
	got, err := g.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	value := func(name string) string { // "x" or "y": float, [N,3]
		return "0a01" + hex.EncodeToString([]byte(name)) + "120f" + "0a0d" + "0801" + "1209" + "0a03" + "12014e" + "0a02" + "0803"
	}
	node := "0a0178" + "120179" + "1a05" + hex.EncodeToString([]byte("Abs_y")) + "2203" + hex.EncodeToString([]byte("Abs"))
	body := "0a12" + node + "120167" + "5a14" + value("x") + "6214" + value("y")
	want := "0808" + "1205" + hex.EncodeToString([]byte("icono")) + "3a43" + body + "4204" + "0a00" + "1011"
	if hex.EncodeToString(got) != want {
		t.Errorf("got  %x\nwant %s", got, want)
	}
}

func TestMistakesAreReported(t *testing.T) {
	tests := map[string]struct {
		build func(g *graph.Graph)
		want  string
	}{
		"unknown input": {func(g *graph.Graph) { g.Node("Abs", []string{"z"}, []string{"y"}) }, `reads "z"`},
		"twice":         {func(g *graph.Graph) { g.Input("x", graph.Float); g.Floats("x", nil, 1) }, "defined twice"},
		"no name":       {func(g *graph.Graph) { g.Input("", graph.Float) }, "without a name"},
		"size":          {func(g *graph.Graph) { g.Floats("c", []int64{2, 2}, 1, 2, 3) }, "12 bytes, its shape [2 2] needs 16"},
		"negative":      {func(g *graph.Graph) { g.Floats("c", []int64{-1}, 1) }, "negative dimension"},
		"type":          {func(g *graph.Graph) { g.Input("x", graph.Elem(99)) }, "unknown element type 99"},
		"outputless":    {func(g *graph.Graph) { g.Node("Abs", []string{g.Input("x", graph.Float)}, nil) }, "has no output"},
		"no output":     {func(g *graph.Graph) { g.Input("x", graph.Float) }, "the model has no output"},
		"undefined":     {func(g *graph.Graph) { g.Output("y", graph.Float) }, `nothing produces the output "y"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := graph.New("bad")
			test.build(g)
			model, err := g.Marshal()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
			if model != nil {
				t.Error("a model came with the error")
			}
		})
	}
}

// The ONNX project's own checker, with shape inference, accepts the model.
func TestCheckerAccepts(t *testing.T) {
	python := ""
	for _, candidate := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(candidate, "-c", "import onnx").Run() == nil {
			python = candidate
			break
		}
	}
	if python == "" {
		t.Skip("skipped: needs python3 with the onnx package (apt-get install python3-onnx)")
	}
	model, err := everything().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, model, 0o600); err != nil {
		t.Fatal(err)
	}
	const script = `import onnx, sys
m = onnx.load(sys.argv[1])
onnx.checker.check_model(m, full_check=True)
m = onnx.shape_inference.infer_shapes(m, check_type=True, strict_mode=True)
print(m.ir_version, m.opset_import[0].version, [(p.key, p.value) for p in m.metadata_props], m.doc_string)
print([(v.name, [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]) for v in m.graph.input])
`
	out, err := exec.Command(python, "-c", script, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := "8 17 [('b', '2'), ('a', '1')] one of each\n[('x', ['N', 4]), ('ids', ['N', 2])]\n"
	if string(out) != want {
		t.Errorf("the checker read\n%swant\n%s", out, want)
	}
}
