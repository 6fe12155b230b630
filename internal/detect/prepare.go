package detect

import (
	"math"

	"icono/internal/picture"
)

// grey fills what a picture leaves free of the model's input.
const grey = 114

// Prepared is a picture as the model sees it.
type Prepared struct {
	// Pixels are blue, green and red, plane by plane and row by row, a byte
	// each.
	Pixels []byte
	// Width and Height are those of the upright picture in pixels.
	Width, Height int
}

// PreparedBytes is the length of the pixels of a prepared picture.
func (d *Detector) PreparedBytes() int { return 3 * d.frame.width * d.frame.height }

// Prepare decodes a picture of any format that internal/picture decodes, stands
// it upright and fits it into the model's input. Its pixels are in into, if that
// is long enough. Its errors are *picture.Error. It may be called concurrently,
// and beside Detect.
func (d *Detector) Prepare(data, into []byte) (Prepared, error) {
	decoder := d.decoders.Get().(*picture.Decoder)
	defer d.decoders.Put(decoder)
	p, err := decoder.Decode(data, picture.Options{Orient: true, MaxPixels: d.maxPixels})
	if err != nil {
		return Prepared{}, err
	}
	return Prepared{d.frame.fit(p, into), p.Width, p.Height}, nil
}

// frame is the size of a model's input.
type frame struct{ width, height int }

// ratio is what sides of a picture are multiplied with to fit.
func (f frame) ratio(w, h int) float64 {
	return min(float64(f.height)/float64(h), float64(f.width)/float64(w))
}

// fit scales a picture to fit into the frame and puts it into the left upper
// corner; the rest is grey.
func (f frame) fit(p *picture.RGB, into []byte) []byte {
	area := f.width * f.height
	if cap(into) < 3*area {
		into = make([]byte, 3*area)
	}
	into = into[:3*area]
	for i := range into {
		into[i] = grey
	}
	r := f.ratio(p.Width, p.Height)
	w, h := max(1, int(float64(p.Width)*r)), max(1, int(float64(p.Height)*r))
	small := bilinear(p, w, h)
	for y := range h {
		row := small[3*w*y : 3*w*(y+1)]
		for x := range w {
			at := y*f.width + x
			into[at], into[area+at], into[2*area+at] = row[3*x+2], row[3*x+1], row[3*x]
		}
	}
	return into
}

// bits are the fractional bits of a weight of the bilinear filter.
const bits = 11

// tap says which two samples make one, and their weights.
type tap struct{ first, second, a, b int }

// taps computes the samples of an axis that goes from in to out samples, as
// OpenCV's INTER_LINEAR does for bytes: pixel centres are mapped onto each
// other in float32, the weights rounded to 11 bits, and nothing is averaged
// over more than two samples when shrinking. inside says that a position beyond
// the edge is moved to it before it is weighted, as OpenCV does along rows.
func taps(in, out int, inside bool) []tap {
	step := 1 / (float64(out) / float64(in))
	all := make([]tap, out)
	for i := range all {
		at := float32((float64(i)+0.5)*step - 0.5)
		first := int(math.Floor(float64(at)))
		part := at - float32(first)
		if inside && (first < 0 || first >= in-1) {
			first, part = min(max(first, 0), in-1), 0
		}
		all[i] = tap{min(max(first, 0), in-1), min(max(first+1, 0), in-1), weight(1 - part), weight(part)}
	}
	return all
}

func weight(part float32) int { return int(math.RoundToEven(float64(part * (1 << bits)))) }

// bilinear resizes a picture to w x h pixels byte for byte as OpenCV's resize
// does with INTER_LINEAR; halving both sides exactly is averaging there.
func bilinear(p *picture.RGB, w, h int) []byte {
	if p.Width == w && p.Height == h {
		return p.Pix
	}
	out := make([]byte, 3*w*h)
	if p.Width == 2*w && p.Height == 2*h {
		halve(p, w, out)
		return out
	}
	across, down := taps(p.Width, w, true), taps(p.Height, h, false)
	var rows [2][]int32
	rows[0], rows[1] = make([]int32, 3*w), make([]int32, 3*w)
	have := [2]int{-1, -1}
	row := func(y int) []int32 {
		slot := y & 1 // the two rows of a tap are neighbours or one
		if have[slot] != y {
			have[slot] = y
			stretch(p.Pix[3*p.Width*y:3*p.Width*(y+1)], across, rows[slot])
		}
		return rows[slot]
	}
	for y, t := range down {
		upper, lower, dst := row(t.first), row(t.second), out[3*w*y:3*w*(y+1)]
		a, b := int32(t.a), int32(t.b)
		for i := range dst {
			dst[i] = byte(((a*(upper[i]>>4))>>16 + (b*(lower[i]>>4))>>16 + 2) >> 2)
		}
	}
	return out
}

// stretch resamples a row.
func stretch(src []byte, across []tap, dst []int32) {
	for x, t := range across {
		for c := range 3 {
			dst[3*x+c] = int32(src[3*t.first+c])*int32(t.a) + int32(src[3*t.second+c])*int32(t.b)
		}
	}
}

// halve averages squares of four pixels.
func halve(p *picture.RGB, w int, out []byte) {
	line := 3 * p.Width
	for i := range out {
		y, x := i/(3*w), i%(3*w)
		at := 2*y*line + x/3*6 + x%3
		sum := int(p.Pix[at]) + int(p.Pix[at+3]) + int(p.Pix[at+line]) + int(p.Pix[at+line+3])
		out[i] = byte((sum + 2) >> 2)
	}
}
