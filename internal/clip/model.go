package clip

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

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
			if _, err := m.add(r, onnx.Model{Data: part.data}, settings); err != nil {
				return err
			}
			sum := sha256.Sum256(part.data)
			m.files = append(m.files, File{part.name, hex.EncodeToString(sum[:])})
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
		used, err := m.add(r, onnx.Model{Path: f}, settings)
		if err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
		if !used {
			continue
		}
		if err := m.note(o.Dir, f); err != nil {
			return err
		}
		if precisionOf(f) == "int8" {
			m.notes = append(m.notes, filepath.Base(f)+" is quantised: its answers can differ a little with the batch size; keep `batch_size` as it is within a study")
		}
	}
	return m.complete(o.Dir)
}

// add opens a file and keeps the towers in it that are still wanted.
func (m *Model) add(r *onnx.Runtime, file onnx.Model, o onnx.Options) (used bool, err error) {
	s, err := r.Session(file, o)
	if err != nil {
		return false, err
	}
	image, text := inspect(s)
	if m.image == nil && image != nil {
		m.image, used = image, true
	}
	if m.text == nil && text != nil {
		m.text, used = text, true
	}
	if !used {
		return false, s.Close()
	}
	m.sessions = append(m.sessions, s)
	return true, nil
}

func (m *Model) complete(where string) error {
	const wants = "a CLIP export has an input of rank 4 for pictures and one of rank 2 for token ids, and gives vectors of rank 2"
	switch {
	case m.image == nil && m.text == nil:
		return fmt.Errorf("%s holds no CLIP model: %s", where, wants)
	case m.image == nil:
		return fmt.Errorf("%s has no image tower: %s", where, wants)
	case m.text == nil:
		return fmt.Errorf("%s has no text tower: %s", where, wants)
	}
	return nil
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
	ctx := context.Background()
	vectors, err := m.EmbedTexts(ctx, [][]int64{ids}, []int{used})
	if err != nil {
		return err
	}
	m.dim = len(vectors[0])
	return m.pair(ctx, ids, used)
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
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

// Close frees the model.
func (m *Model) Close() error {
	var errs []error
	for _, s := range m.sessions {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
