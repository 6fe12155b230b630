package graph_test

import (
	"context"
	"slices"
	"testing"

	"icono/internal/onnx"
)

// ONNX Runtime computes what the graph says: the table's entry, times two,
// times a half, plus one, plus the row's largest value after LeakyRelu.
func TestRuntimeComputes(t *testing.T) {
	path, _ := onnx.Locate()
	if path == "" {
		t.Skip("skipped: needs ONNX Runtime's library")
	}
	model, err := everything().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	runtime, err := onnx.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.Close()
	session, err := runtime.Session(onnx.Model{Data: model}, onnx.Options{Device: "cpu", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	got, shape, err := session.Run(context.Background(), []onnx.Tensor{
		{Shape: []int64{2, 4}, Floats: []float32{1, 2, 30, 4, -40, -8, -80, -12}},
		{Shape: []int64{2, 2}, Ints: []int64{0, 2, 1, 1}},
	}, "y")
	if err != nil {
		t.Fatal(err)
	}
	want := []float32{7 + 1 + 30, 9 + 1 + 30, 8 + 1 - 2, 8 + 1 - 2}
	if !slices.Equal(got, want) || !slices.Equal(shape, []int64{4}) {
		t.Errorf("got %v of shape %v, want %v", got, shape, want)
	}
}
