package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/float16"
)

func uuids(b stringLike, c *chunk) appender {
	return func(i int) error {
		raw := c.values.fixed[i]
		if len(raw) != 16 {
			return errNoWay
		}
		h := hex.EncodeToString(raw)
		b.Append(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
		return nil
	}
}

// intervals writes months, days and milliseconds as ISO 8601 has durations:
// P14M3DT0.5S.
func intervals(b stringLike, c *chunk) appender {
	return func(i int) error {
		raw := c.values.fixed[i]
		if len(raw) != 12 {
			return errNoWay
		}
		at := func(i int) int64 { return int64(binary.LittleEndian.Uint32(raw[4*i:])) }
		seconds := strconv.FormatFloat(float64(at(2))/1000, 'f', -1, 64)
		b.Append(fmt.Sprintf("P%dM%dDT%sS", at(0), at(1), seconds))
		return nil
	}
}

// halves widens floats of two bytes.
func halves(b *array.Float32Builder, c *chunk) appender {
	return func(i int) error {
		raw := c.values.fixed[i]
		if len(raw) != 2 {
			return errNoWay
		}
		b.Append(float16.FromBits(binary.LittleEndian.Uint16(raw)).Float32())
		return nil
	}
}

// decimals writes the exact text: 12.50 for 1250 with a scale of 2.
func decimals(b stringLike, c *chunk) appender {
	e := c.leaf.element
	scale := e.GetScale()
	if e.LogicalType != nil && e.LogicalType.DECIMAL != nil {
		scale = e.LogicalType.DECIMAL.Scale
	}
	v := &c.values
	return func(i int) error {
		n := new(big.Int)
		switch {
		case v.int32s != nil:
			n.SetInt64(int64(v.int32s[i]))
		case v.int64s != nil:
			n.SetInt64(v.int64s[i])
		case v.bytes != nil:
			signed(n, v.bytes[i])
		default:
			signed(n, v.fixed[i])
		}
		if scale < 0 || scale > 1000 {
			return fmt.Errorf("a scale of %d", scale)
		}
		b.Append(decimalOf(n, int(scale)))
		return nil
	}
}

// signed reads a big-endian number in two's complement.
func signed(n *big.Int, raw []byte) {
	n.SetBytes(raw)
	if len(raw) > 0 && raw[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(raw)*8)))
	}
}

func decimalOf(n *big.Int, scale int) string {
	digits := new(big.Int).Abs(n).String()
	for len(digits) <= scale {
		digits = "0" + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if n.Sign() < 0 {
		return "-" + digits
	}
	return digits
}
