package picture

import (
	"bytes"
	"image"
	"image/jpeg"
)

// Thumbnail gives a small JPEG of a picture, w x h pixels with the longer side
// longSide pixels or as in the picture, whichever is less. quality is 1 to 100.
// Its errors are *Error.
func Thumbnail(data []byte, longSide, quality int, o Options) (small []byte, w, h int, err error) {
	p, err := Decode(data, o)
	if err != nil {
		return nil, 0, 0, err
	}
	if w, h := fit(p.Width, p.Height, longSide); w != p.Width || h != p.Height {
		p = p.Resize(w, h)
	}
	m := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i, j := 0, 0; i < len(p.Pix); i, j = i+3, j+4 {
		m.Pix[j], m.Pix[j+1], m.Pix[j+2], m.Pix[j+3] = p.Pix[i], p.Pix[i+1], p.Pix[i+2], 255
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, 0, 0, &Error{TooLarge, "", "the picture cannot be written as JPEG: " + err.Error(), err}
	}
	return out.Bytes(), p.Width, p.Height, nil
}

// Fit returns the size of the upright picture once its longer side is brought to
// at most so many pixels, 0 for any.
func (h Header) Fit(longSide int) (width, height int) {
	if h.Orientation >= 5 {
		return fit(h.Height, h.Width, longSide)
	}
	return fit(h.Width, h.Height, longSide)
}

func fit(w, h, longSide int) (int, int) {
	long := max(w, h)
	if longSide <= 0 || long <= longSide {
		return w, h
	}
	return max(1, (w*longSide+long/2)/long), max(1, (h*longSide+long/2)/long)
}
