package onnx_test

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"icono/internal/onnx"
	"icono/internal/onnx/graph"
	"icono/internal/stage"
)

// library opens ONNX Runtime until the test ends, or skips the test.
func library(t testing.TB) *onnx.Runtime {
	t.Helper()
	path, _ := onnx.Locate()
	if path == "" {
		t.Skip("skipped: needs ONNX Runtime's library")
	}
	r, err := onnx.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// weighted is a model of any number of rows x of 3 values, and a number k for
// each: y is x times k, and z is -y.
func weighted(t testing.TB, x, k graph.Elem) []byte {
	t.Helper()
	g := graph.New("weighted")
	rows := g.Input("x", x, graph.Sym("N"), graph.Fixed(3))
	by := g.Input("k", k, graph.Sym("N"), graph.Fixed(1))
	factor := g.Node("Cast", []string{by}, []string{"factor"}, graph.Int("to", int64(x)))
	g.Node("Mul", []string{rows, factor}, []string{"y"})
	g.Output("y", x, graph.Sym("N"), graph.Fixed(3))
	g.Node("Neg", []string{"y"}, []string{"z"})
	g.Output("z", x, graph.Sym("N"), graph.Fixed(3))
	data, err := g.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func open(t testing.TB, r *onnx.Runtime, m onnx.Model) *onnx.Session {
	t.Helper()
	s, err := r.Session(m, onnx.Options{Device: "cpu", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Inputs may be of any of the four types, outputs of float32 and float16.
func TestElementTypes(t *testing.T) {
	r := library(t)
	for _, c := range []struct {
		x, k   graph.Elem
		xs, ks onnx.Element
	}{
		{graph.Float, graph.Int64, onnx.Float32, onnx.Int64}, {graph.Float, graph.Int32, onnx.Float32, onnx.Int32},
		{graph.Float16, graph.Int64, onnx.Float16, onnx.Int64}, {graph.Float16, graph.Int32, onnx.Float16, onnx.Int32},
	} {
		s := open(t, r, onnx.Model{Data: weighted(t, c.x, c.k)})
		want := []onnx.Port{{Name: "x", Type: c.xs, Shape: []int64{-1, 3}}, {Name: "k", Type: c.ks, Shape: []int64{-1, 1}}}
		if d := cmp.Diff(want, s.Inputs()); d != "" {
			t.Errorf("inputs: %s", d)
		}
		if s.Device() != "cpu" || s.Note() != "" {
			t.Errorf("runs on %s: %s", s.Device(), s.Note())
		}
		in := []onnx.Tensor{{Shape: []int64{2, 3}, Floats: []float32{0.5, -1, 0, 2048, 0.25, 3}}, {Shape: []int64{2, 1}, Ints: []int64{3, -2}}}
		for name, sign := range map[string]float32{"y": 1, "z": -1} {
			values, shape, err := s.Run(context.Background(), in, name)
			if err != nil {
				t.Fatalf("%v: %v", c.xs, err)
			}
			for i, want := range []float32{1.5, -3, 0, -4096, -0.5, -6} {
				if values[i] != sign*want {
					t.Errorf("%v: value %d of %s is %v, want %v", c.xs, i, name, values[i], sign*want)
				}
			}
			if !slices.Equal(shape, []int64{2, 3}) {
				t.Errorf("%v: shape %v", c.xs, shape)
			}
		}
	}
}

// A float16 model keeps finding weights that lie in a file beside it.
func TestFloat16ExternalWeights(t *testing.T) {
	g := graph.New("external")
	x := g.Input("x", graph.Float16, graph.Sym("N"), graph.Fixed(3))
	g.Node("Neg", []string{x}, []string{"negative"})
	g.Output("negative", graph.Float16, graph.Sym("N"), graph.Fixed(3))
	data, err := g.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	text := func(b []byte, field protowire.Number, s string) []byte {
		return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
	}
	number := func(b []byte, field protowire.Number, v uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
	}
	// TensorProto: dims, data_type float16, name, external_data, data_location.
	tensor := text(number(number(nil, 1, 3), 2, 10), 8, "w")
	tensor = number(text(tensor, 13, string(text(text(nil, 1, "location"), 2, "w.bin"))), 14, 1)
	// NodeProto: inputs, output, op_type. ValueInfoProto: name, type with the element.
	node := text(text(text(text(nil, 1, "x"), 1, "w"), 2, "y"), 4, "Mul")
	info := text(text(nil, 1, "y"), 2, string(text(nil, 1, string(number(nil, 1, 10)))))
	// ModelProto.graph with a node, an initializer and an output more.
	data = text(data, 7, string(text(text(text(nil, 1, string(node)), 5, string(tensor)), 12, string(info))))
	dir := t.TempDir()
	path := filepath.Join(dir, "model_fp16.onnx")
	for name, content := range map[string][]byte{path: data, filepath.Join(dir, "w.bin"): {0x00, 0x3c, 0x00, 0x40, 0x00, 0xc2}} { // 1, 2, -3
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, library(t), onnx.Model{Path: path})
	if len(s.Inputs()) != 1 {
		t.Fatalf("inputs %v", s.Inputs())
	}
	values, _, err := s.Run(context.Background(), []onnx.Tensor{{Shape: []int64{1, 3}, Floats: []float32{1, 10, 100}}}, "y")
	if err != nil || !slices.Equal(values, []float32{1, 20, -300}) {
		t.Errorf("%v, %v", values, err)
	}
}

// What float16 cannot hold is infinite, not another number.
func TestFloat16Overflow(t *testing.T) {
	s := open(t, library(t), onnx.Model{Data: weighted(t, graph.Float16, graph.Int64)})
	values, _, err := s.Run(context.Background(), []onnx.Tensor{{Shape: []int64{1, 3}, Floats: []float32{70000, 1e-9, 65504}}, {Shape: []int64{1, 1}, Ints: []int64{1}}}, "y")
	if err != nil || !math.IsInf(float64(values[0]), 1) || values[1] != 0 || values[2] != 65504 {
		t.Errorf("%v, %v", values, err)
	}
}

func TestGarbageModels(t *testing.T) {
	r := library(t)
	whole := weighted(t, graph.Float, graph.Int64)
	dir := t.TempDir()
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("<!DOCTYPE html><html>not found</html>"), "zeros": make([]byte, 4096), "half": whole[:len(whole)/2],
		"pointer": []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 351530000\n"),
		"unknown": slices.Concat(whole, []byte{0xff, 0xff, 0xff}),
	} {
		path := filepath.Join(dir, name+".onnx")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		models := []onnx.Model{{Path: path}}
		if len(data) > 0 {
			models = append(models, onnx.Model{Data: data})
		}
		for _, m := range models {
			s, err := r.Session(m, onnx.Options{Device: "cpu"})
			if err == nil {
				_ = s.Close()
				t.Errorf("%s: opened", name)
			} else if text := err.Error(); !strings.HasPrefix(text, "the model cannot be") || strings.Contains(text, "\n") {
				t.Errorf("%s: %q", name, text)
			}
		}
	}
	if _, err := r.Session(onnx.Model{Data: []byte{}}, onnx.Options{Device: "cpu"}); err == nil {
		t.Error("a model of no bytes was opened")
	}
	if _, err := r.Session(onnx.Model{Path: filepath.Join(dir, "absent.onnx")}, onnx.Options{Device: "cpu"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent file: %v", err)
	}
	// The library still works.
	open(t, r, onnx.Model{Data: whole})
}

// Wrong inputs are errors of one line, and the session goes on.
func TestWrongInputs(t *testing.T) {
	s := open(t, library(t), onnx.Model{Data: weighted(t, graph.Float, graph.Int64)})
	x, k := onnx.Tensor{Shape: []int64{1, 3}, Floats: []float32{1, 2, 3}}, onnx.Tensor{Shape: []int64{1, 1}, Ints: []int64{2}}
	for name, c := range map[string]struct {
		in     []onnx.Tensor
		output string
		want   string
	}{
		"too few":           {[]onnx.Tensor{x}, "y", "2 inputs"},
		"too many":          {[]onnx.Tensor{x, k, k}, "y", "2 inputs"},
		"no such output":    {[]onnx.Tensor{x, k}, "vectors", `no output "vectors"`},
		"wrong side":        {[]onnx.Tensor{{Shape: []int64{1, 4}, Floats: []float32{1, 2, 3, 4}}, k}, "y", "x"},
		"wrong rank":        {[]onnx.Tensor{{Shape: []int64{3}, Floats: []float32{1, 2, 3}}, k}, "y", "x"},
		"ints for floats":   {[]onnx.Tensor{{Shape: []int64{1, 3}, Ints: []int64{1, 2, 3}}, k}, "y", ""},
		"floats for ints":   {[]onnx.Tensor{x, {Shape: []int64{1, 1}, Floats: []float32{2}}}, "y", ""},
		"too few values":    {[]onnx.Tensor{{Shape: []int64{1, 3}, Floats: []float32{1}}, k}, "y", ""},
		"different batches": {[]onnx.Tensor{x, {Shape: []int64{2, 1}, Ints: []int64{2, 2}}}, "y", ""},
		"negative":          {[]onnx.Tensor{{Shape: []int64{-1, 3}, Floats: []float32{1, 2, 3}}, k}, "y", ""},
	} {
		values, shape, err := s.Run(context.Background(), c.in, c.output)
		if name == "different batches" && err == nil && len(values) == 6 && slices.Equal(shape, []int64{2, 3}) {
			continue // ONNX broadcasts one row over two
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v %v, error %v", name, values, shape, err)
		}
	}
	if values, _, err := s.Run(context.Background(), []onnx.Tensor{x, k}, "y"); err != nil || !slices.Equal(values, []float32{2, 4, 6}) {
		t.Errorf("afterwards: %v, %v", values, err)
	}
}

func TestCloseTwice(t *testing.T) {
	r := library(t)
	if _, err := onnx.Open(r.Path()); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("opened twice: %v", err)
	}
	s, err := r.Session(onnx.Model{Data: weighted(t, graph.Float, graph.Int64)}, onnx.Options{Device: "cpu"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	_ = r.Close() // whatever it says, it must not end the process
	again, err := onnx.Open(r.Path())
	if err != nil {
		t.Fatal(err)
	}
	if again.Version() == "" || again.Path() == "" {
		t.Error("the library does not say what it is")
	}
	open(t, again, onnx.Model{Data: weighted(t, graph.Float, graph.Int64)})
}

// Without a usable GPU `auto` goes on, and says why where there is one; `cuda`
// fails.
func TestDevices(t *testing.T) {
	r := library(t)
	data := weighted(t, graph.Float, graph.Int64)
	auto, err := r.Session(onnx.Model{Data: data}, onnx.Options{Device: "auto"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = auto.Close() }()
	if r.CheckCUDA() == nil {
		if auto.Device() != "cuda" {
			t.Errorf("auto runs on %s: %s", auto.Device(), auto.Note())
		}
		return
	}
	_, err = os.Stat("/dev/nvidiactl")
	if auto.Device() != "cpu" || err == nil && !strings.Contains(auto.Note(), "runs on the CPU") {
		t.Errorf("auto runs on %s: %q", auto.Device(), auto.Note())
	}
	var m *stage.MissingError
	if s, err := r.Session(onnx.Model{Data: data}, onnx.Options{Device: "cuda"}); !errors.As(err, &m) || !strings.Contains(m.Mend, "device: auto") {
		t.Errorf("cuda gives %v, %v", s, err)
	}
}

// Runs beside each other do not mix, and a cancelled one says so.
func TestConcurrentRuns(t *testing.T) {
	s := open(t, library(t), onnx.Model{Data: weighted(t, graph.Float, graph.Int64)})
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			for range 50 {
				values, _, err := s.Run(context.Background(), []onnx.Tensor{{Shape: []int64{1, 3}, Floats: []float32{1, 2, 3}}, {Shape: []int64{1, 1}, Ints: []int64{int64(n)}}}, "y")
				if f := float32(n); err != nil || !slices.Equal(values, []float32{f, 2 * f, 3 * f}) {
					t.Errorf("run %d: %v, %v", n, values, err)
					return
				}
			}
		})
	}
	group.Wait()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := s.Run(ctx, []onnx.Tensor{{Shape: []int64{1, 3}, Floats: []float32{1, 2, 3}}, {Shape: []int64{1, 1}, Ints: []int64{1}}}, "y")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
