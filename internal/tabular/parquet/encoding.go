package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/apache/arrow/go/v15/parquet"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// What a page holds is checked here as far as Arrow's decoders believe it: on
// these points a damaged page makes them loop for ever, or take memory without
// bound. Everything else they report, or panic at.

func width(level int16) int { return bits.Len16(uint16(level)) }

// skipLevels checks the levels of a version 1 page and returns what follows.
func skipLevels(data []byte, level int16, values int, enc xparquet.Encoding) ([]byte, error) {
	if level == 0 {
		return data, nil
	}
	if enc == xparquet.Encoding_BIT_PACKED {
		n := (values*width(level) + 7) / 8
		if n > len(data) {
			return nil, errors.New("the levels of a page are cut off")
		}
		return data[n:], nil
	}
	if enc != xparquet.Encoding_RLE || len(data) < 4 {
		return nil, errors.New("the levels of a page are damaged")
	}
	n := binary.LittleEndian.Uint32(data)
	if data = data[4:]; uint64(n) > uint64(len(data)) {
		return nil, errors.New("the levels of a page are cut off")
	}
	return data[n:], checkHybrid(data[:n], width(level), values)
}

// checkHybrid walks the runs of the hybrid of run lengths and bit packing, and
// reports an error unless they hold as many values.
func checkHybrid(data []byte, width, values int) error {
	for values > 0 {
		head, n := binary.Uvarint(data)
		if n <= 0 {
			return errors.New("the levels of a page are cut off")
		}
		data = data[n:]
		count, size := head>>1, uint64(width+7)/8
		if head&1 == 1 {
			size = count * uint64(width)
			count *= 8
		}
		if count == 0 || count > 1<<31 {
			return errors.New("the levels of a page are damaged")
		}
		if size > uint64(len(data)) {
			// The last run may be cut where its padding begins.
			if head&1 == 0 || len(data)*8/width < values {
				return errors.New("the levels of a page are cut off")
			}
			return nil
		}
		data = data[size:]
		values -= int(min(count, uint64(values)))
	}
	return nil
}

// values checks the values of a page, and turns an encoding that Arrow lacks
// into the plain one.
func (p *pages) values(enc xparquet.Encoding, data []byte, values int) (parquet.Encoding, []byte, error) {
	plain := parquet.Encodings.Plain
	switch enc {
	case xparquet.Encoding_PLAIN, xparquet.Encoding_PLAIN_DICTIONARY, xparquet.Encoding_RLE_DICTIONARY, xparquet.Encoding_RLE:
		return parquet.Encoding(enc), data, nil
	case xparquet.Encoding_DELTA_BINARY_PACKED, xparquet.Encoding_DELTA_LENGTH_BYTE_ARRAY:
		_, err := p.delta(data, values)
		return parquet.Encoding(enc), data, err
	case xparquet.Encoding_DELTA_BYTE_ARRAY:
		rest, err := p.delta(data, values)
		if err == nil {
			_, err = p.delta(rest, values)
		}
		return parquet.Encoding(enc), data, err
	case xparquet.Encoding_BYTE_STREAM_SPLIT:
		out, err := joinStreams(data, p.minWidth())
		return plain, out, err
	}
	return plain, nil, fmt.Errorf("values in the encoding %s cannot be read", enc)
}

// joinStreams undoes the encoding that stores all first bytes, then all second
// ones, and so on.
func joinStreams(data []byte, width int) ([]byte, error) {
	n := len(data) / width
	if n*width != len(data) {
		return nil, fmt.Errorf("%d bytes are no values of %d bytes", len(data), width)
	}
	out := make([]byte, len(data))
	for b := range width {
		for i, v := range data[b*n : (b+1)*n] {
			out[i*width+b] = v
		}
	}
	return out, nil
}

// maxBlock is the greatest number of values in a block of differences; writers
// use 128.
const maxBlock = 1 << 20

// delta walks a list of bit-packed differences, and returns what follows it.
func (p *pages) delta(data []byte, values int) ([]byte, error) {
	var head [4]uint64 // block size, miniblocks, count, first value
	for i := range head {
		n := 0
		if head[i], n = binary.Uvarint(data); n <= 0 {
			return nil, errors.New("a page of differences is cut off")
		}
		data = data[n:]
	}
	block, minis, count := head[0], head[1], head[2]
	if block == 0 || block > maxBlock || minis == 0 || minis > block || block%minis != 0 || count > uint64(values) || p.leaf.def == 0 && count != uint64(values) {
		return nil, fmt.Errorf("a page of %d differences is damaged", values)
	}
	perMini := block / minis
	for left := int64(count) - 1; left > 0; {
		_, n := binary.Uvarint(data)
		if n <= 0 || uint64(len(data)-n) < minis {
			return nil, errors.New("a page of differences is cut off")
		}
		widths := data[n : n+int(minis)]
		data = data[n+int(minis):]
		for _, w := range widths {
			if left <= 0 {
				break
			}
			size := (uint64(w)*perMini + 7) / 8
			if w > 64 || size > uint64(len(data)) {
				return nil, errors.New("a page of differences is cut off")
			}
			data = data[size:]
			left -= int64(perMini)
		}
	}
	return data, nil
}
