package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// appender appends the value at index i of a chunk's decoded values to a
// builder.
type appender func(i int) error

var errNoWay = errors.New("values that the column's type cannot hold")

type builder[T any] interface{ Append(T) }

// direct appends values after a conversion that cannot fail.
func direct[F, T any](from *[]F, b builder[T], convert func(F) T) appender {
	return func(i int) error {
		b.Append(convert((*from)[i]))
		return nil
	}
}

func same[T any](v T) T { return v }

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

func to[T, F integer](v F) T { return T(v) }

// narrow appends integers that must fit the narrower type.
func narrow[T interface {
	~int8 | ~int16 | ~uint8 | ~uint16
}](from *[]int32, b builder[T]) appender {
	return func(i int) error {
		v := (*from)[i]
		if t := T(v); int32(t) == v {
			b.Append(t)
			return nil
		}
		return fmt.Errorf("%d does not fit the column's type", v)
	}
}

// appenderTo returns the appender of a chunk's values to a builder of the type
// that meaningOf and restore gave for it.
func appenderTo(b array.Builder, c *chunk, k kind) (appender, error) {
	v := &c.values
	switch k {
	case decimalText:
		return decimals(b.(stringLike), c), nil
	case uuidText:
		return uuids(b.(stringLike), c), nil
	case julianTime:
		return julian(b.(*array.TimestampBuilder), c), nil
	case intervalText:
		return intervals(b.(stringLike), c), nil
	case halfFloat:
		return halves(b.(*array.Float32Builder), c), nil
	}
	switch b := b.(type) {
	case *array.NullBuilder:
		return func(int) error { b.AppendNull(); return nil }, nil // some writers put fillers there
	case *array.BooleanBuilder:
		return direct(&v.bools, b, same[bool]), nil
	case *array.Int8Builder:
		return narrow(&v.int32s, b), nil
	case *array.Int16Builder:
		return narrow(&v.int32s, b), nil
	case *array.Int32Builder:
		return direct(&v.int32s, b, same[int32]), nil
	case *array.Int64Builder:
		return direct(&v.int64s, b, same[int64]), nil
	case *array.Uint8Builder:
		return narrow(&v.int32s, b), nil
	case *array.Uint16Builder:
		return narrow(&v.int32s, b), nil
	case *array.Uint32Builder:
		return direct(&v.int32s, b, to[uint32, int32]), nil
	case *array.Uint64Builder:
		return direct(&v.int64s, b, to[uint64, int64]), nil
	case *array.Float32Builder:
		return direct(&v.floats, b, same[float32]), nil
	case *array.Float64Builder:
		return direct(&v.double, b, same[float64]), nil
	case *array.Date32Builder:
		return direct(&v.int32s, b, to[arrow.Date32, int32]), nil
	case *array.Date64Builder:
		return direct(&v.int32s, b, func(d int32) arrow.Date64 { return arrow.Date64(d) * msPerDay }), nil
	case *array.Time64Builder:
		return direct(&v.int64s, b, to[arrow.Time64, int64]), nil
	case *array.DurationBuilder:
		return direct(&v.int64s, b, to[arrow.Duration, int64]), nil
	case *array.Time32Builder:
		by := secondsOf(b.Type())
		return func(i int) error { return whole(b, int64(v.int32s[i]), by, to[arrow.Time32, int64]) }, nil
	case *array.TimestampBuilder:
		by := secondsOf(b.Type())
		return func(i int) error { return whole(b, v.int64s[i], by, to[arrow.Timestamp, int64]) }, nil
	case *array.FixedSizeBinaryBuilder:
		return func(i int) error { b.Append(v.fixed[i]); return nil }, nil
	case *array.BinaryBuilder:
		return func(i int) error { b.Append(v.bytes[i]); return nil }, nil
	case stringLike:
		return texts(b, c), nil
	case *array.BinaryDictionaryBuilder:
		return dictionaryTexts(b, c), nil
	}
	return nil, errNoWay
}

// secondsOf returns by how much values in the file are divided: a thousand
// where the column has seconds, which Parquet lacks, else one.
func secondsOf(t arrow.DataType) int64 {
	switch t := t.(type) {
	case *arrow.Time32Type:
		if t.Unit == arrow.Second {
			return 1000
		}
	case *arrow.TimestampType:
		if t.Unit == arrow.Second {
			return 1000
		}
	}
	return 1
}

func whole[T any](b builder[T], v, by int64, convert func(int64) T) error {
	if v%by != 0 {
		return fmt.Errorf("%d ms are no whole seconds", v)
	}
	b.Append(convert(v / by))
	return nil
}

// stringLike are the builders of utf8 and large utf8.
type stringLike interface {
	array.Builder
	Append(string)
	BinaryBuilderLike
}

// BinaryBuilderLike tells text builders from others.
type BinaryBuilderLike interface{ ReserveData(int) }

func checkText(raw []byte) error {
	if utf8.Valid(raw) {
		return nil
	}
	return fmt.Errorf("the text %.40q is not UTF-8", raw)
}

func texts(b stringLike, c *chunk) appender {
	return func(i int) error {
		raw := c.values.bytes[i]
		b.Append(string(raw))
		return checkText(raw)
	}
}

func dictionaryTexts(b *array.BinaryDictionaryBuilder, c *chunk) appender {
	return func(i int) error {
		raw := c.values.bytes[i]
		if err := checkText(raw); err != nil {
			return err
		}
		return b.AppendString(string(raw))
	}
}

// julian reads INT96: nanoseconds of a day, and its Julian number.
func julian(b *array.TimestampBuilder, c *chunk) appender {
	const unixEpoch, nanosPerDay = 2440588, 24 * 60 * 60 * 1e9
	return func(i int) error {
		raw := c.values.int96s[i]
		nanos := int64(binary.LittleEndian.Uint64(raw[:8]))
		day := int64(binary.LittleEndian.Uint32(raw[8:])) - unixEpoch
		const far = math.MaxInt64/int64(nanosPerDay) - 1
		if day > far || day < -far || nanos < -int64(nanosPerDay) || nanos > 2*int64(nanosPerDay) {
			return fmt.Errorf("the time of day %d after 1970 is outside of the years 1678 to 2262", day)
		}
		b.Append(arrow.Timestamp(day*int64(nanosPerDay) + nanos))
		return nil
	}
}
