package picture

import "bytes"

// jpegHead is what the markers of a JPEG file say.
type jpegHead struct {
	width, height int
	orientation   int
	components    []jpegComponent
	jfif, adobe   bool
	transform     byte // of the Adobe marker
	adobeAt       int  // where its transform byte is
	scans         int
}

type jpegComponent struct {
	id, h, v int
	scanned  bool
}

// maxScans bounds the scans of a progressive file: each of them may cost a
// pass over all blocks for a few bytes. Encoders write about ten.
const maxScans = 500

// readJPEGHead walks the markers up to the frame header or, with all, up to
// the end of the file.
func readJPEGHead(data []byte, all bool) (jpegHead, error) {
	h := jpegHead{orientation: 1}
	at := 2
	for {
		i := bytes.IndexByte(data[min(at, len(data)):], 0xff)
		if i < 0 || at+i+2 > len(data) {
			return h, truncated("jpeg", nil)
		}
		at += i + 1
		marker := data[at]
		switch {
		case marker == 0xff:
			continue
		case marker == 0 || marker == 0x01 || marker >= 0xd0 && marker <= 0xd8:
			at++
			continue
		case marker == 0xd9:
			return h, h.complete()
		}
		at++
		if at+2 > len(data) {
			return h, truncated("jpeg", nil)
		}
		n := be16(data[at:])
		if n < 2 {
			return h, corrupt("jpeg", "a segment has no length")
		}
		if n > len(data)-at {
			return h, truncated("jpeg", nil)
		}
		done, err := h.segment(marker, data[at+2:at+n], at+2, all)
		if done || err != nil {
			return h, err
		}
		at += n
	}
}

func (h *jpegHead) segment(marker byte, body []byte, at int, all bool) (done bool, err error) {
	switch {
	case marker == 0xe0 && bytes.HasPrefix(body, []byte("JFIF\x00")):
		h.jfif = true
	case marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
		if h.orientation == 1 {
			h.orientation = orientationOf(body[6:])
		}
	case marker == 0xee && len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")):
		h.adobe, h.transform, h.adobeAt = true, body[11], at+11
	case marker == 0xda:
		if h.components == nil {
			return false, corrupt("jpeg", "pixels come before the frame header")
		}
		if h.scans++; h.scans > maxScans {
			return false, corrupt("jpeg", "it has more than 500 scans")
		}
		if len(body) > 0 {
			for i := 0; i < int(body[0]) && 1+2*i < len(body); i++ {
				for c := range h.components {
					if h.components[c].id == int(body[1+2*i]) {
						h.components[c].scanned = true
					}
				}
			}
		}
	case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
		if h.components != nil {
			return false, corrupt("jpeg", "it has two frame headers")
		}
		if err := h.frame(marker, body); err != nil {
			return false, err
		}
		return !all, nil
	}
	return false, nil
}

func (h *jpegHead) frame(marker byte, body []byte) error {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return corrupt("jpeg", "its frame header is too short")
	}
	switch {
	case marker == 0xc3 || marker >= 0xc5 && marker <= 0xc7 || marker >= 0xcb:
		return unsupported("jpeg", "lossless or hierarchical coding")
	case marker >= 0xc9:
		return unsupported("jpeg", "arithmetic coding")
	case body[0] != 8:
		return unsupported("jpeg", "12 bits a sample")
	}
	h.height, h.width = be16(body[1:]), be16(body[3:])
	if h.width == 0 || h.height == 0 {
		return corrupt("jpeg", "the picture has no pixels")
	}
	for i := range int(body[5]) {
		c := body[6+3*i:]
		h.components = append(h.components, jpegComponent{id: int(c[0]), h: int(c[1] >> 4), v: int(c[1] & 15)})
	}
	if n := len(h.components); n != 1 && n != 3 && n != 4 {
		return unsupported("jpeg", "a number of colour channels other than 1, 3 and 4")
	}
	return nil
}

// complete reports whether the file has data for every colour channel.
func (h *jpegHead) complete() error {
	if h.components == nil {
		return corrupt("jpeg", "it has no frame header")
	}
	for _, c := range h.components {
		if !c.scanned {
			return truncated("jpeg", nil)
		}
	}
	return nil
}

// coloured says how the channels are meant, as libjpeg decides it: "grey",
// "rgb", "ycc", "cmyk" or "ycck".
func (h *jpegHead) coloured() string {
	c := h.components
	switch {
	case len(c) == 1:
		return "grey"
	case len(c) == 4 && (!h.adobe || h.transform == 0):
		return "cmyk"
	case len(c) == 4:
		return "ycck"
	case h.jfif:
		return "ycc"
	case h.adobe && h.transform == 0:
		return "rgb"
	case !h.adobe && c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B':
		return "rgb"
	}
	return "ycc"
}

// blocks is the number of 8 x 8 blocks of all channels. Each needs a bit of
// the file at least, which bounds what a small file can make of memory.
func (h *jpegHead) blocks() int {
	n := 0
	maxH, maxV := 1, 1
	for _, c := range h.components {
		maxH, maxV = max(maxH, c.h), max(maxV, c.v)
	}
	for _, c := range h.components {
		w := (h.width*c.h + maxH - 1) / maxH
		v := (h.height*c.v + maxV - 1) / maxV
		n += ((w + 7) / 8) * ((v + 7) / 8)
	}
	return n
}
