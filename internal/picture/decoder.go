package picture

import "fmt"

// raster is a decoded picture whose rows become RGB when they are asked for,
// so that a crop pays only for the rows that it needs.
type raster interface {
	size() (width, height int)
	// row gives row y as RGB bytes, in scratch (3 * width long) or in memory
	// of its own that the caller must not change.
	row(y int, scratch []byte) []byte
}

func (p *RGB) size() (int, int) { return p.Width, p.Height }

func (p *RGB) row(y int, _ []byte) []byte {
	n := 3 * p.Width
	return p.Pix[y*n : (y+1)*n : (y+1)*n]
}

// Decoder decodes one picture after the other with the same memory. It is for
// one goroutine; the zero value is ready.
type Decoder struct {
	scaler Scaler
	planes planes
	frame  vp8Frame
}

// Decode decodes the first frame of a picture. Its errors are *Error. The
// picture is the caller's.
func (d *Decoder) Decode(data []byte, o Options) (p *RGB, err error) {
	defer guard(Sniff(data), &err)
	src, err := d.open(data, o)
	if err != nil {
		return nil, err
	}
	return materialise(src), nil
}

// DecodeCrop decodes a picture and writes what CLIP sees of it into dst: the
// short side resized to size, the square in the centre, 3 * size * size bytes.
// It gives the bytes of Decode followed by ResizeCrop in less time.
// A dst that is too short is an error that is not an *Error.
func (d *Decoder) DecodeCrop(data []byte, size int, o Options, dst []byte) (err error) {
	if size <= 0 || len(dst) < 3*size*size {
		return fmt.Errorf("a crop of side %d needs %d bytes, not %d", size, 3*size*size, len(dst))
	}
	defer guard(Sniff(data), &err)
	src, err := d.open(data, o)
	if err != nil {
		return err
	}
	d.scaler.resizeCrop(src, size, dst)
	return nil
}

// open reads the header, refuses what is absurd and decodes as far as rows.
func (d *Decoder) open(data []byte, o Options) (src raster, err error) {
	if err := Here(data); err != nil {
		return nil, err
	}
	h, err := ReadHeader(data)
	if err != nil {
		return nil, err
	}
	if err := h.check(o.maxPixels()); err != nil {
		return nil, err
	}
	defer guard(h.Format, &err)
	switch h.Format {
	case "jpeg":
		src, err = d.openJPEG(data)
	case "png":
		src, err = decodePNG(data, h)
	case "gif":
		src, err = decodeGIF(data)
	case "webp":
		src, err = d.openWebP(data)
	case "bmp":
		src, err = decodeBMP(data)
	case "tiff":
		src, err = decodeTIFF(data, h)
	}
	if err != nil {
		return nil, decoderFault(h.Format, err)
	}
	if h.Orientation > 1 && (o.Orient || h.Format == "tiff") {
		src = materialise(src).Orient(h.Orientation)
	}
	return src, nil
}

// materialise gives all rows as one picture.
func materialise(src raster) *RGB {
	if p, ok := src.(*RGB); ok {
		return p
	}
	w, h := src.size()
	p := &RGB{Pix: make([]byte, 3*w*h), Width: w, Height: h}
	for y := range h {
		src.row(y, p.Pix[3*w*y:3*w*(y+1):3*w*(y+1)])
	}
	return p
}
