// Package onnx runs ONNX models with ONNX Runtime: it finds the library,
// opens sessions on a device, and runs them. It is the only importer of
// onnxruntime_go, and the only package that needs cgo.
package onnx

import "strings"

// Element is the type of a tensor's elements.
type Element string

// The element types that are used.
const (
	Float32 Element = "float32"
	Float16 Element = "float16"
	Int64   Element = "int64"
	Int32   Element = "int32"
	Other   Element = "other"
)

// Port is an input or output of a model. A dimension of -1 is free.
type Port struct {
	Name  string
	Type  Element
	Shape []int64
}

// Tensor is a value for an input. The one field that fits the port's type is
// set; Float16 inputs take Floats and are converted.
type Tensor struct {
	Shape  []int64
	Floats []float32
	Ints   []int64 // also for int32 inputs
}

// Options say how a session runs.
type Options struct {
	// Device is auto, cpu or cuda.
	Device string
	// Threads is the number of threads within an operation; 0 lets the
	// library choose.
	Threads int
}

// Model names where a model comes from: a file, or bytes in memory.
type Model struct {
	Path string
	Data []byte
}

// firstLine keeps a library's error texts short.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSpace(line)
}
