package clip

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"icono/internal/stage"
)

// dynamicOp begins the names of the operators that scale numbers by all that is
// computed at once (DynamicQuantizeLinear, and those that ONNX Runtime fuses it
// into). In a model's file names of operators stand as they are.
const dynamicOp = "DynamicQuantize"

// note adds a file to the files of the model, and reports whether it quantises
// dynamically.
func (m *Model) note(dir, path string) (dynamic bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }() // only read
	sum, dynamic, err := examine(f)
	if err != nil {
		return false, err
	}
	name, err := filepath.Rel(dir, path)
	if err != nil {
		return false, err
	}
	m.files = append(m.files, File{filepath.ToSlash(name), sum})
	return dynamic, nil
}

// examine returns the SHA-256 of a file in hex, and whether dynamicOp stands in
// it.
func examine(r io.Reader) (sum string, dynamic bool, err error) {
	s := &scanner{hash: sha256.New()}
	if _, err := io.Copy(s, r); err != nil {
		return "", false, err
	}
	return hex.EncodeToString(s.hash.Sum(nil)), s.found, nil
}

// scanner hashes what is written and looks for dynamicOp in it.
type scanner struct {
	hash  hash.Hash
	tail  []byte // the end of what was written, in which the name may begin
	found bool
}

// Write implements io.Writer.
func (s *scanner) Write(p []byte) (int, error) {
	const keep = len(dynamicOp) - 1
	if !s.found {
		seam := append(s.tail, p[:min(keep, len(p))]...)
		s.found = bytes.Contains(seam, []byte(dynamicOp)) || bytes.Contains(p, []byte(dynamicOp))
		if len(p) >= keep {
			seam = p
		}
		s.tail = append([]byte(nil), seam[max(0, len(seam)-keep):]...)
	}
	return s.hash.Write(p)
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
