package picture

import "encoding/binary"

func le16(b []byte) int { return int(binary.LittleEndian.Uint16(b)) }
func le24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
func le32(b []byte) int { return int(binary.LittleEndian.Uint32(b)) }
func be16(b []byte) int { return int(binary.BigEndian.Uint16(b)) }
func be32(b []byte) int { return int(binary.BigEndian.Uint32(b)) }
