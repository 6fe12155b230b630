package parquet

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/file"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// maxPage is the greatest size of a page in bytes, and maxHeader that of a page
// header's parts.
const (
	maxPage   = 1 << 30
	maxHeader = 64 << 20
)

// pages reads the pages of a column chunk for Arrow's decoders: it finds them,
// compares their checksums, decompresses them, and checks what the decoders
// would believe. It implements file.PageReader.
type pages struct {
	leaf  *leaf
	codec xparquet.CompressionCodec
	r     *bufio.Reader
	left  int64 // values that are still to come
	page  file.Page
	err   error
}

func newPages(r io.ReaderAt, end int64, l *leaf, m *xparquet.ColumnMetaData) *pages {
	start := chunkStart(m)
	size := int64(1 << 18)
	if m.TotalCompressedSize > 0 && m.TotalCompressedSize < size {
		size = max(m.TotalCompressedSize, 4096)
	}
	return &pages{
		leaf: l, codec: m.Codec, left: m.NumValues,
		r: bufio.NewReaderSize(io.NewSectionReader(r, start, end-start), int(size)),
	}
}

// SetMaxPageHeaderSize does nothing: the limit is fixed.
func (p *pages) SetMaxPageHeaderSize(int) {}

// Reset does nothing: a reader serves one chunk.
func (p *pages) Reset(parquet.BufferedReader, int64, compress.Compression, *file.CryptoContext) {}

// Page returns the current page.
func (p *pages) Page() file.Page { return p.page }

// Err returns what ended the reading early.
func (p *pages) Err() error { return p.err }

// Next reads the next page that is not empty.
func (p *pages) Next() bool {
	p.page = nil
	for p.left > 0 && p.err == nil && p.page == nil {
		p.page, p.err = p.read()
	}
	return p.page != nil
}

func (p *pages) read() (file.Page, error) {
	h := xparquet.NewPageHeader()
	if err := h.Read(context.Background(), compactProtocol(p.r, maxHeader)); err != nil {
		return nil, errors.New("a page header is damaged, or the file was cut off")
	}
	if h.CompressedPageSize < 0 || h.UncompressedPageSize < 0 || h.CompressedPageSize > maxPage || h.UncompressedPageSize > maxPage {
		return nil, fmt.Errorf("a page has %d bytes, %d decompressed", h.CompressedPageSize, h.UncompressedPageSize)
	}
	raw, err := io.ReadAll(io.LimitReader(p.r, int64(h.CompressedPageSize)))
	if err != nil {
		return nil, err
	}
	if len(raw) < int(h.CompressedPageSize) {
		return nil, errors.New("the last page is cut off")
	}
	if h.Crc != nil && uint32(*h.Crc) != crc32.ChecksumIEEE(raw) {
		return nil, errors.New("the checksum of a page is wrong")
	}
	switch {
	case h.Type == xparquet.PageType_DICTIONARY_PAGE && h.DictionaryPageHeader != nil:
		return p.dictionary(h, raw)
	case h.Type == xparquet.PageType_DATA_PAGE && h.DataPageHeader != nil:
		return p.data(h, raw)
	case h.Type == xparquet.PageType_DATA_PAGE_V2 && h.DataPageHeaderV2 != nil:
		return p.dataV2(h, raw)
	case h.Type == xparquet.PageType_INDEX_PAGE:
		return nil, nil
	}
	return nil, errors.New("a page is of an unknown kind")
}

func (p *pages) dictionary(h *xparquet.PageHeader, raw []byte) (file.Page, error) {
	d := h.DictionaryPageHeader
	data, err := decompress(p.codec, raw, int(h.UncompressedPageSize))
	if err != nil {
		return nil, err
	}
	if d.NumValues < 0 || int64(d.NumValues)*int64(p.minWidth()) > int64(len(data)) {
		return nil, fmt.Errorf("a dictionary of %d values has %d bytes", d.NumValues, len(data))
	}
	return file.NewDictionaryPage(memory.NewBufferBytes(data), d.NumValues, parquet.Encoding(d.Encoding)), nil
}

// minWidth returns the fewest bytes that a value has in the plain encoding.
func (p *pages) minWidth() int {
	switch p.leaf.element.GetType() {
	case xparquet.Type_INT64, xparquet.Type_DOUBLE:
		return 8
	case xparquet.Type_INT96:
		return 12
	case xparquet.Type_FIXED_LEN_BYTE_ARRAY:
		return int(p.leaf.element.GetTypeLength())
	}
	return 4 // a byte array's length, at least; there are no dictionaries of booleans
}

// take counts the values of a page.
func (p *pages) take(n int32) error {
	if n < 0 || int64(n) > p.left {
		return fmt.Errorf("a page has %d values where %d are left", n, p.left)
	}
	p.left -= int64(n)
	return nil
}

func (p *pages) data(h *xparquet.PageHeader, raw []byte) (file.Page, error) {
	d := h.DataPageHeader
	if err := p.take(d.NumValues); err != nil || d.NumValues == 0 {
		return nil, err
	}
	data, err := decompress(p.codec, raw, int(h.UncompressedPageSize))
	if err != nil {
		return nil, err
	}
	values := data
	for _, l := range []struct {
		max int16
		enc xparquet.Encoding
	}{{p.leaf.rep, d.RepetitionLevelEncoding}, {p.leaf.def, d.DefinitionLevelEncoding}} {
		if values, err = skipLevels(values, l.max, int(d.NumValues), l.enc); err != nil {
			return nil, err
		}
	}
	enc, values, err := p.values(d.Encoding, values, int(d.NumValues))
	if err != nil {
		return nil, err
	}
	data = append(data[:len(data)-len(values)], values...)
	return file.NewDataPageV1(memory.NewBufferBytes(data), d.NumValues, enc,
		parquet.Encoding(d.DefinitionLevelEncoding), parquet.Encoding(d.RepetitionLevelEncoding), int32(len(data))), nil
}

func (p *pages) dataV2(h *xparquet.PageHeader, raw []byte) (file.Page, error) {
	d := h.DataPageHeaderV2
	if err := p.take(d.NumValues); err != nil || d.NumValues == 0 {
		return nil, err
	}
	rep, def := int(d.RepetitionLevelsByteLength), int(d.DefinitionLevelsByteLength)
	if rep < 0 || def < 0 || rep+def > len(raw) || rep+def > int(h.UncompressedPageSize) {
		return nil, fmt.Errorf("the levels of a page of %d bytes have %d and %d bytes", len(raw), rep, def)
	}
	if p.leaf.rep > 0 {
		if err := checkHybrid(raw[:rep], width(p.leaf.rep), int(d.NumValues)); err != nil {
			return nil, err
		}
	}
	if p.leaf.def > 0 {
		if err := checkHybrid(raw[rep:rep+def], width(p.leaf.def), int(d.NumValues)); err != nil {
			return nil, err
		}
	}
	values := raw[rep+def:]
	if d.IsCompressed && len(values) > 0 {
		var err error
		if values, err = decompress(p.codec, values, int(h.UncompressedPageSize)-rep-def); err != nil {
			return nil, err
		}
	}
	enc, values, err := p.values(d.Encoding, values, int(d.NumValues))
	if err != nil {
		return nil, err
	}
	data := append(append(make([]byte, 0, rep+def+len(values)), raw[:rep+def]...), values...)
	return file.NewDataPageV2(memory.NewBufferBytes(data), d.NumValues, d.NumNulls, d.NumRows, enc,
		d.DefinitionLevelsByteLength, d.RepetitionLevelsByteLength, int32(len(data)), false), nil
}
