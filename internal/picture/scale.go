package picture

import "math"

// Scaler resizes pictures with Pillow's antialiased bicubic filter, byte for
// byte, and keeps its memory between calls. It is for one goroutine; the zero
// value is ready.
//
// Two samples are computed by one 64-bit multiplication: they lie 32 bits
// apart in a word, a weighted sum of 8-bit samples with 22-bit weights needs
// 32 bits, and the borrow of the lower sum is taken off the upper one at the
// end.
type Scaler struct {
	horizontal, vertical coeffs
	rowA, rowB           []byte
	pair                 []uint64 // two source rows, sample by sample
	across               []uint64 // the sums of two rows after the horizontal pass
	middle               []uint64 // all rows after the horizontal pass, two samples a word
	sums                 []uint64
}

// half rounds both sums of a word.
const half = 1<<(precision-1) | 1<<(precision-1+32)

// Resize gives the picture in w x h pixels. w and h must be positive.
func (p *RGB) Resize(w, h int) *RGB {
	out := &RGB{Pix: make([]byte, 3*w*h), Width: w, Height: h}
	var s Scaler
	s.window(p, w, h, 0, 0, w, h, out.Pix)
	return out
}

// ResizeCrop resizes the short side to size and cuts the square in the centre,
// as torchvision's Resize and CenterCrop do on Pillow pictures.
func (p *RGB) ResizeCrop(size int) *RGB {
	out := &RGB{Pix: make([]byte, 3*size*size), Width: size, Height: size}
	var s Scaler
	s.ResizeCrop(p, size, out.Pix)
	return out
}

// ResizeCrop writes the 3 * size * size bytes of RGB.ResizeCrop into dst.
func (s *Scaler) ResizeCrop(p *RGB, size int, dst []byte) { s.resizeCrop(p, size, dst) }

func (s *Scaler) resizeCrop(src raster, size int, dst []byte) {
	w, h := src.size()
	tw, th := size, size
	if w <= h {
		th = size * h / w
	} else {
		tw = size * w / h
	}
	left := int(math.RoundToEven(float64(tw-size) / 2))
	top := int(math.RoundToEven(float64(th-size) / 2))
	s.window(src, tw, th, left, top, size, size, dst)
}

// window writes the part [x0, x0+w) x [y0, y0+h) of src resized to tw x th.
func (s *Scaler) window(src raster, tw, th, x0, y0, w, h int, dst []byte) {
	sw, sh := src.size()
	dst = dst[:3*w*h]
	first, last := y0, y0+h // the source rows that are needed
	words := (3*w + 1) / 2
	if th != sh {
		s.vertical.set(sh, th, y0, h)
		end := s.vertical.taps[h-1]
		first, last = s.vertical.taps[0].first, end.first+end.count
		s.middle = resize(s.middle, words*(last-first))
	}
	if tw != sw {
		s.horizontal.set(sw, tw, x0, w)
		s.across = resize(s.across, 2*words)
	}
	s.rowA, s.rowB = resize(s.rowA, 3*sw), resize(s.rowB, 3*sw)
	for y := first; y < last; y += 2 {
		next := min(y+1, last-1)
		a, b := src.row(y, s.rowA), src.row(next, s.rowB)
		i, j := y-first, next-first
		switch {
		case tw != sw && th != sh:
			s.narrow(a, b)
			settle(s.middle[words*i:words*(i+1)], s.middle[words*j:words*(j+1)], s.across)
		case tw != sw:
			s.narrow(a, b)
			unpackPair(dst[3*w*i:3*w*(i+1)], dst[3*w*j:3*w*(j+1)], s.across)
		case th != sh:
			pack(s.middle[words*i:words*(i+1)], a[3*x0:3*(x0+w)])
			pack(s.middle[words*j:words*(j+1)], b[3*x0:3*(x0+w)])
		default:
			copy(dst[3*w*i:], a[3*x0:3*(x0+w)])
			copy(dst[3*w*j:], b[3*x0:3*(x0+w)])
		}
	}
	if th == sh {
		return
	}
	s.sums = resize(s.sums, words)
	for y, t := range s.vertical.taps {
		s.shorten(t.k[:t.count], s.middle[words*(t.first-first):])
		unpack(dst[3*w*y:3*w*(y+1)], s.sums)
	}
}

// narrow resamples two source rows along the horizontal axis and leaves the
// sums of both in each word of s.across.
func (s *Scaler) narrow(a, b []byte) {
	s.pair = resize(s.pair, len(a)+9)
	pair := s.pair[:len(a)]
	b = b[:len(a)]
	for i, v := range a {
		pair[i] = uint64(v) | uint64(b[i])<<32
	}
	clear(s.pair[len(a):])
	pair, out := s.pair, s.across
	for _, t := range s.horizontal.taps {
		red, green, blue := uint64(half), uint64(half), uint64(half)
		at := 3 * t.first
		for weights := t.k; len(weights) >= 4; weights = weights[4:] {
			k := (*[4]uint64)(weights)
			p := (*[12]uint64)(pair[at:])
			at += 12
			red += p[0]*k[0] + p[3]*k[1] + p[6]*k[2] + p[9]*k[3]
			green += p[1]*k[0] + p[4]*k[1] + p[7]*k[2] + p[10]*k[3]
			blue += p[2]*k[0] + p[5]*k[1] + p[8]*k[2] + p[11]*k[3]
		}
		o := (*[3]uint64)(out)
		o[0], o[1], o[2] = red, green, blue
		out = out[3:]
	}
}

// shorten sums the weighted rows of one output row into s.sums.
func (s *Scaler) shorten(k []uint64, rows []uint64) {
	sums := s.sums
	n := len(sums)
	for i := range sums {
		sums[i] = half
	}
	for ; len(k) >= 4; k = k[4:] {
		k0, k1, k2, k3 := k[0], k[1], k[2], k[3]
		r0, r1, r2, r3 := rows[:n], rows[n:][:n], rows[2*n:][:n], rows[3*n:][:n]
		for i := range sums {
			sums[i] += r0[i]*k0 + r1[i]*k1 + r2[i]*k2 + r3[i]*k3
		}
		rows = rows[4*n:]
	}
	for ; len(k) >= 1; k = k[1:] {
		k0, r0 := k[0], rows[:n]
		for i := range sums {
			sums[i] += r0[i] * k0
		}
		rows = rows[n:]
	}
}
