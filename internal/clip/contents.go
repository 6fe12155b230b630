package clip

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"icono/internal/stage"
)

// dynamicOp begins the names of the operators that scale numbers by all that is
// computed at once (DynamicQuantizeLinear, and those that ONNX Runtime fuses it
// into). In a model's file names of operators stand as they are.
const dynamicOp = "DynamicQuantize"

// note adds a file to the files of the model, and those with weights that it names,
// and reports whether it quantises dynamically.
func (m *Model) note(dir, path string) (dynamic bool, err error) {
	found, err := m.sum(dir, path)
	if err != nil {
		return false, err
	}
	for _, location := range slices.Sorted(maps.Keys(found.locations)) {
		weights := filepath.Join(filepath.Dir(path), filepath.FromSlash(location))
		if info, err := os.Stat(weights); err != nil || !info.Mode().IsRegular() {
			continue // what looks like a name need not be one
		}
		if _, err := m.sum(dir, weights); err != nil {
			return false, err
		}
	}
	return found.dynamic, nil
}

// sum adds one file to the files of the model.
func (m *Model) sum(dir, path string) (contents, error) {
	f, err := os.Open(path)
	if err != nil {
		return contents{}, err
	}
	defer func() { _ = f.Close() }() // only read
	found, err := examine(f)
	if err != nil {
		return contents{}, err
	}
	name, err := filepath.Rel(dir, path)
	if err != nil {
		return contents{}, err
	}
	if one := (File{filepath.ToSlash(name), found.sum}); !slices.Contains(m.files, one) {
		m.files = append(m.files, one)
	}
	return found, nil
}

// contents are what is told of a file from its bytes.
type contents struct {
	sum       string // its SHA-256 in hex
	dynamic   bool   // dynamicOp stands in it
	locations map[string]bool
}

// examine reads a file to its end.
func examine(r io.Reader) (contents, error) {
	s := &scanner{hash: sha256.New(), contents: contents{locations: map[string]bool{}}}
	if _, err := io.Copy(s, r); err != nil {
		return contents{}, err
	}
	s.sum = hex.EncodeToString(s.hash.Sum(nil))
	return s.contents, nil
}

// locationMark begins the name of a file with weights, as a tensor of a model gives it:
// the member "location" of external_data, a text whose length is one byte.
const locationMark = "\x0a\x08location\x12"

// longestName is that of the names that are looked for behind locationMark.
const longestName = 127

// scanner hashes what is written and looks for dynamicOp and locationMark in it.
type scanner struct {
	contents
	hash hash.Hash
	tail []byte // the end of what was written, in which what is looked for may begin
}

// Write implements io.Writer.
func (s *scanner) Write(p []byte) (int, error) {
	const keep = len(locationMark) + 1 + longestName
	seam := append(s.tail, p[:min(keep, len(p))]...)
	s.look(seam)
	s.look(p)
	if len(p) >= keep {
		seam = p
	}
	s.tail = append([]byte(nil), seam[max(0, len(seam)-keep):]...)
	return s.hash.Write(p)
}

func (s *scanner) look(p []byte) {
	s.dynamic = s.dynamic || bytes.Contains(p, []byte(dynamicOp))
	for {
		at := bytes.Index(p, []byte(locationMark))
		if at < 0 {
			return
		}
		p = p[at+len(locationMark):]
		if len(p) > 0 && p[0] <= longestName && len(p) > int(p[0]) && p[0] > 0 {
			if name := string(p[1 : 1+p[0]]); filepath.IsLocal(name) && utf8.ValidString(name) {
				s.locations[name] = true
			}
		}
	}
}

// folderHolds says what icono looks for in a folder.
const folderHolds = "a folder for `model` holds an ONNX export of a CLIP model: its image tower and its text tower as .onnx files (such as vision_model.onnx and text_model.onnx, or one file with both), " +
	"in the folder itself or in its folders onnx, visual and textual; beside them preprocessor_config.json, and tokenizer.json where the tokens are not CLIP's own"

// missing says what a folder lacks.
func missing(format string, values ...any) error {
	return &stage.MissingError{What: fmt.Sprintf(format, values...), Mend: folderHolds}
}

// folder reports an error unless there is a folder of that path.
func folder(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return missing("there is no folder %s", dir)
	case err != nil:
		return err
	case !info.IsDir():
		return missing("%s is a file and no folder", dir)
	}
	return nil
}

// complete reports an error unless both towers were found.
func (m *Model) complete(where string) error {
	const wants = "a CLIP export has an input of rank 4 for pictures and one of rank 2 for token ids, and gives vectors of rank 2"
	switch {
	case m.image == nil && m.text == nil:
		return missing("%s holds no CLIP model: %s", where, wants)
	case m.image == nil:
		return missing("%s has no image tower: %s", where, wants)
	case m.text == nil:
		return missing("%s has no text tower: %s", where, wants)
	}
	return nil
}
