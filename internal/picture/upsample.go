package picture

// upsample gives the chroma of row y at full width, cb in the low and cr in
// the high half of each word.
func (p *planes) upsample(y int) []uint32 {
	cw := (p.width + p.h - 1) / p.h
	ch := (p.height + p.v - 1) / p.v
	p.chroma = resize(p.chroma, cw*p.h)
	p.near = resize(p.near, cw)
	out, cy := p.chroma, y/p.v
	cb, cr := p.cb.row(cy, cw), p.cr.row(cy, cw)
	fancy := cw > 2
	switch {
	case p.v == 2 && (p.h == 1 || p.h == 2 && fancy):
		other := max(0, min(ch-1, cy-1+2*(y&1)))
		p.vertical(cb, cr, p.cb.row(other, cw), p.cr.row(other, cw))
		if p.h == 2 {
			widen(out, p.near, 0x00080008, 0x00070007, 4)
			return out
		}
		bias := uint32(0x00010001)
		if y&1 == 1 {
			bias = 0x00020002
		}
		for i, v := range p.near {
			out[i] = (v + bias) >> 2 & 0x00ff00ff
		}
	case p.h == 2 && p.v == 1 && fancy:
		for i := range p.near {
			p.near[i] = uint32(cb[i]) | uint32(cr[i])<<16
		}
		widen(out, p.near, 0x00010001, 0x00020002, 2)
	default:
		for i := range cb {
			v := uint32(cb[i]) | uint32(cr[i])<<16
			for j := range p.h {
				out[i*p.h+j] = v
			}
		}
	}
	return out
}

// vertical sets p.near to three parts of the near row and one of the other.
func (p *planes) vertical(cb, cr, otherCb, otherCr []byte) {
	near := p.near
	cb, cr, otherCb, otherCr = cb[:len(near)], cr[:len(near)], otherCb[:len(near)], otherCr[:len(near)]
	for i := range near {
		near[i] = 3*(uint32(cb[i])|uint32(cr[i])<<16) + (uint32(otherCb[i]) | uint32(otherCr[i])<<16)
	}
}

// widen doubles the width with a triangle filter: each output is three parts
// of the near sample and one of the other neighbour; the biases for left and
// right differ so that rounding favours neither. Both chroma channels are
// computed in one word; sums stay below 16 bits. shift is 4 for samples that
// are sums of four, and 2, where the ends are copied, for plain ones.
func widen(out, in []uint32, left, right uint32, shift uint) {
	const mask = 0x00ff00ff
	n, first, last := len(in), in[0], in[len(in)-1]
	dst, this := out[1:2*n-1], in[0]
	if shift == 4 {
		for _, next := range in[1:] {
			if len(dst) < 2 {
				break
			}
			dst[0] = (3*this + next + right) >> 4 & mask
			dst[1] = (3*next + this + left) >> 4 & mask
			dst, this = dst[2:], next
		}
		out[0], out[2*n-1] = (4*first+left)>>4&mask, (4*last+right)>>4&mask
		return
	}
	for _, next := range in[1:] {
		if len(dst) < 2 {
			break
		}
		dst[0] = (3*this + next + right) >> 2 & mask
		dst[1] = (3*next + this + left) >> 2 & mask
		dst, this = dst[2:], next
	}
	out[0], out[2*n-1] = first, last
}
