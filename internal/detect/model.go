package detect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"icono/internal/onnx"
	"icono/internal/picture"
	"icono/internal/stage"
)

// Detector is an open model. Its methods may be called concurrently.
type Detector struct {
	session   *onnx.Session
	frame     frame
	anchors   []anchor
	names     []string
	batch     int  // pictures that the model takes at once; 0 for any number
	ready     bool // the model decodes its boxes itself
	alone     bool // it scales its numbers by all that it is given at once
	minScore  float32
	maxPixels int64
	file      File
	decoders  sync.Pool // of *picture.Decoder
}

// File is a model's file.
type File struct{ Name, SHA256 string }

// freeSide is the side of the pictures for a model that takes any: the one that
// the authors test with.
const freeSide = 640

// Open opens a model. What is not there is a *stage.MissingError.
func Open(r *onnx.Runtime, o Options) (*Detector, error) {
	if o.MinScore == 0 {
		o.MinScore = DefaultMinScore
	}
	if !(o.MinScore > 0 && o.MinScore <= 1) {
		return nil, fmt.Errorf("the least score of an object is above 0 and not above 1, not %v", o.MinScore)
	}
	path, err := modelFile(o.Path)
	if err != nil {
		return nil, err
	}
	d := &Detector{minScore: o.MinScore, maxPixels: o.MaxPixels}
	d.decoders.New = func() any { return new(picture.Decoder) }
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d.file = File{filepath.Base(path), picture.Hash(content)}
	d.alone = bytes.Contains(content, []byte("DynamicQuantize")) // an operator's name
	if d.names, err = readNames(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if d.session, err = r.Session(onnx.Model{Path: path}, onnx.Options{Device: o.Device, Threads: o.Threads}); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := d.inspect(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s is no YOLOX model: %w", path, err), d.session.Close())
	}
	return d, nil
}

// modelFile finds the model of a path.
func modelFile(path string) (string, error) {
	const holds = "a path for a detector is that of a YOLOX model as an .onnx file, or of a folder with one such file"
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", &stage.MissingError{What: "there is no file or folder " + path, Mend: holds}
	case err != nil:
		return "", err
	case !info.IsDir():
		return path, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return "", err
	}
	var found []string
	for _, e := range entries {
		if strings.EqualFold(filepath.Ext(e.Name()), ".onnx") {
			found = append(found, e.Name())
		}
	}
	switch len(found) {
	case 0:
		return "", &stage.MissingError{What: "there is no .onnx file in the folder " + path, Mend: holds}
	case 1:
		return filepath.Join(path, found[0]), nil
	}
	return "", fmt.Errorf("the folder %s has several models: %s; name one of the files", path, strings.Join(found, ", "))
}

// readNames reads the names of the classes beside a model, COCO's where there
// are none.
func readNames(dir string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "classes.txt"))
	if errors.Is(err, os.ErrNotExist) {
		return Classes(), nil
	}
	var names []string
	for _, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			names = append(names, line)
		}
	}
	return names, err
}

// inspect finds out what the model takes and gives, by its ports and by a grey
// picture.
func (d *Detector) inspect() error {
	in, out := d.session.Inputs(), d.session.Outputs()
	if len(in) != 1 || len(in[0].Shape) != 4 || in[0].Type != onnx.Float32 && in[0].Type != onnx.Float16 {
		return errors.New("its input is not one tensor of pictures")
	}
	if len(out) != 1 || len(out[0].Shape) != 3 {
		return errors.New("its output is not one list of boxes")
	}
	shape := in[0].Shape
	if shape[1] > 0 && shape[1] != 3 {
		return fmt.Errorf("its pictures have %d channels, not 3", shape[1])
	}
	d.batch, d.frame = int(max(0, shape[0])), frame{freeSide, freeSide}
	if shape[3] > 0 {
		d.frame.width = int(shape[3])
	}
	if shape[2] > 0 {
		d.frame.height = int(shape[2])
	}
	if d.frame.width%32 != 0 || d.frame.height%32 != 0 || d.frame.width > 4096 || d.frame.height > 4096 {
		return fmt.Errorf("its pictures have %d x %d pixels, not multiples of 32 up to 4096", d.frame.width, d.frame.height)
	}
	values, got, err := d.infer(context.Background(), nil, max(1, d.batch))
	if err != nil {
		return err
	}
	for _, largest := range []int{32, 64} {
		if d.anchors = d.frame.anchors(largest); int64(len(d.anchors)) == got[1] {
			break
		}
	}
	switch {
	case int64(len(d.anchors)) != got[1]:
		return fmt.Errorf("it gives %d boxes for a picture of %d x %d pixels, not %d", got[1], d.frame.width, d.frame.height, len(d.frame.anchors(32)))
	case got[2] != int64(5+len(d.names)):
		return fmt.Errorf("it knows %d classes, but %d names are known: a file classes.txt beside it names them, a line each", got[2]-5, len(d.names))
	}
	// No offset of an undecoded box is as large as half a picture.
	for i := range d.anchors {
		d.ready = d.ready || values[i*int(got[2])] > float32(d.frame.width)/2
	}
	return nil
}

// Size is the size of the pictures that the model sees, in pixels.
func (d *Detector) Size() (width, height int) { return d.frame.width, d.frame.height }

// Files are the files that the model was read from.
func (d *Detector) Files() []File { return []File{d.file} }

// Device is where the model runs.
func (d *Detector) Device() string { return d.session.Device() }

// Notes are warnings about the device.
func (d *Detector) Notes() []string {
	if note := d.session.Note(); note != "" {
		return []string{note}
	}
	return nil
}

// Close frees the model.
func (d *Detector) Close() error { return d.session.Close() }

// Facts say which model it is, where it runs, and what counts as an object.
func (d *Detector) Facts() []stage.Fact {
	return []stage.Fact{
		{Name: "picture size", Value: fmt.Sprintf("%d x %d", d.frame.width, d.frame.height)},
		{Name: "classes", Value: fmt.Sprint(len(d.names))},
		{Name: "least score", Value: fmt.Sprint(d.minScore)},
		{Name: "device", Value: d.session.Device()},
		{Name: d.file.Name, Value: "sha256:" + d.file.SHA256},
	}
}

// Canonical describes in one line of JSON all that decides which objects are
// seen in a picture of given bytes.
func (d *Detector) Canonical() string {
	text, err := json.Marshal(struct {
		Model    string   `json:"model"`
		SHA256   string   `json:"sha256"`
		Width    int      `json:"width"`
		Height   int      `json:"height"`
		MinScore float32  `json:"min_score"`
		Overlap  float32  `json:"overlap"`
		Picture  string   `json:"picture"`
		Names    []string `json:"names"`
	}{"yolox", d.file.SHA256, d.frame.width, d.frame.height, d.minScore, overlap, "upright BGR, bilinear, grey 114", d.names})
	if err != nil { // strings and finite numbers only
		return err.Error()
	}
	return string(text)
}
