//go:build cgo

package onnx

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"icono/internal/stage"
)

// Session is a loaded model. Run may be called concurrently.
type Session struct {
	session         *ort.DynamicAdvancedSession
	inputs, outputs []Port
	device, note    string
	closeOnce       sync.Once
}

// Session loads a model on a device. With device auto a GPU is taken where
// there is a usable one; Note then says why it was not.
func (r *Runtime) Session(m Model, o Options) (*Session, error) {
	data := m.Data
	if m.Path != "" {
		if _, err := os.Stat(m.Path); err != nil {
			return nil, err
		}
	}
	s := &Session{device: "cpu"}
	in, out, err := ports(m.Path, data)
	if err != nil {
		return nil, fmt.Errorf("the model cannot be read: %s", firstLine(err))
	}
	s.inputs, s.outputs = describe(in), describe(out)
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer func() { _ = options.Destroy() }() // only memory
	if err := s.configure(options, o); err != nil {
		return nil, err
	}
	if err := s.load(m, options); err != nil {
		return nil, fmt.Errorf("the model cannot be loaded: %s", firstLine(err))
	}
	return s, nil
}

// load makes the session. Outputs of float16 become float32 on the way.
func (s *Session) load(m Model, options *ort.SessionOptions) (err error) {
	var in, out, narrow []string
	for _, p := range s.inputs {
		in = append(in, p.Name)
	}
	for i, p := range s.outputs {
		if p.Type == Float16 {
			narrow = append(narrow, p.Name)
			s.outputs[i].Type, p.Name = Float32, wide(p.Name)
		}
		out = append(out, p.Name)
	}
	if len(narrow) > 0 {
		if m.Path != "" {
			if m.Data, err = os.ReadFile(m.Path); err != nil {
				return err
			}
			// Weights in files of their own lie beside the model.
			if err := options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", filepath.Dir(m.Path)); err != nil {
				return err
			}
		}
		m = Model{Data: widen(m.Data, narrow)}
	}
	if m.Path != "" {
		s.session, err = ort.NewDynamicAdvancedSession(m.Path, in, out, options)
	} else {
		s.session, err = ort.NewDynamicAdvancedSessionWithONNXData(m.Data, in, out, options)
	}
	return err
}

func ports(path string, data []byte) (in, out []ort.InputOutputInfo, err error) {
	if path != "" {
		return ort.GetInputOutputInfo(path)
	}
	return ort.GetInputOutputInfoWithONNXData(data)
}

func describe(infos []ort.InputOutputInfo) []Port {
	var out []Port
	for _, i := range infos {
		p := Port{Name: i.Name, Type: Other, Shape: slices.Clone([]int64(i.Dimensions))}
		switch i.DataType {
		case ort.TensorElementDataTypeFloat:
			p.Type = Float32
		case ort.TensorElementDataTypeFloat16:
			p.Type = Float16
		case ort.TensorElementDataTypeInt64:
			p.Type = Int64
		case ort.TensorElementDataTypeInt32:
			p.Type = Int32
		}
		out = append(out, p)
	}
	return out
}

func (s *Session) configure(options *ort.SessionOptions, o Options) error {
	if o.Device == "cuda" || o.Device == "auto" {
		switch err := appendCUDA(options); {
		case err == nil:
			s.device = "cuda"
		case o.Device == "cuda":
			return &stage.MissingError{What: "`device: cuda` was asked for, but " + err.Error(),
				Mend: "install ONNX Runtime with its CUDA provider beside it, or set `device: auto`, which goes on without a GPU"}
		case hasNVIDIA():
			s.note = "the model runs on the CPU, though there is a GPU: " + err.Error()
		}
	}
	if o.Threads > 0 {
		if err := options.SetIntraOpNumThreads(o.Threads); err != nil {
			return err
		}
	}
	// Waiting threads sleep, so that decoding beside the model gets the
	// processors.
	return options.AddSessionConfigEntry("session.intra_op.allow_spinning", strconv.Itoa(0))
}

// hasNVIDIA reports whether the system shows an NVIDIA GPU: by the device files
// of its driver, or by the one through which Linux on Windows reaches it.
func hasNVIDIA() bool {
	for _, path := range []string{"/dev/nvidiactl", "/dev/dxg"} {
		if _, err := os.Stat(path); err == nil {
			return true
		}
	}
	return false
}

// Inputs describes the inputs of the model.
func (s *Session) Inputs() []Port { return s.inputs }

// Outputs describes the outputs of the model.
func (s *Session) Outputs() []Port { return s.outputs }

// Device is where the model runs: cpu or cuda.
func (s *Session) Device() string { return s.device }

// Note says why the model does not run on a GPU that this machine has, or "".
func (s *Session) Note() string { return s.note }

// Close frees the model.
func (s *Session) Close() error {
	var err error
	s.closeOnce.Do(func() { err = s.session.Destroy() })
	return err
}

// Run computes the outputs with the names for the inputs, which are in the
// order of Inputs. It ends early when ctx does.
func (s *Session) Run(ctx context.Context, inputs []Tensor, wanted string) (values []float32, shape []int64, err error) {
	at := slices.IndexFunc(s.outputs, func(p Port) bool { return p.Name == wanted })
	if at < 0 || len(inputs) != len(s.inputs) {
		return nil, nil, fmt.Errorf("the model has %d inputs and no output %q with %d", len(s.inputs), wanted, len(inputs))
	}
	in := make([]ort.Value, len(inputs))
	out := make([]ort.Value, len(s.outputs))
	defer func() {
		for _, v := range append(in, out...) {
			if v != nil && !reflect.ValueOf(v).IsNil() {
				_ = v.Destroy() // only memory
			}
		}
	}()
	for i, t := range inputs {
		if in[i], err = value(t, s.inputs[i]); err != nil {
			return nil, nil, err
		}
	}
	options, err := ort.NewRunOptions()
	if err != nil {
		return nil, nil, err
	}
	terminated := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = options.Terminate()
		close(terminated)
	})
	err = s.session.RunWithOptions(in, out, options)
	if !stop() {
		<-terminated // it uses the options
	}
	destroyed := options.Destroy()
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case err != nil:
		return nil, nil, fmt.Errorf("the model failed: %s", firstLine(err))
	case destroyed != nil:
		return nil, nil, destroyed
	}
	return floats(out[at])
}

// value makes a tensor of the port's type.
func value(t Tensor, p Port) (ort.Value, error) {
	shape := ort.NewShape(t.Shape...)
	var v ort.Value
	var err error
	switch p.Type {
	case Float32:
		v, err = ort.NewTensor(shape, t.Floats)
	case Float16:
		v, err = ort.NewCustomDataTensor(shape, toFloat16(t.Floats), ort.TensorElementDataTypeFloat16)
	case Int64:
		v, err = ort.NewTensor(shape, t.Ints)
	case Int32:
		ints := make([]int32, len(t.Ints))
		for i, v := range t.Ints {
			ints[i] = int32(v)
		}
		v, err = ort.NewTensor(shape, ints)
	default:
		err = errors.New("its type is not supported")
	}
	if err != nil {
		return nil, fmt.Errorf("the input %q: %s", p.Name, firstLine(err)) // v would be a nil of its type
	}
	return v, nil
}

// floats copies an output.
func floats(v ort.Value) ([]float32, []int64, error) {
	switch t := v.(type) {
	case *ort.Tensor[float32]:
		return slices.Clone(t.GetData()), slices.Clone([]int64(t.GetShape())), nil
	}
	return nil, nil, fmt.Errorf("the model's output is no tensor of floats")
}
