package clip

import (
	"context"
	"fmt"

	"icono/internal/onnx"
)

// textBatch is how many phrases are embedded at once.
const textBatch = 16

// EmbedTexts returns the vectors of phrases given as EncodePhrase gives them:
// ids as long as the text tower reads, of which lengths[i] are in use. Each
// vector has length 1, or is all zero where the model gives it no meaning.
func (m *Model) EmbedTexts(ctx context.Context, ids [][]int64, lengths []int) ([][]float32, error) {
	var out [][]float32
	most, _ := m.text.portions(textBatch)
	for start := 0; start < len(ids); start += most {
		end := min(start+most, len(ids))
		vectors, err := m.texts(ctx, ids[start:end], lengths[start:end])
		if err != nil {
			return nil, err
		}
		out = append(out, vectors...)
	}
	return out, nil
}

func (m *Model) texts(ctx context.Context, ids [][]int64, lengths []int) ([][]float32, error) {
	ports := m.text.session.Inputs()
	_, least := m.text.portions(textBatch)
	n := max(least, len(ids))
	empty, used, err := m.words.encode("")
	if err != nil {
		return nil, err
	}
	positions := m.words.length
	tokens, mask := make([]int64, 0, n*positions), make([]int64, n*positions)
	for i := range n {
		row, length := empty, used
		if i < len(ids) {
			row, length = ids[i], lengths[i]
		}
		tokens = append(tokens, row...)
		for k := range length {
			mask[i*positions+k] = 1
		}
	}
	shape := []int64{int64(n), int64(positions)}
	inputs := make([]onnx.Tensor, len(ports))
	for i, p := range ports {
		switch {
		case i == m.text.input:
			inputs[i] = onnx.Tensor{Shape: shape, Ints: tokens}
		case i == m.text.mask:
			inputs[i] = onnx.Tensor{Shape: shape, Ints: mask}
		case isSegment(p):
			inputs[i] = onnx.Tensor{Shape: shape, Ints: make([]int64, n*positions)}
		default:
			inputs[i] = m.dummy(p, m.beside(n))
		}
	}
	values, got, err := m.text.session.Run(ctx, inputs, m.text.output)
	if err != nil {
		return nil, err
	}
	if len(got) != 2 || got[0] != int64(n) {
		return nil, fmt.Errorf("the text tower gives %v for %d phrases", got, n)
	}
	dim := int(got[1])
	out := make([][]float32, len(ids))
	for i := range out {
		out[i] = values[i*dim : (i+1)*dim : (i+1)*dim]
		Normalize(out[i])
	}
	return out, nil
}

// beside is how many pictures the other tower is given beside n phrases, or the
// reverse, where one file holds both.
func (m *Model) beside(n int) int64 {
	if m.paired {
		return int64(n)
	}
	return 1
}

// try finds the length of the vectors by embedding a phrase, and whether a file
// with both towers takes different numbers of pictures and phrases. Where an
// exporter gave both dimensions one name, it does not.
func (m *Model) try(ctx context.Context, ids []int64, used int) error {
	joint := m.image.session == m.text.session
	try := func() error {
		vectors, err := m.EmbedTexts(ctx, [][]int64{ids}, []int{used})
		if err != nil {
			return err
		}
		m.dim = len(vectors[0])
		if !joint {
			return nil
		}
		return m.EmbedImages(ctx, make([]float32, 2*3*m.size*m.size), 2, make([]float32, 2*m.dim))
	}
	err := try()
	if err == nil || !joint {
		return err
	}
	m.paired = true
	return try()
}

// dummy is a value for an input of the other tower, where one file holds both.
func (m *Model) dummy(p onnx.Port, n int64) onnx.Tensor {
	if p.Shape[0] > 0 {
		n = p.Shape[0] // the model's batch is fixed
	}
	if imageInput(p) {
		size := int64(m.size)
		if size == 0 {
			if size = p.Shape[2]; size <= 0 {
				size = 224
			}
		}
		return onnx.Tensor{Shape: []int64{n, 3, size, size}, Floats: make([]float32, n*3*size*size)}
	}
	ids := make([]int64, n*int64(m.words.length))
	if empty, used, err := m.words.encode(""); err == nil && !isSegment(p) {
		for i := range ids {
			at := i % len(empty)
			switch {
			case !isMask(p):
				ids[i] = empty[at]
			case at < used:
				ids[i] = 1
			}
		}
	}
	return onnx.Tensor{Shape: []int64{n, int64(m.words.length)}, Ints: ids}
}

// EmbedImages writes the vectors of n pictures to dst (n*Dim values). pixels
// holds 3*Size*Size normalised values a picture, channel by channel. The vector
// of a picture does not depend on the pictures beside it, nor on their number.
func (m *Model) EmbedImages(ctx context.Context, pixels []float32, n int, dst []float32) error {
	most, least := m.image.portions(n)
	if n <= most && n >= least {
		return m.images(ctx, pixels, n, dst)
	}
	area := 3 * m.size * m.size
	in, out := make([]float32, max(most, least)*area), make([]float32, max(most, least)*m.dim)
	for start := 0; start < n; start += most {
		count := min(most, n-start)
		clear(in)
		copy(in, pixels[start*area:(start+count)*area])
		if err := m.images(ctx, in, max(count, least), out); err != nil {
			return err
		}
		copy(dst[start*m.dim:], out[:count*m.dim])
	}
	return nil
}

// images computes the vectors of n pictures at once.
func (m *Model) images(ctx context.Context, pixels []float32, n int, dst []float32) error {
	ports := m.image.session.Inputs()
	area := 3 * m.size * m.size
	inputs := make([]onnx.Tensor, len(ports))
	for i, p := range ports {
		if i == m.image.input {
			inputs[i] = onnx.Tensor{Shape: []int64{int64(n), 3, int64(m.size), int64(m.size)}, Floats: pixels[:n*area]}
		} else {
			inputs[i] = m.dummy(p, m.beside(n))
		}
	}
	values, shape, err := m.image.session.Run(ctx, inputs, m.image.output)
	if err != nil {
		return err
	}
	if len(shape) != 2 || shape[0] != int64(n) || int(shape[1]) != m.dim {
		return fmt.Errorf("the image tower gives %v for %d pictures, and the text tower vectors of %d", shape, n, m.dim)
	}
	copy(dst, values)
	for i := range n {
		Normalize(dst[i*m.dim : (i+1)*m.dim])
	}
	return nil
}
