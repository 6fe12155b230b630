package parquet

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/apache/thrift/lib/go/thrift"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

const (
	magic          = "PAR1"
	encryptedMagic = "PARE"
	tailSize       = 8
)

// readFooter reads the file's description, and returns it with the offset at
// which the data ends.
func readFooter(r io.ReaderAt, size int64) (meta *xparquet.FileMetaData, end int64, err error) {
	defer guard(&err)
	if size < int64(len(magic)+tailSize) {
		return nil, 0, errors.New("it is too short")
	}
	head, tail := make([]byte, len(magic)), make([]byte, tailSize)
	if _, err := r.ReadAt(head, 0); err != nil {
		return nil, 0, err
	}
	if _, err := r.ReadAt(tail, size-tailSize); err != nil && err != io.EOF {
		return nil, 0, err
	}
	switch mark := string(tail[4:]); {
	case mark == encryptedMagic || string(head) == encryptedMagic:
		return nil, 0, errors.New("it is encrypted")
	case string(head) != magic:
		return nil, 0, errors.New("it does not begin as one")
	case mark != magic:
		return nil, 0, errors.New("its end is missing: the file was cut off")
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	end = size - tailSize - length
	if end < int64(len(magic)) || length > math.MaxInt32 {
		return nil, 0, fmt.Errorf("its footer would have %d bytes, more than the file", length)
	}
	footer := make([]byte, length)
	if _, err := r.ReadAt(footer, end); err != nil && err != io.EOF {
		return nil, 0, err
	}
	meta = xparquet.NewFileMetaData()
	if err := meta.Read(context.Background(), compactProtocol(bytes.NewReader(footer), int32(length))); err != nil {
		return nil, 0, fmt.Errorf("its footer is damaged: %w", err)
	}
	return meta, end, nil
}

// compactProtocol reads thrift; lists and texts of more than limit items or
// bytes are refused before memory is taken for them.
func compactProtocol(r io.Reader, limit int32) thrift.TProtocol {
	conf := &thrift.TConfiguration{MaxMessageSize: max(limit, 1), MaxFrameSize: max(limit, 1)}
	return thrift.NewTCompactProtocolConf(thrift.NewStreamTransportR(r), conf)
}

// checkGroups compares the row groups with the columns and with one another.
func checkGroups(meta *xparquet.FileMetaData, leaves []*leaf, end int64) error {
	if meta.EncryptionAlgorithm != nil {
		return errors.New("it is encrypted")
	}
	var rows int64
	for g, group := range meta.RowGroups {
		if group.NumRows < 0 || group.NumRows > math.MaxInt64-rows {
			return fmt.Errorf("row group %d has %d rows", g+1, group.NumRows)
		}
		rows += group.NumRows
		if len(group.Columns) != len(leaves) {
			return fmt.Errorf("row group %d has %d columns, not %d", g+1, len(group.Columns), len(leaves))
		}
		for i, chunk := range group.Columns {
			if err := checkChunk(chunk, leaves[i], group.NumRows, end); err != nil {
				return fmt.Errorf("row group %d, column %q: %w", g+1, leaves[i].name(), err)
			}
		}
	}
	if rows != meta.NumRows && meta.NumRows != 0 { // some writers leave it out
		return fmt.Errorf("its row groups have %d rows, not %d", rows, meta.NumRows)
	}
	meta.NumRows = rows
	return nil
}

func checkChunk(chunk *xparquet.ColumnChunk, l *leaf, rows, end int64) error {
	m := chunk.MetaData
	switch {
	case chunk.FilePath != nil && *chunk.FilePath != "":
		return fmt.Errorf("its values stand in another file, %q", *chunk.FilePath)
	case chunk.CryptoMetadata != nil || m == nil:
		return errors.New("it is encrypted")
	case m.Type != l.element.GetType():
		return fmt.Errorf("values of type %s in a column of %s", m.Type, l.element.GetType())
	case len(m.PathInSchema) > 0 && !slices.Equal(m.PathInSchema, l.path):
		return fmt.Errorf("the values of %q stand in its place", m.PathInSchema)
	case m.NumValues < 0, l.rep == 0 && m.NumValues != rows, l.rep > 0 && m.NumValues < rows:
		return fmt.Errorf("%d values for %d rows", m.NumValues, rows)
	case m.NumValues > 0 && (chunkStart(m) < int64(len(magic)) || chunkStart(m) >= end):
		return errors.New("it lies outside of the file")
	}
	return nil
}

// chunkStart returns where a column's first page is.
func chunkStart(m *xparquet.ColumnMetaData) int64 {
	if d := m.DictionaryPageOffset; d != nil && *d > 0 && *d < m.DataPageOffset {
		return *d
	}
	return m.DataPageOffset
}
