package onnx

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow/float16"
)

// toFloat16 writes values as IEEE 754 half floats, little-endian.
func toFloat16(values []float32) []byte {
	out := make([]byte, 0, 2*len(values))
	for _, v := range values {
		out = binary.LittleEndian.AppendUint16(out, float16.New(v).Uint16())
	}
	return out
}
