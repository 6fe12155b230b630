package picture

// webpHead is what the chunks of a WebP file say about its first frame.
type webpHead struct {
	width, height int // of the canvas
	orientation   int
	x, y          int // of the frame on the canvas
	frameWidth    int
	frameHeight   int
	lossless      bool
	data          []byte // of the VP8 or VP8L chunk
}

// readWebPHead walks the chunks up to the first frame, and beyond it for the
// orientation.
func readWebPHead(data []byte) (webpHead, error) {
	h := webpHead{orientation: 1}
	if len(data) < 20 {
		return h, truncated("webp", nil)
	}
	extended := false
	err := chunks(data[12:], func(id string, body []byte) error {
		switch id {
		case "VP8X":
			if len(body) < 10 {
				return truncated("webp", nil)
			}
			extended = true
			h.width, h.height = le24(body[4:])+1, le24(body[7:])+1
		case "ANMF":
			if h.data != nil || !extended {
				return nil
			}
			if len(body) < 16 {
				return truncated("webp", nil)
			}
			h.x, h.y = 2*le24(body), 2*le24(body[3:])
			return chunks(body[16:], h.frame)
		case "EXIF":
			if len(body) > 6 && string(body[:6]) == "Exif\x00\x00" {
				body = body[6:]
			}
			h.orientation = orientationOf(body)
		default:
			return h.frame(id, body)
		}
		return nil
	})
	if err != nil {
		return h, err
	}
	if h.data == nil {
		return h, truncated("webp", nil)
	}
	if !extended {
		h.width, h.height = h.frameWidth, h.frameHeight
	}
	if h.x+h.frameWidth > h.width || h.y+h.frameHeight > h.height {
		return h, corrupt("webp", "the first frame lies outside the canvas")
	}
	return h, nil
}

// frame reads the size of the first VP8 or VP8L chunk.
func (h *webpHead) frame(id string, body []byte) error {
	if h.data != nil {
		return nil
	}
	switch id {
	case "VP8 ":
		if len(body) < 10 {
			return truncated("webp", nil)
		}
		if body[0]&1 != 0 || string(body[3:6]) != "\x9d\x01\x2a" {
			return corrupt("webp", "the first frame has no key frame header")
		}
		h.frameWidth, h.frameHeight = le16(body[6:])&0x3fff, le16(body[8:])&0x3fff
	case "VP8L":
		if len(body) < 5 {
			return truncated("webp", nil)
		}
		if body[0] != 0x2f {
			return corrupt("webp", "the first frame has no header")
		}
		bits := le32(body[1:])
		h.frameWidth, h.frameHeight = bits&0x3fff+1, bits>>14&0x3fff+1
		h.lossless = true
	default:
		return nil
	}
	h.data = body
	return nil
}

// chunks calls do for each chunk of a RIFF list. A chunk that is cut off is
// passed with what there is of it.
func chunks(data []byte, do func(id string, body []byte) error) error {
	for len(data) >= 8 {
		id, n := string(data[:4]), le32(data[4:])
		data = data[8:]
		n = min(n, len(data))
		if err := do(id, data[:n]); err != nil {
			return err
		}
		data = data[min(n+n&1, len(data)):]
	}
	return nil
}
