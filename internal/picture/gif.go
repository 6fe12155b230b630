package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
)

// gifHead is the canvas of a GIF and the place of its first frame on it.
type gifHead struct {
	width, height int // of the canvas, grown to hold the frame as Pillow does
	frame         image.Rectangle
	transparent   int // index of the first frame's transparent colour, or -1
	frameAt       int // offset of the frame's descriptor
}

// readGIFHead reads up to the first frame.
func readGIFHead(data []byte) (gifHead, error) {
	g := gifHead{transparent: -1}
	if len(data) < 13 {
		return g, truncated("gif", nil)
	}
	g.width, g.height = le16(data[6:]), le16(data[8:])
	at := 13
	if data[10]&0x80 != 0 {
		at += 3 << (data[10]&7 + 1)
	}
	for at < len(data) {
		switch data[at] {
		case 0x21:
			if at+8 <= len(data) && data[at+1] == 0xf9 && data[at+2] == 4 {
				g.transparent = -1
				if data[at+3]&1 != 0 {
					g.transparent = int(data[at+6])
				}
			}
			at += 2
			for at < len(data) && data[at] != 0 {
				at += 1 + int(data[at])
			}
			at++
		case 0x2c:
			if at+10 > len(data) {
				return g, truncated("gif", nil)
			}
			x, y := le16(data[at+1:]), le16(data[at+3:])
			g.frame = image.Rect(x, y, x+le16(data[at+5:]), y+le16(data[at+7:]))
			g.width, g.height = max(g.width, g.frame.Max.X), max(g.height, g.frame.Max.Y)
			g.frameAt = at
			return g, nil
		case 0x3b:
			return g, corrupt("gif", "it holds no picture")
		default:
			return g, corrupt("gif", "an unknown block comes before the first picture")
		}
	}
	return g, truncated("gif", nil)
}

// decodeGIF draws the first frame on its canvas: what the frame leaves free
// has the transparent colour of its palette or, without one, the first.
func decodeGIF(data []byte) (*RGB, error) {
	g, err := readGIFHead(data)
	if err != nil {
		return nil, err
	}
	if g.width != le16(data[6:]) || g.height != le16(data[8:]) {
		if g.width > 0xffff || g.height > 0xffff {
			return nil, corrupt("gif", "the first picture lies outside the canvas")
		}
		data = bytes.Clone(data)
		data[6], data[7], data[8], data[9] = byte(g.width), byte(g.width>>8), byte(g.height), byte(g.height>>8)
	}
	config, err := gif.DecodeConfig(bytes.NewReader(data))
	if err := agrees("gif", g.width, g.height, config, err); err != nil {
		return nil, err
	}
	img, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	m, ok := img.(*image.Paletted)
	if !ok {
		return nil, corrupt("gif", "it holds no picture")
	}
	// The decoder makes the transparent colour black; its own colour is kept.
	if t := g.transparent; t >= 0 && t < len(m.Palette) {
		m.Palette[t] = g.colour(data, t)
	}
	if m.Rect == image.Rect(0, 0, g.width, g.height) {
		return fromImage(m), nil
	}
	canvas := image.NewPaletted(image.Rect(0, 0, g.width, g.height), m.Palette)
	if g.transparent > 0 {
		for i := range canvas.Pix {
			canvas.Pix[i] = byte(g.transparent)
		}
	}
	for y := range m.Rect.Dy() {
		copy(canvas.Pix[canvas.PixOffset(m.Rect.Min.X, m.Rect.Min.Y+y):], m.Pix[y*m.Stride:y*m.Stride+m.Rect.Dx()])
	}
	return fromImage(canvas), nil
}

// colour reads entry i of the palette that the first frame uses.
func (g gifHead) colour(data []byte, i int) color.NRGBA {
	at := 13
	if data[g.frameAt+9]&0x80 != 0 {
		at = g.frameAt + 10
	}
	if at+3*i+3 > len(data) {
		return color.NRGBA{A: 255}
	}
	return color.NRGBA{data[at+3*i], data[at+3*i+1], data[at+3*i+2], 255}
}
