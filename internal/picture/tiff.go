package picture

import (
	"bytes"
	"image"

	"golang.org/x/image/tiff"
)

func decodeTIFF(data []byte, h Header) (*RGB, error) {
	config, err := tiff.DecodeConfig(bytes.NewReader(data))
	if err := agrees("tiff", h.Width, h.Height, config, err); err != nil {
		return nil, err
	}
	img, err := tiff.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	tags, _ := ifd0(data)
	if c := tags[tagCompression]; c >= 2 && c <= 4 && tags[tagPhotometric] == 1 {
		// Fax codes name white and black runs; the decoder takes the names
		// literally, libtiff takes white for 0, which is black here.
		p := fromImage(img)
		for i, v := range p.Pix {
			p.Pix[i] = ^v
		}
		return p, nil
	}
	if m, ok := img.(*image.RGBA); ok && !m.Opaque() {
		// Alpha was multiplied in by the writer; Pillow takes it out.
		p := fromImage(m)
		for i := 0; i < len(m.Pix); i += 4 {
			if a := int(m.Pix[i+3]); a != 0 && a != 255 {
				for c := range 3 {
					p.Pix[i/4*3+c] = byte(min(255, 255*int(m.Pix[i+c])/a))
				}
			}
		}
		return p, nil
	}
	return fromImage(img), nil
}
