package parquet

import (
	"github.com/apache/arrow/go/v15/arrow"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// kind is what the values of a leaf mean where their Arrow type does not tell.
type kind int

const (
	asIs kind = iota
	decimalText
	uuidText
	julianTime // INT96
	intervalText
	halfFloat
)

// meaningOf returns the Arrow type of a leaf's values. Decimals become their
// exact text, since no later step counts with them, UUIDs and intervals their
// usual text, and half floats single ones.
func meaningOf(e *xparquet.SchemaElement) (arrow.DataType, kind) {
	l := e.LogicalType
	if l == nil {
		l = xparquet.NewLogicalType()
	}
	c := xparquet.ConvertedType(-1)
	if e.ConvertedType != nil {
		c = *e.ConvertedType
	}
	if l.DECIMAL != nil || c == xparquet.ConvertedType_DECIMAL {
		switch e.GetType() {
		case xparquet.Type_INT32, xparquet.Type_INT64, xparquet.Type_BYTE_ARRAY, xparquet.Type_FIXED_LEN_BYTE_ARRAY:
			return arrow.BinaryTypes.String, decimalText
		}
	}
	switch e.GetType() {
	case xparquet.Type_BOOLEAN:
		return arrow.FixedWidthTypes.Boolean, asIs
	case xparquet.Type_INT32:
		return int32Meaning(l, c), asIs
	case xparquet.Type_INT64:
		return int64Meaning(l, c), asIs
	case xparquet.Type_INT96:
		return &arrow.TimestampType{Unit: arrow.Nanosecond}, julianTime
	case xparquet.Type_FLOAT:
		return arrow.PrimitiveTypes.Float32, asIs
	case xparquet.Type_DOUBLE:
		return arrow.PrimitiveTypes.Float64, asIs
	case xparquet.Type_BYTE_ARRAY:
		text := c == xparquet.ConvertedType_UTF8 || c == xparquet.ConvertedType_ENUM || c == xparquet.ConvertedType_JSON
		if text || l.STRING != nil || l.ENUM != nil || l.JSON != nil {
			return arrow.BinaryTypes.String, asIs
		}
		return arrow.BinaryTypes.Binary, asIs
	}
	// FLOAT16 is younger than the library, which leaves the meaning empty; no
	// other meaning that it does not know has two bytes.
	unknown := e.LogicalType != nil && *e.LogicalType == xparquet.LogicalType{}
	switch n := e.GetTypeLength(); {
	case l.UUID != nil && n == 16:
		return arrow.BinaryTypes.String, uuidText
	case c == xparquet.ConvertedType_INTERVAL && n == 12:
		return arrow.BinaryTypes.String, intervalText
	case unknown && n == 2:
		return arrow.PrimitiveTypes.Float32, halfFloat
	}
	return &arrow.FixedSizeBinaryType{ByteWidth: int(e.GetTypeLength())}, asIs
}

func int32Meaning(l *xparquet.LogicalType, c xparquet.ConvertedType) arrow.DataType {
	switch {
	case l.UNKNOWN != nil:
		return arrow.Null
	case l.DATE != nil, c == xparquet.ConvertedType_DATE:
		return arrow.FixedWidthTypes.Date32
	case l.TIME != nil, c == xparquet.ConvertedType_TIME_MILLIS:
		return arrow.FixedWidthTypes.Time32ms
	}
	bits, signed := integerMeaning(l, c)
	switch {
	case bits == 8 && signed:
		return arrow.PrimitiveTypes.Int8
	case bits == 16 && signed:
		return arrow.PrimitiveTypes.Int16
	case bits == 8:
		return arrow.PrimitiveTypes.Uint8
	case bits == 16:
		return arrow.PrimitiveTypes.Uint16
	case !signed:
		return arrow.PrimitiveTypes.Uint32
	}
	return arrow.PrimitiveTypes.Int32
}

func int64Meaning(l *xparquet.LogicalType, c xparquet.ConvertedType) arrow.DataType {
	switch {
	case l.TIMESTAMP != nil:
		zone := ""
		if l.TIMESTAMP.IsAdjustedToUTC {
			zone = "UTC"
		}
		return &arrow.TimestampType{Unit: arrowUnit(l.TIMESTAMP.Unit), TimeZone: zone}
	case c == xparquet.ConvertedType_TIMESTAMP_MILLIS:
		return &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}
	case c == xparquet.ConvertedType_TIMESTAMP_MICROS:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	case l.TIME != nil:
		return &arrow.Time64Type{Unit: arrowUnit(l.TIME.Unit)}
	case c == xparquet.ConvertedType_TIME_MICROS:
		return arrow.FixedWidthTypes.Time64us
	}
	if _, signed := integerMeaning(l, c); !signed {
		return arrow.PrimitiveTypes.Uint64
	}
	return arrow.PrimitiveTypes.Int64
}

func integerMeaning(l *xparquet.LogicalType, c xparquet.ConvertedType) (bits int8, signed bool) {
	if l.INTEGER != nil {
		return l.INTEGER.BitWidth, l.INTEGER.IsSigned
	}
	switch c {
	case xparquet.ConvertedType_INT_8:
		return 8, true
	case xparquet.ConvertedType_INT_16:
		return 16, true
	case xparquet.ConvertedType_UINT_8:
		return 8, false
	case xparquet.ConvertedType_UINT_16:
		return 16, false
	case xparquet.ConvertedType_UINT_32:
		return 32, false
	case xparquet.ConvertedType_UINT_64:
		return 64, false
	}
	return 0, true
}

func arrowUnit(u *xparquet.TimeUnit) arrow.TimeUnit {
	switch {
	case u != nil && u.NANOS != nil:
		return arrow.Nanosecond
	case u != nil && u.MICROS != nil:
		return arrow.Microsecond
	}
	return arrow.Millisecond
}

// restore returns the type that a column had in Arrow before it was written,
// as far as values of the type in the file can be turned into it; else the
// type in the file. Dictionaries get 32-bit indices.
func restore(inFile, before arrow.DataType) arrow.DataType {
	if before == nil || arrow.TypeEqual(inFile, before) {
		return inFile
	}
	switch b := before.(type) {
	case *arrow.DictionaryType:
		if inFile.ID() == arrow.STRING {
			return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
		}
	case *arrow.TimestampType:
		f, ok := inFile.(*arrow.TimestampType)
		same := ok && (f.Unit == b.Unit || f.Unit == arrow.Millisecond && b.Unit == arrow.Second)
		if same && (f.TimeZone == "") == (b.TimeZone == "") {
			return b
		}
	case *arrow.Time32Type:
		if inFile.ID() == arrow.TIME32 {
			return b
		}
	case *arrow.LargeStringType:
		if inFile.ID() == arrow.STRING {
			return b
		}
	case *arrow.LargeBinaryType:
		if inFile.ID() == arrow.BINARY {
			return b
		}
	case *arrow.Date64Type:
		if inFile.ID() == arrow.DATE32 {
			return b
		}
	case *arrow.DurationType:
		if inFile.ID() == arrow.INT64 {
			return b
		}
	}
	return inFile
}
