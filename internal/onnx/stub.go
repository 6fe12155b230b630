//go:build !cgo

package onnx

import (
	"context"

	"icono/internal/stage"
)

// Runtime needs cgo; in a program built without it, Open fails.
type Runtime struct{}

// Session needs cgo.
type Session struct{}

func withoutCgo() error {
	return &stage.MissingError{What: "this icono was built without cgo, so it cannot run models", Mend: "build it with CGO_ENABLED=1 and a C compiler"}
}

// Open fails.
func Open(string) (*Runtime, error) { return nil, withoutCgo() }

// The methods are never reached, since Open fails.
func (*Runtime) Path() string                             { return "" }
func (*Runtime) Version() string                          { return "" }
func (*Runtime) Close() error                             { return nil }
func (*Runtime) CheckCUDA() error                         { return withoutCgo() }
func (*Runtime) Session(Model, Options) (*Session, error) { return nil, withoutCgo() }
func (*Session) Inputs() []Port                           { return nil }
func (*Session) Outputs() []Port                          { return nil }
func (*Session) Device() string                           { return "" }
func (*Session) Note() string                             { return "" }
func (*Session) Close() error                             { return nil }
func (*Session) Run(context.Context, []Tensor, string) ([]float32, []int64, error) {
	return nil, nil, withoutCgo()
}
