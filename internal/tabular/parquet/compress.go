package parquet

import (
	"hash/crc32"

	"github.com/klauspost/compress/zstd"
	"github.com/xitongsys/parquet-go/layout"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// packer compresses pages. xitongsys' own zstd encoder keeps a window of 16 MB
// for every processor of the machine; pages are a tenth of that, and there are
// two encoders.
type packer struct {
	codec xparquet.CompressionCodec
	zstd  *zstd.Encoder // nil with other codecs
}

func newPacker(codec xparquet.CompressionCodec) (*packer, error) {
	p := &packer{codec: codec}
	if codec != xparquet.CompressionCodec_ZSTD {
		return p, nil
	}
	var err error
	p.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(encoders), zstd.WithWindowSize(pageBytes),
		zstd.WithLowerEncoderMem(true), zstd.WithZeroFrames(true))
	return p, err
}

// inner is the codec that xitongsys is to apply to a page.
func (p *packer) inner() xparquet.CompressionCodec {
	if p.zstd != nil {
		return xparquet.CompressionCodec_UNCOMPRESSED
	}
	return p.codec
}

// finish compresses a page that xitongsys laid out, where that is not done,
// and adds the checksum that xitongsys leaves out to its header.
func (p *packer) finish(page *layout.Page) error {
	data := page.RawData[len(page.RawData)-int(page.Header.CompressedPageSize):]
	if p.zstd != nil {
		data = p.zstd.EncodeAll(data, nil)
		page.Header.CompressedPageSize = int32(len(data))
	}
	page.Header.Crc = ptr(int32(crc32.ChecksumIEEE(data)))
	header, err := serialize(page.Header)
	page.RawData = append(header, data...)
	return err
}
