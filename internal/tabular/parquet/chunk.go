package parquet

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// batchEntries is the number of entries that are decoded at once.
const batchEntries = 4096

// chunk is a column of a row group while it is read. Its entries are values,
// nulls and the beginnings of lists; the values of those that have one stand
// apart, without gaps.
type chunk struct {
	leaf   *leaf
	reader file.ColumnChunkReader
	values dense
	defs   []int16
	reps   []int16
	n      int // entries that are decoded
	at     int // the current one
	value  int // the current one's value, if it has one
	left   int64
}

// dense are decoded values, in the slice of their physical type.
type dense struct {
	bools  []bool
	int32s []int32
	int64s []int64
	int96s []parquet.Int96
	floats []float32
	double []float64
	bytes  []parquet.ByteArray
	fixed  []parquet.FixedLenByteArray
}

func openChunk(r io.ReaderAt, end int64, l *leaf, m *xparquet.ColumnMetaData) (*chunk, error) {
	c := &chunk{leaf: l, left: m.NumValues}
	c.reader = file.NewColumnReader(l.descr, newPages(r, end, l, m), memory.NewGoAllocator(), &sync.Pool{})
	n := int(min(batchEntries, m.NumValues))
	c.defs, c.reps = make([]int16, n), make([]int16, n)
	switch c.reader.(type) {
	case *file.BooleanColumnChunkReader:
		c.values.bools = make([]bool, n)
	case *file.Int32ColumnChunkReader:
		c.values.int32s = make([]int32, n)
	case *file.Int64ColumnChunkReader:
		c.values.int64s = make([]int64, n)
	case *file.Int96ColumnChunkReader:
		c.values.int96s = make([]parquet.Int96, n)
	case *file.Float32ColumnChunkReader:
		c.values.floats = make([]float32, n)
	case *file.Float64ColumnChunkReader:
		c.values.double = make([]float64, n)
	case *file.ByteArrayColumnChunkReader:
		c.values.bytes = make([]parquet.ByteArray, n)
	case *file.FixedLenByteArrayColumnChunkReader:
		c.values.fixed = make([]parquet.FixedLenByteArray, n)
	default:
		return nil, errors.New("values of an unknown type")
	}
	return c, nil
}

// fill decodes further entries if none is left of those decoded, and reports
// whether there is one.
func (c *chunk) fill() (bool, error) {
	if c.at < c.n {
		return true, nil
	}
	if c.left == 0 {
		return false, nil
	}
	want := min(batchEntries, c.left)
	n, got, err := c.decode(want)
	if err == nil {
		err = c.reader.Err()
	}
	if err != nil {
		return false, err
	}
	if n <= 0 || n > want {
		return false, fmt.Errorf("%d values are missing", c.left)
	}
	c.n, c.at, c.value, c.left = int(n), 0, 0, c.left-n
	return true, c.checkLevels(got)
}

// checkLevels reports levels that the column cannot have, and a count of
// values that is not what the levels say.
func (c *chunk) checkLevels(got int) error {
	want := c.n
	if c.leaf.def > 0 {
		want = 0
		for _, d := range c.defs[:c.n] {
			if d < 0 || d > c.leaf.def {
				return fmt.Errorf("a definition level is %d", d)
			}
			if d == c.leaf.def {
				want++
			}
		}
	}
	if c.leaf.rep > 0 {
		for _, r := range c.reps[:c.n] {
			if r < 0 || r > c.leaf.rep {
				return fmt.Errorf("a repetition level is %d", r)
			}
		}
	}
	if got != want {
		return fmt.Errorf("%d values stand where there must be %d", got, want)
	}
	return nil
}

func (c *chunk) decode(n int64) (entries int64, values int, err error) {
	v := &c.values
	switch r := c.reader.(type) {
	case *file.BooleanColumnChunkReader:
		return r.ReadBatch(n, v.bools, c.defs, c.reps)
	case *file.Int32ColumnChunkReader:
		return r.ReadBatch(n, v.int32s, c.defs, c.reps)
	case *file.Int64ColumnChunkReader:
		return r.ReadBatch(n, v.int64s, c.defs, c.reps)
	case *file.Int96ColumnChunkReader:
		return r.ReadBatch(n, v.int96s, c.defs, c.reps)
	case *file.Float32ColumnChunkReader:
		return r.ReadBatch(n, v.floats, c.defs, c.reps)
	case *file.Float64ColumnChunkReader:
		return r.ReadBatch(n, v.double, c.defs, c.reps)
	case *file.ByteArrayColumnChunkReader:
		return r.ReadBatch(n, v.bytes, c.defs, c.reps)
	case *file.FixedLenByteArrayColumnChunkReader:
		return r.ReadBatch(n, v.fixed, c.defs, c.reps)
	}
	return 0, 0, nil
}

// def and rep return the levels of the current entry.
func (c *chunk) def() int16 {
	if c.leaf.def == 0 {
		return 0
	}
	return c.defs[c.at]
}

func (c *chunk) rep() int16 {
	if c.leaf.rep == 0 {
		return 0
	}
	return c.reps[c.at]
}

// next goes on from the current entry.
func (c *chunk) next() {
	if c.def() == c.leaf.def {
		c.value++
	}
	c.at++
}

// more reports whether the current entry continues a list of the level.
func (c *chunk) more(level int16) (bool, error) {
	ok, err := c.fill()
	return ok && c.rep() >= level, err
}
