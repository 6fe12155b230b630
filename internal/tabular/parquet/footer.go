package parquet

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/thrift/lib/go/thrift"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// createdBy is how the file names its writer.
const createdBy = "parquet-go version 1.6.2 (build icono)"

// Close writes the last row group and the footer. It does not close the
// underlying writer.
func (w *Writer) Close() error {
	if w.err == nil {
		if w.err = w.finish(); w.err == nil {
			w.err = fmt.Errorf("the Parquet file is closed")
			return nil
		}
	}
	w.drop()
	return w.err
}

func (w *Writer) finish() (err error) {
	defer guard(&err)
	if err := w.flush(); err != nil {
		return err
	}
	f := w.pw.Footer
	f.NumRows = w.total
	f.CreatedBy = ptr(createdBy)
	// Only now, since xitongsys finds columns by its names.
	column := 0
	for i, e := range f.Schema {
		switch e.Name {
		case "Schema":
			e.Name = "schema"
		case "List":
			e.Name = "list"
		case "Element":
			e.Name = "element"
		default:
			var member int
			if _, err := fmt.Sscanf(e.Name, "C%d", &column); err == nil {
				e.Name = w.schema.Field(column).Name
				break
			}
			if _, err := fmt.Sscanf(e.Name, "M%d", &member); err != nil {
				return fmt.Errorf("schema element %d: %w", i, err)
			}
			e.Name = elementType(w.schema.Field(column).Type).(*arrow.StructType).Field(member).Name
		}
	}
	for range w.leaves {
		f.ColumnOrders = append(f.ColumnOrders, &xparquet.ColumnOrder{TYPE_ORDER: xparquet.NewTypeDefinedOrder()})
	}
	arrowSchema, err := encodeSchema(w.schema)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(w.options.Metadata)) {
		if key != arrowSchemaKey {
			f.KeyValueMetadata = append(f.KeyValueMetadata, &xparquet.KeyValue{Key: key, Value: ptr(w.options.Metadata[key])})
		}
	}
	f.KeyValueMetadata = append(f.KeyValueMetadata, &xparquet.KeyValue{Key: arrowSchemaKey, Value: &arrowSchema})

	footer, err := serialize(f)
	if err != nil {
		return err
	}
	if len(footer) > math.MaxInt32 {
		return fmt.Errorf("the footer has %d bytes: too many columns or row groups", len(footer))
	}
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(footer)))
	_, err = w.pw.PFile.Write(append(footer, "PAR1"...))
	return err
}

func serialize(s thrift.TStruct) ([]byte, error) {
	ts := thrift.NewTSerializer()
	ts.Protocol = thrift.NewTCompactProtocolFactoryConf(nil).GetProtocol(ts.Transport)
	return ts.Write(context.Background(), s)
}

// encodeSchema returns the schema as Arrow's libraries keep it.
func encodeSchema(s *arrow.Schema) (string, error) {
	var buf bytes.Buffer
	if err := ipc.NewWriter(&buf, ipc.WithSchema(s)).Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

// bounds are what the footer tells about a chunk: the null count, and the
// least and the greatest value of signed integers. Texts have no bounds, which
// could be of any length, nor have floats, for which NaN has no place.
type bounds struct {
	nulls    int64
	min, max int64
	ordered  bool // the type has bounds
	some     bool // a value was not null
}

func (b *bounds) add(v int64) {
	if !b.some {
		b.min, b.max, b.some = v, v, true
		return
	}
	b.min, b.max = min(b.min, v), max(b.max, v)
}

func (b *bounds) statistics(t xparquet.Type) *xparquet.Statistics {
	s := xparquet.NewStatistics()
	s.NullCount = ptr(b.nulls)
	if !b.ordered || !b.some {
		return s
	}
	plain := func(v int64) []byte {
		if t == xparquet.Type_INT32 {
			return binary.LittleEndian.AppendUint32(nil, uint32(v))
		}
		return binary.LittleEndian.AppendUint64(nil, uint64(v))
	}
	s.MinValue, s.MaxValue = plain(b.min), plain(b.max)
	return s
}
