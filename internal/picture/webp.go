package picture

import (
	"bytes"
	"image"

	"golang.org/x/image/vp8"
	"golang.org/x/image/vp8l"
)

// openWebP decodes the first frame of a WebP file. Alpha is not read: the
// colours below it are stored whole.
func (d *Decoder) openWebP(data []byte) (raster, error) {
	h, err := readWebPHead(data)
	if err != nil {
		return nil, err
	}
	var frame raster
	if h.lossless {
		img, err := vp8l.Decode(bytes.NewReader(h.data))
		if err != nil {
			return nil, err
		}
		frame = fromImage(img)
	} else {
		var v vp8.Decoder
		v.Init(bytes.NewReader(h.data), len(h.data))
		if _, err := v.DecodeFrameHeader(); err != nil {
			return nil, err
		}
		img, err := v.DecodeFrame()
		if err != nil {
			return nil, err
		}
		d.frame.set(img)
		frame = &d.frame
	}
	w, height := frame.size()
	if w == h.width && height == h.height {
		return frame, nil
	}
	canvas := &RGB{Pix: make([]byte, 3*h.width*h.height), Width: h.width, Height: h.height}
	scratch := make([]byte, 3*w)
	for y := range height {
		copy(canvas.Pix[3*((h.y+y)*h.width+h.x):], frame.row(y, scratch))
	}
	return canvas, nil
}

// vp8Frame is a lossy WebP frame as stored: limited-range Y, Cb, Cr with
// chroma halved both ways. Its rows are computed as libwebp does: chroma
// weighted 9, 3, 3, 1 and 14-bit fixed-point colour.
type vp8Frame struct {
	img         *image.YCbCr
	chroma      []uint32
	near, other []uint32
}

func (f *vp8Frame) set(img *image.YCbCr) { f.img = img }

func (f *vp8Frame) size() (int, int) { return f.img.Rect.Dx(), f.img.Rect.Dy() }

func (f *vp8Frame) row(y int, dst []byte) []byte {
	w, h := f.size()
	luma := f.img.Y[y*f.img.YStride:][:w]
	chroma := f.upsample(y, w, (h+1)/2)[:w]
	dst = dst[:3*w]
	out := dst
	for i, v := range luma {
		if len(out) < 3 {
			break
		}
		c := chroma[i]
		yy, u, cr := int32(v)*19077>>8, int32(c&255), int32(c>>16)
		out[0] = clip6(yy + cr*26149>>8 - 14234)
		out[1] = clip6(yy - u*6419>>8 - cr*13320>>8 + 8708)
		out[2] = clip6(yy + u*33050>>8 - 17685)
		out = out[3:]
	}
	return dst
}

// clip6 drops 6 fractional bits.
func clip6(v int32) byte {
	v >>= 6
	if uint32(v) > 255 {
		v = ^v >> 31
	}
	return byte(v)
}

// upsample gives the chroma of row y at full width, both channels in a word.
// The 9-3-3-1 weights are rounded in two steps, as libwebp rounds them.
func (f *vp8Frame) upsample(y, w, ch int) []uint32 {
	cw := (w + 1) / 2
	f.chroma = resize(f.chroma, 2*cw)
	f.near, f.other = resize(f.near, cw), resize(f.other, cw)
	cy := y / 2
	f.gather(f.near, cy)
	f.gather(f.other, max(0, min(ch-1, cy-1+2*(y&1))))
	const mask = 0x00ff00ff
	const low13 = 0x1fff1fff // what remains of a lane after a shift by 3
	near, other, out := f.near, f.other, f.chroma
	out[0] = (3*near[0] + other[0] + 0x00020002) >> 2 & mask
	dst := out[1:]
	n0, o0 := near[0], other[0]
	for i := 1; i < cw && len(dst) >= 2; i++ {
		n1, o1 := near[i], other[i]
		sum := n0 + n1 + o0 + o1 + 0x00080008
		across := (sum + 2*(n1+o0)) >> 3 & low13
		along := (sum + 2*(n0+o1)) >> 3 & low13
		dst[0] = (across + n0) >> 1 & mask
		dst[1] = (along + n1) >> 1 & mask
		dst = dst[2:]
		n0, o0 = n1, o1
	}
	out[2*cw-1] = (3*n0 + o0 + 0x00020002) >> 2 & mask
	return out
}

func (f *vp8Frame) gather(dst []uint32, cy int) {
	cb := f.img.Cb[cy*f.img.CStride:][:len(dst)]
	cr := f.img.Cr[cy*f.img.CStride:][:len(dst)]
	for i := range dst {
		dst[i] = uint32(cb[i]) | uint32(cr[i])<<16
	}
}
