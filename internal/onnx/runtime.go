//go:build cgo

package onnx

import (
	"fmt"

	ort "github.com/yalue/onnxruntime_go"

	"icono/internal/stage"
)

// Runtime is the loaded library. The library allows one for a process; a
// second Open fails until the first is closed.
type Runtime struct {
	path string
}

// Open loads the library at a path, or the one that Locate finds.
func Open(path string) (*Runtime, error) {
	if path == "" {
		var tried []string
		if path, tried = Locate(); path == "" {
			return nil, missingLibrary(tried)
		}
	}
	if ort.IsInitialized() {
		return nil, fmt.Errorf("ONNX Runtime is in use already")
	}
	ort.SetSharedLibraryPath(path)
	if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
		return nil, &stage.MissingError{What: fmt.Sprintf("the ONNX Runtime at %s cannot be used: %s", path, firstLine(err)),
			Mend: "it must be version " + minimum + " or newer for this machine: `make setup` in icono's source folder fetches one"}
	}
	return &Runtime{path}, nil
}

// Path is where the library was loaded from.
func (r *Runtime) Path() string { return r.path }

// Version is the version of the library.
func (r *Runtime) Version() string { return ort.GetVersion() }

// Close unloads what the library holds. Sessions must be closed before.
func (r *Runtime) Close() error { return ort.DestroyEnvironment() }

// CheckCUDA says why sessions cannot run on a GPU, or nil.
func (r *Runtime) CheckCUDA() error {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return err
	}
	defer func() { _ = o.Destroy() }() // only memory
	return appendCUDA(o)
}

func appendCUDA(o *ort.SessionOptions) error {
	cuda, err := ort.NewCUDAProviderOptions()
	if err != nil {
		return fmt.Errorf("this ONNX Runtime has no CUDA provider (%s)", firstLine(err))
	}
	defer func() { _ = cuda.Destroy() }() // only memory
	if err := o.AppendExecutionProviderCUDA(cuda); err != nil {
		return fmt.Errorf("CUDA cannot be used (%s)", firstLine(err))
	}
	return nil
}
