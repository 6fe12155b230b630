package media

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// decodedName gives the name of an entry as UTF-8. Names that are no UTF-8 are
// of code page 437, which the format lays down; the letters of German and most
// others of Western Europe are the same in page 850, which Windows takes there.
func decodedName(f *zip.File) string {
	if utf8.ValidString(f.Name) {
		return f.Name
	}
	if name, ok := unicodeName(f); ok {
		return name
	}
	name, err := charmap.CodePage437.NewDecoder().String(f.Name)
	if err != nil {
		return f.Name
	}
	return name
}

// unicodeName returns the name in the extra field that Info-ZIP and WinZip add
// for it: version 1, the check sum of the plain name, and the name.
func unicodeName(f *zip.File) (string, bool) {
	const unicodePath = 0x7075
	for extra := f.Extra; len(extra) >= 4; {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if size > len(extra) {
			return "", false
		}
		field := extra[:size]
		extra = extra[size:]
		if id != unicodePath || size < 5 || field[0] != 1 || binary.LittleEndian.Uint32(field[1:]) != crc32.ChecksumIEEE([]byte(f.Name)) {
			continue
		}
		return string(field[5:]), utf8.Valid(field[5:])
	}
	return "", false
}
