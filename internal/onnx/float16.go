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

// fromFloat16 reads IEEE 754 half floats, little-endian.
func fromFloat16(data []byte) []float32 {
	out := make([]float32, len(data)/2)
	for i := range out {
		out[i] = float16.FromBits(binary.LittleEndian.Uint16(data[2*i:])).Float32()
	}
	return out
}
