package ocr

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"

	"icono/internal/picture"
)

// decode decodes a picture, upright, and lays a PNG that is transparent in
// places on white, as Tesseract itself does: the colour that is hidden there is
// black as a rule, as is writing.
func (e *Engine) decode(data []byte) (*picture.RGB, error) {
	d := e.decoders.Get().(*picture.Decoder)
	defer e.decoders.Put(d)
	p, err := d.Decode(data, picture.Options{Orient: true, MaxPixels: e.options.MaxPixels})
	if err != nil || !mayBeTransparent(data) {
		return p, err
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return p, nil // what could be decoded is not lost
	}
	if o, ok := m.(interface{ Opaque() bool }); !ok || o.Opaque() {
		return p, nil
	}
	h, err := picture.ReadHeader(data)
	if err != nil {
		return p, nil
	}
	return onWhite(m).Orient(h.Orientation), nil
}

// mayBeTransparent tells a PNG whose colours have an alpha channel, or one of
// whose colours is transparent.
func mayBeTransparent(data []byte) bool {
	const colourType, alpha = 25, 4
	return picture.Sniff(data) == "png" && len(data) > colourType && (data[colourType]&alpha != 0 || bytes.Contains(data, []byte("tRNS")))
}

func onWhite(m image.Image) *picture.RGB {
	b := m.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), m, b.Min, draw.Over)
	p := &picture.RGB{Pix: make([]byte, 3*b.Dx()*b.Dy()), Width: b.Dx(), Height: b.Dy()}
	for i := range p.Width * p.Height {
		copy(p.Pix[3*i:3*i+3], flat.Pix[4*i:])
	}
	return p
}
