package picture

import "encoding/binary"

// The TIFF tags that are read here.
const (
	tagWidth       = 256
	tagHeight      = 257
	tagCompression = 259
	tagPhotometric = 262
	tagOrientation = 274
)

// ifd0 reads the short and long values of the first directory of a TIFF
// structure, which is also how EXIF is stored: tag to first value. ok is false
// if there is no such directory.
func ifd0(data []byte) (tags map[int]int, ok bool) {
	if len(data) < 8 {
		return nil, false
	}
	var order binary.ByteOrder
	switch string(data[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return nil, false
	}
	at := int64(order.Uint32(data[4:]))
	if at+2 > int64(len(data)) {
		return nil, false
	}
	n := int(order.Uint16(data[at:]))
	tags = make(map[int]int, 8)
	for i := range n {
		from := at + 2 + 12*int64(i)
		if from+12 > int64(len(data)) {
			return tags, false
		}
		entry := data[from : from+12]
		tag := int(order.Uint16(entry))
		switch tag {
		case tagWidth, tagHeight, tagCompression, tagPhotometric, tagOrientation:
		default:
			continue
		}
		if order.Uint32(entry[4:]) != 1 {
			continue
		}
		switch order.Uint16(entry[2:]) {
		case 3:
			tags[tag] = int(order.Uint16(entry[8:]))
		case 4:
			tags[tag] = int(order.Uint32(entry[8:]))
		}
	}
	return tags, true
}

// orientationOf reads the orientation from an EXIF block, 1 if there is none.
func orientationOf(exif []byte) int {
	tags, _ := ifd0(exif)
	if o := tags[tagOrientation]; o >= 1 && o <= 8 {
		return o
	}
	return 1
}
