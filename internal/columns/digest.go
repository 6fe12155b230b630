package columns

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Digest is a checksum over the values of a column, whatever the batches that they
// come in. It is the SHA-256 of the type's name and of two SHA-256s: one over a
// mark for each value, which is its length in bytes, or 2³²-1 for null; and one
// over the bytes of the values. Those are the eight of a number (little endian,
// IEEE 754 for floating point), and the text that Format gives for all else.
type Digest struct {
	marks, data hash.Hash
	scratch     []byte
	kind        arrow.DataType
}

// null marks what is no value.
const null = math.MaxUint32

// NewDigest begins a digest of columns of a type. A dictionary of texts is text.
func NewDigest(t arrow.DataType) *Digest {
	if IsText(t) {
		t = arrow.BinaryTypes.String
	}
	return &Digest{marks: sha256.New(), data: sha256.New(), kind: t}
}

// Add adds the values of an array.
func (d *Digest) Add(arr arrow.Array) {
	switch a := arr.(type) {
	case *array.String:
		d.strings(a)
	case *array.Int64:
		numbers(d, a, a.Int64Values(), func(v int64) uint64 { return uint64(v) })
	case *array.Float64:
		numbers(d, a, a.Float64Values(), math.Float64bits)
	default:
		d.texts(arr)
	}
}

// strings adds texts that lie behind each other.
func (d *Digest) strings(a *array.String) {
	if a.NullN() > 0 || a.Len() == 0 {
		d.texts(a)
		return
	}
	b := d.scratch[:0]
	for i := range a.Len() {
		b = binary.LittleEndian.AppendUint32(b, uint32(a.ValueLen(i)))
	}
	d.marks.Write(b)
	d.data.Write(a.ValueBytes())
	d.scratch = b
}

func numbers[T any](d *Digest, a arrow.Array, values []T, bits func(T) uint64) {
	b := d.scratch[:0]
	for i := range values {
		b = binary.LittleEndian.AppendUint32(b, mark(a, i, 8))
	}
	d.marks.Write(b)
	b = b[:0]
	for i, v := range values {
		if a.IsValid(i) {
			b = binary.LittleEndian.AppendUint64(b, bits(v))
		}
	}
	d.data.Write(b)
	d.scratch = b
}

func (d *Digest) texts(arr arrow.Array) {
	var lengths []byte
	b := d.scratch[:0]
	for i := range arr.Len() {
		before := len(b)
		if arr.IsValid(i) {
			b = append(b, Format(arr, i)...)
		}
		lengths = binary.LittleEndian.AppendUint32(lengths, mark(arr, i, len(b)-before))
	}
	d.marks.Write(lengths)
	d.data.Write(b)
	d.scratch = b
}

func mark(a arrow.Array, i, length int) uint32 {
	if a.IsNull(i) {
		return null
	}
	return uint32(length)
}

// Sum returns the checksum of the values so far.
func (d *Digest) Sum() [sha256.Size]byte {
	b := append([]byte(d.kind.String()), 0)
	b = d.marks.Sum(b)
	return sha256.Sum256(d.data.Sum(b))
}
