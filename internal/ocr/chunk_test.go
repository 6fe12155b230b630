package ocr_test

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// withChunk puts a chunk, its name and its data, behind the header of a PNG.
func withChunk(data []byte, chunk string) []byte {
	const header = 8 + 25
	part := binary.BigEndian.AppendUint32(nil, uint32(len(chunk)-4))
	part = append(part, chunk...)
	part = binary.BigEndian.AppendUint32(part, crc32.ChecksumIEEE([]byte(chunk)))
	return slices.Insert(slices.Clone(data), header, part...)
}
