package picture

import (
	"bytes"
	"image/png"
)

// maxDeflate is how much deflate can shrink at best, with room to spare.
const maxDeflate = 1040

func decodePNG(data []byte, h Header) (*RGB, error) {
	bits := int64(data[24])
	switch data[25] {
	case 2:
		bits *= 3
	case 4:
		bits *= 2
	case 6:
		bits *= 4
	}
	if int64(h.Width)*int64(h.Height)*bits/8 > maxDeflate*int64(len(data)) {
		return nil, truncated("png", nil)
	}
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err := agrees("png", h.Width, h.Height, config, err); err != nil {
		return nil, err
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return fromImage(img), nil
}
