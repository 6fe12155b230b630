package clip

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/onnx"
)

// tower is the image or the text side of a model.
type tower struct {
	session *onnx.Session
	input   int    // index of the picture or of the ids
	mask    int    // index of the attention mask; -1 where there is none
	output  string // name of the vectors
	// alone says that the model scales its numbers by all that it is given at
	// once, so that neighbours would change a vector.
	alone bool
}

// portions says how many items of many are given to the tower at once: most of
// them, and at least so many, filled up with empty ones. A fixed batch is always
// filled. A free one holds two or more, because ONNX Runtime multiplies a matrix
// of one row by other code than larger ones (unless the other matrix is a
// constant), whose sums end in other bits: the last picture of a table, alone
// in its batch, would differ from what it is in another batch.
func (t *tower) portions(many int) (most, least int) {
	fixed := int(t.session.Inputs()[t.input].Shape[0])
	switch {
	case t.alone:
		return 1, max(1, fixed)
	case fixed > 0:
		return fixed, fixed
	}
	return max(2, many), 2
}

// role says which towers the inputs of a model belong to.
func imageInput(p onnx.Port) bool {
	return len(p.Shape) == 4 && (p.Type == onnx.Float32 || p.Type == onnx.Float16)
}

func textInput(p onnx.Port) bool {
	return len(p.Shape) == 2 && (p.Type == onnx.Int64 || p.Type == onnx.Int32)
}

func isMask(p onnx.Port) bool { return strings.Contains(strings.ToLower(p.Name), "mask") }

// isSegment tells the input that says which of two texts a token belongs to.
func isSegment(p onnx.Port) bool {
	return textInput(p) && strings.Contains(strings.ToLower(p.Name), "type_ids")
}

// inspect finds the towers that a session holds; either may be nil.
func inspect(s *onnx.Session) (image, text *tower) {
	for i, p := range s.Inputs() {
		switch {
		case imageInput(p):
			image = &tower{session: s, input: i, mask: -1}
		case textInput(p) && !isMask(p) && !isSegment(p) && text == nil:
			text = &tower{session: s, input: i, mask: -1}
		}
	}
	for i, p := range s.Inputs() {
		if text != nil && textInput(p) && isMask(p) {
			text.mask = i
		}
	}
	if image != nil {
		image.output = vectors(s, "image", "vision", "visual", "img")
	}
	if text != nil {
		text.output = vectors(s, "text", "txt")
	}
	if image != nil && image.output == "" {
		image = nil
	}
	if text != nil && text.output == "" {
		text = nil
	}
	return image, text
}

// vectors finds the output of rank 2 that holds a tower's vectors: by its
// name where there are several, else the only one.
func vectors(s *onnx.Session, words ...string) string {
	var flat []string
	for _, p := range s.Outputs() {
		if len(p.Shape) == 2 && !strings.Contains(strings.ToLower(p.Name), "logits") {
			flat = append(flat, p.Name)
		}
	}
	for _, suffix := range []string{"embed", "feature", ""} {
		for _, name := range flat {
			low := strings.ToLower(name)
			if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(low, w) }) && strings.Contains(low, suffix) {
				return name
			}
		}
	}
	if len(flat) == 1 {
		return flat[0]
	}
	for _, name := range flat {
		if strings.Contains(strings.ToLower(name), "embed") {
			return name
		}
	}
	return ""
}

// candidateFiles lists the model files of a folder (and of its folders onnx,
// visual and textual) that fit a precision, the plainest names first.
func candidateFiles(dir, precision string) ([]string, error) {
	if err := folder(dir); err != nil {
		return nil, err
	}
	var all []string
	for _, sub := range []string{"", "onnx", "visual", "textual"} {
		found, err := filepath.Glob(filepath.Join(dir, sub, "*.onnx"))
		if err != nil {
			return nil, fmt.Errorf("the folder %s cannot be listed: %w", dir, err)
		}
		all = append(all, found...)
	}
	var fit []string
	for _, f := range all {
		if precisionOf(f) == precision {
			fit = append(fit, f)
		}
	}
	if len(fit) == 0 && precision == "fp32" && len(all) > 0 {
		fit = all // a folder that holds one variant only says what it is
	}
	if len(fit) == 0 {
		if len(all) == 0 {
			return nil, missing("there is no .onnx file in the folder %s, nor in its folders onnx, visual and textual", dir)
		}
		return nil, missing("the folder %s has no model files for precision %s, only %s", dir, precision, strings.Join(bases(all), ", "))
	}
	slices.SortFunc(fit, func(a, b string) int {
		if n := len(filepath.Base(a)) - len(filepath.Base(b)); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	return fit, nil
}

func bases(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = filepath.Base(p)
	}
	return out
}

// precisionOf reads the precision from a file's name, as exporters mark it.
func precisionOf(path string) string {
	low := strings.ToLower(filepath.Base(path))
	switch {
	case strings.Contains(low, "fp16") || strings.Contains(low, "float16") || strings.Contains(low, "half"):
		return "fp16"
	case strings.Contains(low, "int8") || strings.Contains(low, "quant") || strings.Contains(low, "q8"):
		return "int8"
	case strings.Contains(low, "q4") || strings.Contains(low, "bnb4"):
		return "q4"
	}
	return "fp32"
}
