package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/pierrec/lz4/v4"
	xcompress "github.com/xitongsys/parquet-go/compress"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// Codecs that xitongsys' enumeration or library lacks.
const (
	codecLZ4    = xparquet.CompressionCodec_LZ4 // as Hadoop frames it
	codecLZ4Raw = xparquet.CompressionCodec(7)
)

// decompress returns the size bytes that a page holds.
func decompress(codec xparquet.CompressionCodec, raw []byte, size int) (out []byte, err error) {
	defer guard(&err)
	switch codec {
	case xparquet.CompressionCodec_UNCOMPRESSED:
		out = bytes.Clone(raw)
	case xparquet.CompressionCodec_SNAPPY, xparquet.CompressionCodec_GZIP, xparquet.CompressionCodec_ZSTD:
		out, err = xcompress.Uncompress(raw, codec)
	case xparquet.CompressionCodec_BROTLI:
		out, err = io.ReadAll(io.LimitReader(brotli.NewReader(bytes.NewReader(raw)), int64(size)+1))
	case codecLZ4Raw:
		out, err = lz4Block(raw, size)
	case codecLZ4:
		if out, err = lz4Hadoop(raw, size); err != nil {
			if out, err = lz4Block(raw, size); err != nil {
				out, err = io.ReadAll(io.LimitReader(lz4.NewReader(bytes.NewReader(raw)), int64(size)+1))
			}
		}
	default:
		return nil, fmt.Errorf("its compression %s cannot be read: write it with zstd or snappy", codec)
	}
	if err != nil {
		return nil, fmt.Errorf("a page cannot be decompressed: %w", err)
	}
	if len(out) != size {
		return nil, fmt.Errorf("a page has %d bytes, not %d", len(out), size)
	}
	return out, nil
}

func lz4Block(raw []byte, size int) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	out := make([]byte, size)
	n, err := lz4.UncompressBlock(raw, out)
	return out[:n], err
}

// lz4Hadoop reads blocks that are each preceded by their size, decompressed
// and compressed, in big-endian words.
func lz4Hadoop(raw []byte, size int) ([]byte, error) {
	out := make([]byte, 0, size)
	for len(raw) > 0 {
		if len(raw) < 8 {
			return nil, errors.New("a block is cut off")
		}
		plain, packed := int(binary.BigEndian.Uint32(raw)), int(binary.BigEndian.Uint32(raw[4:]))
		raw = raw[8:]
		if packed > len(raw) || plain > size-len(out) {
			return nil, errors.New("a block is longer than its page")
		}
		block, err := lz4Block(raw[:packed], plain)
		if err != nil {
			return nil, err
		}
		out, raw = append(out, block...), raw[packed:]
	}
	return out, nil
}
