package clip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/onnx"
)

// DefaultScale is the factor of cosines that CLIP models are trained to: their
// learnt value is clipped at 100.
const DefaultScale = 100

// Options say which model is opened and how it runs.
type Options struct {
	// Dir is a folder with an ONNX export, or Vision and Text are the two
	// towers as bytes.
	Dir          string
	Vision, Text []byte
	Device       string // auto, cpu or cuda
	Precision    string // fp32, fp16 or int8: which files of the folder
	Threads      int
	ImageSize    int // overrides what the model says; 0 does not
}

// Model is an open CLIP model. Its methods may be called concurrently.
type Model struct {
	image, text *tower
	sessions    []*onnx.Session
	size, dim   int
	paired      bool // as many pictures as phrases must be given at once
	words       words
	prepared    preparation
	files       []File
	notes       []string
	precisions  []string // of the files in use
}

// File is a file of a model, named by its path in the model's folder.
type File struct{ Name, SHA256 string }

// Open opens a model: it finds the towers by what is in the files, not by
// their names.
func Open(r *onnx.Runtime, o Options) (*Model, error) {
	m := &Model{}
	err := m.load(r, o)
	if err == nil {
		err = m.sizes(o)
	}
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	for _, s := range m.sessions {
		if s.Note() != "" && !slices.Contains(m.notes, s.Note()) {
			m.notes = append(m.notes, s.Note())
		}
	}
	return m, nil
}

// load opens files until both towers are found.
func (m *Model) load(r *onnx.Runtime, o Options) error {
	settings := onnx.Options{Device: o.Device, Threads: o.Threads}
	if o.Dir == "" {
		for _, part := range []struct {
			name string
			data []byte
		}{{"vision_model.onnx", o.Vision}, {"text_model.onnx", o.Text}} {
			added, err := m.add(r, onnx.Model{Data: part.data}, settings)
			if err != nil {
				return err
			}
			found, err := examine(bytes.NewReader(part.data))
			if err != nil {
				return err
			}
			m.files = append(m.files, File{part.name, found.sum})
			if added != nil {
				m.scaled(added, part.name, found.dynamic)
			}
		}
		return m.complete("the embedded model")
	}
	files, err := candidateFiles(o.Dir, o.Precision)
	if err != nil {
		return err
	}
	for _, f := range files {
		if m.image != nil && m.text != nil {
			break
		}
		added, err := m.add(r, onnx.Model{Path: f}, settings)
		if err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
		if added == nil {
			continue
		}
		dynamic, err := m.note(o.Dir, f)
		if err != nil {
			return err
		}
		m.scaled(added, f, dynamic)
	}
	return m.complete(o.Dir)
}

// scaled has the towers of a file given one item at a time if it quantises
// dynamically, and notes how the file computes.
func (m *Model) scaled(s *onnx.Session, file string, dynamic bool) {
	precision := precisionOf(file)
	for _, t := range []*tower{m.image, m.text} {
		if t == nil || t.session != s {
			continue
		}
		t.alone = dynamic
		if in := s.Inputs()[t.input]; in.Type == onnx.Float16 && precision == "fp32" {
			precision = "fp16" // its name does not say it
		}
	}
	if dynamic {
		if precision == "fp32" {
			precision = "int8"
		}
		m.notes = append(m.notes, filepath.Base(file)+" is quantised so that whatever is computed at once shares one scale: pictures and phrases are given to it one at a time, which is slower, so that none changes another's code")
	}
	if !slices.Contains(m.precisions, precision) {
		m.precisions = append(m.precisions, precision)
	}
}

// add opens a file and keeps the towers in it that are still wanted; nil is
// returned where it has none.
func (m *Model) add(r *onnx.Runtime, file onnx.Model, o onnx.Options) (added *onnx.Session, err error) {
	s, err := r.Session(file, o)
	if err != nil {
		return nil, err
	}
	used := false
	image, text := inspect(s)
	if m.image == nil && image != nil {
		m.image, used = image, true
	}
	if m.text == nil && text != nil {
		m.text, used = text, true
	}
	if !used {
		return nil, s.Close()
	}
	m.sessions = append(m.sessions, s)
	return s, nil
}

// sizes finds the side of the pictures and the length of the vectors.
func (m *Model) sizes(o Options) error {
	shape := m.image.session.Inputs()[m.image.input].Shape
	m.size = int(max(shape[2], 0))
	m.prepared = preparation{mean: channelMean(), std: channelStd()}
	if o.Dir != "" {
		var err error
		if m.prepared, err = readPreparation(o.Dir); err != nil {
			return err
		}
	}
	configured := m.prepared.size
	switch {
	case o.ImageSize > 0 && m.size > 0 && o.ImageSize != m.size:
		return fmt.Errorf("`image_size` is %d, but the model takes pictures of %d x %d", o.ImageSize, m.size, m.size)
	case o.ImageSize > 0:
		m.size = o.ImageSize
	case m.size == 0 && configured > 0:
		m.size = configured
	case m.size == 0:
		m.size = 224
	}
	if err := m.openWords(o.Dir); err != nil {
		return err
	}
	ids, used, err := m.words.encode("")
	if err != nil {
		return err
	}
	return m.try(context.Background(), ids, used)
}

// Size is the side of the pictures in pixels.
func (m *Model) Size() int { return m.size }

// Dim is the length of the vectors.
func (m *Model) Dim() int { return m.dim }

// Files are the files that the model was read from.
func (m *Model) Files() []File { return m.files }

// Notes are warnings about the model.
func (m *Model) Notes() []string { return m.notes }

// Device is where the image tower runs.
func (m *Model) Device() string { return m.image.session.Device() }

// Precision is what the model's files compute with: fp32, fp16, int8 or q4, or
// several of them where the towers differ.
func (m *Model) Precision() string { return strings.Join(m.precisions, " and ") }

// Close frees the model.
func (m *Model) Close() error {
	var errs []error
	for _, s := range m.sessions {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
