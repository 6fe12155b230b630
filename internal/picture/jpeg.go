package picture

import (
	"bytes"
	"image"
	"image/jpeg"
)

// openJPEG decodes a JPEG file into planes with the standard library and
// leaves chroma and colour to planes, which do as libjpeg does.
func (d *Decoder) openJPEG(data []byte) (raster, error) {
	h, err := readJPEGHead(data, true)
	if err != nil {
		return nil, err
	}
	if h.blocks() > 8*len(data) {
		return nil, truncated("jpeg", nil)
	}
	data = h.plain(data)
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err := agrees("jpeg", h.width, h.height, config, err); err != nil {
		return nil, err
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	switch m := img.(type) {
	case *image.Gray:
		d.planes.set(m.Rect.Dx(), m.Rect.Dy(), plane{m.Pix, m.Stride}, plane{}, plane{}, 1, 1)
		d.planes.colours = "grey"
	case *image.YCbCr:
		rh, rv, ok := ratio(m.SubsampleRatio)
		if !ok {
			return nil, unsupported("jpeg", "this subsampling of colour")
		}
		d.planes.set(m.Rect.Dx(), m.Rect.Dy(), plane{m.Y, m.YStride}, plane{m.Cb, m.CStride}, plane{m.Cr, m.CStride}, rh, rv)
		d.planes.colours = h.coloured()
	case *image.CMYK:
		return h.ink(m), nil
	default:
		return nil, unsupported("jpeg", "this colour model")
	}
	return &d.planes, nil
}

// plain gives the file with such marks that the standard library hands out the
// channels as they are stored: three as if they were YCbCr, four as if they
// were CMYK.
func (h *jpegHead) plain(data []byte) []byte {
	switch {
	case len(h.components) == 3 && !h.jfif:
		return append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"), data[2:]...)
	case len(h.components) == 4 && !h.adobe:
		return append([]byte("\xff\xd8\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"), data[2:]...)
	case len(h.components) == 4 && h.transform != 0:
		data = bytes.Clone(data)
		data[h.adobeAt] = 0
	}
	return data
}

func ratio(r image.YCbCrSubsampleRatio) (h, v int, ok bool) {
	switch r {
	case image.YCbCrSubsampleRatio444:
		return 1, 1, true
	case image.YCbCrSubsampleRatio440:
		return 1, 2, true
	case image.YCbCrSubsampleRatio422:
		return 2, 1, true
	case image.YCbCrSubsampleRatio420:
		return 2, 2, true
	case image.YCbCrSubsampleRatio411:
		return 4, 1, true
	case image.YCbCrSubsampleRatio410:
		return 4, 2, true
	}
	return 0, 0, false
}

// ink converts a four-channel picture. m holds the complements of the stored
// values, which are ink as Pillow takes it: it assumes Adobe's convention,
// inverted ink, in every file. r = (255 - c)(255 - k) / 255.
func (h *jpegHead) ink(m *image.CMYK) *RGB {
	w, height := m.Rect.Dx(), m.Rect.Dy()
	ycck := h.coloured() == "ycck"
	p := &RGB{Pix: make([]byte, 3*w*height), Width: w, Height: height}
	var pl planes
	pl.tables()
	for y := range height {
		src := m.Pix[y*m.Stride : y*m.Stride+4*w]
		dst := p.Pix[3*w*y : 3*w*(y+1)]
		for x := 0; x+4 <= len(src); x += 4 {
			c, m, y, k := src[x], src[x+1], src[x+2], src[x+3]
			if ycck {
				c, m, y = pl.ycc(255-c, 255-m, 255-y)
			}
			dst[0], dst[1], dst[2] = mix(c, k), mix(m, k), mix(y, k)
			dst = dst[3:]
		}
	}
	return p
}

// mix is Pillow's: 255 less black, less the rounded product of the ink and
// what black leaves, not below 0.
func mix(ink, black byte) byte {
	rest := 255 - int(black)
	t := int(ink)*rest + 128
	return byte(max(0, rest-((t>>8)+t)>>8))
}
