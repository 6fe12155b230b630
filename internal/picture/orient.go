package picture

// Orient gives the picture turned and mirrored as EXIF orientation o (2 to 8)
// asks, so that it stands upright. Any other value gives p itself.
func (p *RGB) Orient(o int) *RGB {
	if o < 2 || o > 8 {
		return p
	}
	w, h := p.Width, p.Height
	out := &RGB{Pix: make([]byte, len(p.Pix)), Width: w, Height: h}
	if o >= 5 {
		out.Width, out.Height = h, w
	}
	for y := range out.Height {
		for x := range out.Width {
			sx, sy := x, y
			switch o {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			d, s := 3*(y*out.Width+x), 3*(sy*w+sx)
			copy(out.Pix[d:d+3], p.Pix[s:s+3])
		}
	}
	return out
}
