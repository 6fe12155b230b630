package detect

import (
	"context"
	"fmt"

	"icono/internal/onnx"
)

// Detect finds the objects in pictures: a list for each, the highest score
// first. What is found in a picture does not depend on the pictures beside it,
// nor on their number.
func (d *Detector) Detect(ctx context.Context, pictures []Prepared) ([][]Object, error) {
	most, least := d.portions(len(pictures))
	all := make([][]Object, 0, len(pictures))
	for start := 0; start < len(pictures); start += most {
		some := pictures[start:min(start+most, len(pictures))]
		for i, p := range some {
			if len(p.Pixels) != d.PreparedBytes() || p.Width <= 0 || p.Height <= 0 {
				return nil, fmt.Errorf("picture %d was not prepared for this model", start+i+1)
			}
		}
		values, shape, err := d.infer(ctx, some, max(least, len(some)))
		if err != nil {
			return nil, err
		}
		if len(d.anchors) != int(shape[1]) || len(d.names)+5 != int(shape[2]) {
			return nil, fmt.Errorf("the model gives %v for %d pictures", shape, len(some))
		}
		each := int(shape[1] * shape[2])
		for i, p := range some {
			found := decode(values[i*each:(i+1)*each], d.anchors, len(d.names), d.ready, d.minScore)
			all = append(all, d.frame.objects(suppress(found), d.names, p.Width, p.Height))
		}
	}
	return all, nil
}

// portions says how many of many pictures are given to the model at once: most
// of them, and at least so many, filled up with grey ones. ONNX Runtime may
// compute one picture with other code than several, whose sums end in other
// bits, so that a model that takes any number is given two or more.
func (d *Detector) portions(many int) (most, least int) {
	switch {
	case d.alone:
		return 1, max(1, d.batch)
	case d.batch > 0:
		return d.batch, d.batch
	}
	return max(2, many), 2
}

// infer gives the model's answer to n pictures, of which those beyond the given
// ones are grey.
func (d *Detector) infer(ctx context.Context, pictures []Prepared, n int) (values []float32, shape []int64, err error) {
	each := d.PreparedBytes()
	pixels := make([]float32, n*each)
	for i := range n {
		dst := pixels[i*each : (i+1)*each]
		if i < len(pictures) {
			for k, v := range pictures[i].Pixels {
				dst[k] = float32(v)
			}
			continue
		}
		for k := range dst {
			dst[k] = grey
		}
	}
	input := onnx.Tensor{Shape: []int64{int64(n), 3, int64(d.frame.height), int64(d.frame.width)}, Floats: pixels}
	values, shape, err = d.session.Run(ctx, []onnx.Tensor{input}, d.session.Outputs()[0].Name)
	if err != nil {
		return nil, nil, err
	}
	if len(shape) != 3 || shape[0] != int64(n) || shape[2] < 6 {
		return nil, nil, fmt.Errorf("the model gives %v for %d pictures", shape, n)
	}
	return values, shape, nil
}
