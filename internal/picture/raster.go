package picture

import (
	"image"
	"image/color"
)

// fromImage gives the colours of an image as they are stored: alpha is
// dropped, never multiplied in, and of 16-bit samples the high byte remains.
func fromImage(img image.Image) *RGB {
	b := img.Bounds()
	p := &RGB{Pix: make([]byte, 3*b.Dx()*b.Dy()), Width: b.Dx(), Height: b.Dy()}
	switch m := img.(type) {
	case *image.Gray:
		p.spread(m.Pix, m.Stride, 1, 0, 0, 0)
	case *image.Gray16:
		p.spread(m.Pix, m.Stride, 2, 0, 0, 0)
	case *image.NRGBA:
		p.spread(m.Pix, m.Stride, 4, 0, 1, 2)
	case *image.RGBA:
		p.spread(m.Pix, m.Stride, 4, 0, 1, 2)
	case *image.NRGBA64:
		p.spread(m.Pix, m.Stride, 8, 0, 2, 4)
	case *image.RGBA64:
		p.spread(m.Pix, m.Stride, 8, 0, 2, 4)
	case *image.Paletted:
		p.look(m)
	default:
		for y := range p.Height {
			for x := range p.Width {
				c := color.NRGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
				copy(p.Pix[3*(y*p.Width+x):], []byte{c.R, c.G, c.B})
			}
		}
	}
	return p
}

// spread takes red, green and blue from the given bytes of pixels of step
// bytes.
func (p *RGB) spread(pix []byte, stride, step, r, g, b int) {
	for y := range p.Height {
		src := pix[y*stride:][:step*p.Width]
		dst := p.row(y, nil)
		for len(src) >= step && len(dst) >= 3 {
			dst[0], dst[1], dst[2] = src[r], src[g], src[b]
			src, dst = src[step:], dst[3:]
		}
	}
}

// look looks the pixels up in their palette; what lies outside it is black.
func (p *RGB) look(m *image.Paletted) {
	var table [256][3]byte
	for i, c := range m.Palette[:min(256, len(m.Palette))] {
		if n, ok := c.(color.NRGBA); ok {
			table[i] = [3]byte{n.R, n.G, n.B}
			continue
		}
		r, g, b, _ := c.RGBA() // opaque: palettes with alpha are NRGBA
		table[i] = [3]byte{byte(r >> 8), byte(g >> 8), byte(b >> 8)}
	}
	for y := range p.Height {
		src := m.Pix[y*m.Stride:][:p.Width]
		dst := p.row(y, nil)
		for i, v := range src {
			copy(dst[3*i:3*i+3], table[v][:])
		}
	}
}
