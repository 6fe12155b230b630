// Package picture reads pictures the way that CLIP's references do: the same
// bytes as Pillow 9.4's decode, convert("RGB"), bicubic resize and centre crop.
//
// Exact against Pillow are PNG, GIF (first frame), BMP, TIFF, WebP (first
// frame) and the resampler. JPEG differs by the inverse cosine transform of
// the standard library: after a resize by 0.03 of 255 on average and by 4 at
// most, over 75 pictures. Three differences are deliberate: 16-bit grey is
// reduced to its high byte where Pillow clips it to white; a file that is cut
// off is an error and never a picture that is partly grey; and what a hostile
// header declares is refused before anything is allocated for it.
package picture

import (
	"encoding/hex"
)

// DefaultMaxPixels is the number of pixels above which Pillow suspects a
// decompression bomb.
const DefaultMaxPixels = 89_478_485

// RGB holds the pixels of a picture, row by row from the top, red, green and
// blue a byte each, with no padding: len(Pix) = 3 * Width * Height.
type RGB struct {
	Pix           []byte
	Width, Height int
}

// Header is what a file says about itself before its pixels.
type Header struct {
	// Format is one of jpeg, png, gif, webp, bmp, tiff.
	Format string
	// Width and Height are in pixels as stored, before any orientation.
	Width, Height int
	// Orientation is EXIF's value, 1 to 8; 1 where the file states none.
	Orientation int
}

// Options say how to decode. The zero value decodes as CLIP's references do.
type Options struct {
	// MaxPixels refuses larger pictures; 0 means DefaultMaxPixels.
	MaxPixels int64
	// Orient turns the picture as its EXIF orientation says. TIFF's own
	// orientation is applied always, since Pillow does so too.
	Orient bool
}

func (o Options) maxPixels() int64 {
	if o.MaxPixels <= 0 {
		return DefaultMaxPixels
	}
	return o.MaxPixels
}

// Hash gives the SHA-256 of data in lower-case hexadecimal.
func Hash(data []byte) string {
	sum := Sum(data)
	return hex.EncodeToString(sum[:])
}

// Decode decodes the first frame of a picture. Its errors are *Error.
func Decode(data []byte, o Options) (*RGB, error) {
	var d Decoder
	return d.Decode(data, o)
}
