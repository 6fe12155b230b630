package graph

import (
	"encoding/binary"
	"math"
)

// Raw adds a constant from its elements in little-endian order and returns its
// name. dims nil means a scalar.
func (g *Graph) Raw(name string, elem Elem, dims []int64, raw []byte) string {
	g.define("constant", name)
	g.known("constant", name, elem)
	n := int64(1)
	for _, d := range dims {
		if d < 0 {
			g.fail("graph: constant %q has the negative dimension %d", name, d)
		}
		n *= d
	}
	if want := n * int64(elem.size()); int64(len(raw)) != want {
		g.fail("graph: constant %q has %d bytes, its shape %v needs %d", name, len(raw), dims, want)
	}
	g.consts = append(g.consts, tensor{name, elem, dims, raw})
	return name
}

// Floats adds a float32 constant and returns its name. dims nil means a scalar
// for one value and a vector for any other number of values.
func (g *Graph) Floats(name string, dims []int64, values ...float32) string {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return g.Raw(name, Float, shape(dims, len(values)), raw)
}

// Int64s adds an int64 constant; dims as for Floats.
func (g *Graph) Int64s(name string, dims []int64, values ...int64) string {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return g.Raw(name, Int64, shape(dims, len(values)), raw)
}

// Int32s adds an int32 constant; dims as for Floats.
func (g *Graph) Int32s(name string, dims []int64, values ...int32) string {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
	}
	return g.Raw(name, Int32, shape(dims, len(values)), raw)
}

// Bytes adds a uint8 constant; dims as for Floats.
func (g *Graph) Bytes(name string, dims []int64, values ...uint8) string {
	return g.Raw(name, Uint8, shape(dims, len(values)), values)
}

// Halves adds a float16 constant from the bit patterns of its elements; dims
// as for Floats.
func (g *Graph) Halves(name string, dims []int64, bits ...uint16) string {
	raw := make([]byte, 0, 2*len(bits))
	for _, v := range bits {
		raw = binary.LittleEndian.AppendUint16(raw, v)
	}
	return g.Raw(name, Float16, shape(dims, len(bits)), raw)
}

func shape(dims []int64, n int) []int64 {
	if dims == nil && n != 1 {
		return []int64{int64(n)}
	}
	return dims
}
