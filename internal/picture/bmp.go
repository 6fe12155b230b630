package picture

// bmpHead is the header of a Windows or OS/2 bitmap. golang.org/x/image/bmp
// lacks run lengths, 16-bit colour, OS/2 headers and gaps before the pixels,
// which scanned collections have.
type bmpHead struct {
	width, height int
	topDown       bool
	bits          int
	packing       int // 0 none, 1 RLE8, 2 RLE4, 3 masks
	masks         [3]uint32
	palette       [256][3]byte
	pixels        int // offset
}

func readBMPHead(data []byte) (bmpHead, error) {
	size := le32(data[14:])
	if len(data) < 14+size {
		return bmpHead{}, truncated("bmp", nil)
	}
	h := bmpHead{pixels: le32(data[10:])}
	colours, entry, end := 0, 4, 14+size
	if size == 12 {
		h.width, h.height, h.bits, entry = le16(data[18:]), le16(data[20:]), le16(data[24:]), 3
	} else {
		h.width, h.height = int(int32(le32(data[18:]))), int(int32(le32(data[22:])))
		h.bits, h.packing, colours = le16(data[28:]), le32(data[30:]), le32(data[46:])
	}
	if h.height < 0 {
		h.height, h.topDown = -h.height, true
	}
	if h.width <= 0 || h.height == 0 {
		return h, corrupt("bmp", "the picture has no pixels")
	}
	switch {
	case h.packing == 0 && (h.bits == 1 || h.bits == 4 || h.bits == 8 || h.bits == 16 || h.bits == 24 || h.bits == 32):
	case h.packing == 1 && h.bits == 8, h.packing == 2 && h.bits == 4, h.packing == 3 && (h.bits == 16 || h.bits == 32):
	default:
		return h, unsupported("bmp", "this colour depth or compression")
	}
	switch {
	case h.packing == 3:
		if len(data) < 66 {
			return h, truncated("bmp", nil)
		}
		for i := range h.masks {
			h.masks[i] = uint32(le32(data[54+4*i:]))
		}
		if size == 40 {
			end += 12
		}
	case h.bits == 16:
		h.masks = [3]uint32{0x7c00, 0x3e0, 0x1f}
	}
	if h.masks == [3]uint32{} {
		h.masks = [3]uint32{0xff0000, 0xff00, 0xff}
	}
	if h.bits <= 8 {
		if colours == 0 || colours > 1<<h.bits {
			colours = 1 << h.bits
		}
		for i := 0; i < colours && end+3 <= len(data); i, end = i+1, end+entry {
			h.palette[i] = [3]byte{data[end+2], data[end+1], data[end]}
		}
	}
	if h.pixels < 14+size || h.pixels == 14+size && h.bits <= 8 {
		h.pixels = end
	}
	return h, nil
}

func decodeBMP(data []byte) (*RGB, error) {
	h, err := readBMPHead(data)
	if err != nil {
		return nil, err
	}
	if h.pixels > len(data) {
		return nil, truncated("bmp", nil)
	}
	var rows []byte
	stride := (h.width*h.bits + 31) / 32 * 4
	if h.packing == 1 || h.packing == 2 {
		stride = h.width
		rows, err = h.unrun(data)
		if err != nil {
			return nil, err
		}
		h.bits = 8
	} else {
		rows = data[h.pixels:]
		if need := stride*(h.height-1) + (h.width*h.bits+7)/8; need > len(rows) {
			return nil, truncated("bmp", nil)
		}
	}
	p := &RGB{Pix: make([]byte, 3*h.width*h.height), Width: h.width, Height: h.height}
	for y := range h.height {
		to := h.height - 1 - y
		if h.topDown {
			to = y
		}
		h.line(p.row(to, nil), rows[y*stride:])
	}
	return p, nil
}

// line converts one row of pixels.
func (h *bmpHead) line(dst, src []byte) {
	for x := range h.width {
		d := dst[3*x : 3*x+3]
		switch {
		case h.bits <= 8:
			bit := x * h.bits
			i := src[bit>>3] >> (8 - h.bits - bit&7) & byte(1<<h.bits-1)
			copy(d, h.palette[i][:])
		case h.bits == 24:
			d[0], d[1], d[2] = src[3*x+2], src[3*x+1], src[3*x]
		default:
			v := uint32(le16(src[x*h.bits/8:]))
			if h.bits == 32 {
				v = uint32(le32(src[4*x:]))
			}
			for i, m := range h.masks {
				d[i] = masked(v, m)
			}
		}
	}
}

// masked scales the bits of v under m to 8 bits.
func masked(v, m uint32) byte {
	if m == 0 {
		return 0
	}
	v &= m
	for m&1 == 0 {
		v, m = v>>1, m>>1
	}
	return byte(uint64(v) * 255 / uint64(m))
}

// unrun expands run lengths to one byte a pixel. Pixels that the runs jump
// over have colour 0.
func (h *bmpHead) unrun(data []byte) ([]byte, error) {
	at, x, y := h.pixels, 0, 0
	if need := h.height; need > len(data)*256 {
		return nil, truncated("bmp", nil)
	}
	out := make([]byte, h.width*h.height)
	put := func(v byte) {
		if x < h.width && y < h.height {
			out[y*h.width+x] = v
		}
		x++
	}
	nibble := func(b byte, i int) byte {
		if h.packing == 1 {
			return b
		}
		return b >> (4 - 4*(i&1)) & 15
	}
	for y < h.height {
		if at+2 > len(data) {
			if y == h.height-1 && x >= h.width {
				break
			}
			return nil, truncated("bmp", nil)
		}
		n, b := int(data[at]), data[at+1]
		at += 2
		switch {
		case n > 0:
			for i := range n {
				put(nibble(b, i))
			}
		case b == 0:
			x, y = 0, y+1
		case b == 1:
			return out, nil
		case b == 2:
			if at+2 > len(data) {
				return nil, truncated("bmp", nil)
			}
			x, y = x+int(data[at]), y+int(data[at+1])
			at += 2
		default:
			per := int(h.packing) // pixels a byte
			bytes := (int(b) + per - 1) / per
			if at+bytes > len(data) {
				return nil, truncated("bmp", nil)
			}
			for i := range int(b) {
				put(nibble(data[at+i/per], i))
			}
			at += (bytes + 1) &^ 1
		}
	}
	return out, nil
}
