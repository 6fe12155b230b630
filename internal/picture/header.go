package picture

import (
	"bytes"
	"image"
)

// ReadHeader reads format, size and orientation without decoding pixels. Its
// errors are *Error.
func ReadHeader(data []byte) (h Header, err error) {
	if k := standIn(data); k != nil {
		return k.header()
	}
	format := Sniff(data)
	defer guard(format, &err)
	if err := refusal(data, format); err != nil {
		return Header{}, err
	}
	h = Header{Format: format, Orientation: 1}
	switch format {
	case "jpeg":
		var j jpegHead
		if j, err = readJPEGHead(data, false); err == nil {
			h.Width, h.Height, h.Orientation = j.width, j.height, j.orientation
		}
	case "png":
		err = h.readPNG(data)
	case "gif":
		var g gifHead
		if g, err = readGIFHead(data); err == nil {
			h.Width, h.Height = g.width, g.height
		}
	case "webp":
		var w webpHead
		if w, err = readWebPHead(data); err == nil {
			h.Width, h.Height, h.Orientation = w.width, w.height, w.orientation
		}
	case "bmp":
		var b bmpHead
		if b, err = readBMPHead(data); err == nil {
			h.Width, h.Height = b.width, b.height
		}
	case "tiff":
		err = h.readTIFF(data)
	}
	if err != nil {
		return Header{}, err
	}
	if h.Width <= 0 || h.Height <= 0 {
		return Header{}, corrupt(format, "the picture has no pixels")
	}
	return h, nil
}

func (h *Header) readPNG(data []byte) error {
	if len(data) < 33 {
		return truncated("png", nil)
	}
	if string(data[12:16]) != "IHDR" || be32(data[8:]) != 13 {
		return corrupt("png", "it does not begin with its header")
	}
	h.Width, h.Height = be32(data[16:]), be32(data[20:])
	for at := 33; at+12 <= len(data); {
		n := be32(data[at:])
		if string(data[at+4:at+8]) == "eXIf" && n <= len(data)-at-12 {
			h.Orientation = orientationOf(data[at+8 : at+8+n])
		}
		if n > len(data)-at-12 {
			break
		}
		at += 12 + n
	}
	return nil
}

func (h *Header) readTIFF(data []byte) error {
	if bytes.HasPrefix(data[2:], []byte("+")) || data[3] == '+' {
		return unsupported("tiff", "64-bit offsets (BigTIFF)")
	}
	tags, ok := ifd0(data)
	if !ok {
		return truncated("tiff", nil)
	}
	h.Width, h.Height = tags[tagWidth], tags[tagHeight]
	h.Orientation = max(1, tags[tagOrientation])
	if h.Orientation > 8 {
		h.Orientation = 1
	}
	return nil
}

// check refuses pictures over the limit of pixels.
func (h Header) check(limit int64) error {
	if int64(h.Width) > limit/int64(h.Height) {
		return tooLarge(h.Format, int64(h.Width), int64(h.Height), limit)
	}
	return nil
}

// agrees makes sure that the decoder will meet the size that was checked:
// readers of one damaged file may take different bytes for its header.
func agrees(format string, width, height int, config image.Config, err error) error {
	if err != nil {
		return err
	}
	if config.Width != width || config.Height != height {
		return corrupt(format, "its header can be read in two ways")
	}
	return nil
}
