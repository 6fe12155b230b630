package picture

import "bytes"

// Whole reports what is wrong with a file that is to be given on as it is: one
// that is no picture, that is too large, or that is cut off. It looks at the head
// and the end of the file and decodes only one whose end is not as its format
// ends, so that it is cheap for files that are well. Its errors are *Error.
func Whole(data []byte) error {
	if k := standIn(data); k != nil {
		return k.fault()
	}
	h, err := ReadHeader(data)
	if err != nil || ends(h.Format, data) {
		return err
	}
	_, err = Decode(data, Options{})
	return err
}

// tail is how far from its end a file's closing mark is looked for: some programs
// write something behind it.
const tail = 64 << 10

// ends reports whether a file has the mark that ends its format.
func ends(format string, data []byte) bool {
	end := data[max(0, len(data)-tail):]
	switch format {
	case "jpeg":
		scan := scanStart(data) // what stands before may hold a small picture with an end of its own
		return scan > 0 && bytes.Contains(data[max(scan, len(data)-tail):], []byte{0xff, 0xd9})
	case "png":
		return bytes.Contains(end, []byte("IEND\xae\x42\x60\x82"))
	case "webp":
		return len(data) >= 12 && int64(le32(data[4:]))+8 <= int64(len(data))
	}
	return false // rare, and decoded fast
}

// scanStart is where the first scan of a JPEG file begins, 0 where there is none.
func scanStart(data []byte) int {
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		switch marker := data[i+1]; {
		case marker == 0xff: // padding
			i++
		case marker == 0xda:
			return i
		default:
			i += 2 + int(data[i+2])<<8 + int(data[i+3])
		}
	}
	return 0
}
