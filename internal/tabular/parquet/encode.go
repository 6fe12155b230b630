package parquet

import (
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/xitongsys/parquet-go/layout"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// Definition levels. A value's column has 0 for null and 1 for a value.
const (
	listNull    = 0
	listEmpty   = 1
	elementNull = 2
	elementSet  = 3
	memberNull  = 3 // of an element that is a struct
	memberSet   = 4
)

// maxDictionary is the number of distinct values in a row group above which a
// dictionary no longer pays.
const maxDictionary = groupRows / 2

// encoded is one column of a row group: compressed pages, ready to be written.
type encoded struct {
	pages      []*layout.Page
	dictionary *layout.DictRecType // nil: the values stand in the pages
	bounds     bounds
}

// pageBuffer gathers the values of one page.
type pageBuffer struct {
	leaf    *leafColumn
	pack    *packer
	out     *encoded
	values  []any
	codes   []int32 // in place of values, with a dictionary
	defs    []int32
	reps    []int32
	bytes   int
	width   int32 // bits of a code; 0 without a dictionary
	maximum int32 // definition level of a value
}

// encode encodes one column of the batches held.
func (w *Writer) encode(at int) (encoded, error) {
	leaf := w.leaves[at]
	out := encoded{}
	p := &pageBuffer{leaf: leaf, pack: w.pack, out: &out, maximum: 1}
	switch {
	case leaf.member >= 0:
		p.maximum = memberSet
	case leaf.list:
		p.maximum = elementSet
	}
	var codes *codebook
	// Only texts: among floats NaN differs from itself, and -0 equals 0.
	if d, ok := leaf.field.Type.(*arrow.DictionaryType); ok && arrow.IsBaseBinary(d.ValueType.ID()) {
		if codes = w.collect(leaf.column); codes != nil {
			out.dictionary = codes.record(leaf.element.GetType())
			p.width = int32(max(1, bits.Len(uint(len(codes.values)-1))))
		}
	}
	for _, rec := range w.group {
		if err := p.add(rec.Column(leaf.column), codes); err != nil {
			return encoded{}, err
		}
	}
	return out, p.flush()
}

// add encodes the rows of an array.
func (p *pageBuffer) add(arr arrow.Array, codes *codebook) error {
	lists, inner := listOf(arr)
	var items arrow.Array // of a list of structs
	if p.leaf.member >= 0 {
		items, inner = inner, inner.(*array.Struct).Field(p.leaf.member)
	}
	v := valuesOf(inner)
	if v.err != nil {
		return v.err
	}
	p.out.bounds.ordered = v.number != nil
	var code func(i int) int32
	if codes != nil {
		code = codes.coder(arr.(*array.Dictionary))
	}
	for i := range arr.Len() {
		if lists != nil {
			p.list(lists, items, v, i)
		} else {
			p.value(v, i, 0, p.maximum-1, code)
		}
		if p.bytes >= pageBytes || len(p.defs) >= pageValues {
			if err := p.flush(); err != nil {
				return err
			}
		}
	}
	return v.err
}

func (p *pageBuffer) list(lists array.ListLike, items arrow.Array, v *values, i int) {
	if lists.IsNull(i) {
		p.absent(0, listNull)
		return
	}
	from, to := lists.ValueOffsets(i)
	if from == to {
		p.absent(0, listEmpty)
		return
	}
	rep := int32(0)
	for j := int(from); j < int(to); j++ {
		switch {
		case items == nil:
			p.value(v, j, rep, elementNull, nil)
		case items.IsNull(j):
			p.absent(rep, elementNull)
		default:
			p.value(v, j, rep, memberNull, nil)
		}
		rep = 1
	}
}

// value adds a value, or a null at the definition level given.
func (p *pageBuffer) value(v *values, i int, rep, null int32, code func(int) int32) {
	if v.null(i) {
		p.absent(rep, null)
		return
	}
	p.defs, p.reps = append(p.defs, p.maximum), append(p.reps, rep)
	if v.number != nil {
		p.out.bounds.add(v.number(i))
	}
	if v.size != nil {
		p.bytes += v.size(i)
	} else {
		p.bytes += v.width
	}
	if code != nil {
		p.codes = append(p.codes, code(i))
		return
	}
	p.values = append(p.values, v.box(i))
}

func (p *pageBuffer) absent(rep, def int32) {
	p.defs, p.reps = append(p.defs, def), append(p.reps, rep)
	p.bytes++
	p.out.bounds.nulls++
	if p.width == 0 {
		p.values = append(p.values, nil)
	}
}

// flush encodes and compresses what was gathered as a page.
func (p *pageBuffer) flush() error {
	if len(p.defs) == 0 {
		return nil
	}
	page := layout.NewDataPage()
	// The meaning is left out, which xitongsys needs for statistics only.
	page.Schema = &xparquet.SchemaElement{Type: p.leaf.element.Type, TypeLength: p.leaf.element.TypeLength}
	page.Path = []string{p.leaf.path}
	page.CompressType = p.pack.codec
	page.Info.OmitStats = true
	page.DataTable = &layout.Table{DefinitionLevels: p.defs, RepetitionLevels: p.reps, MaxDefinitionLevel: p.maximum, Values: p.values}
	if p.leaf.list {
		page.DataTable.MaxRepetitionLevel = 1
	}
	if p.width > 0 {
		page.Info.Encoding = xparquet.Encoding_PLAIN_DICTIONARY
		page.DictDataPageCompress(p.pack.inner(), p.width, p.codes)
	} else {
		page.DataPageCompress(p.pack.inner())
	}
	if err := p.pack.finish(page); err != nil {
		return err
	}
	page.DataTable = nil
	page.NullCount = new(int64) // for the sum of a chunk with a dictionary; describe replaces it
	p.out.pages = append(p.out.pages, page)
	clear(p.values)
	p.values, p.codes, p.defs, p.reps, p.bytes = p.values[:0], p.codes[:0], p.defs[:0], p.reps[:0], 0
	return nil
}

// codebook numbers the values of a dictionary column in a row group, in the
// order in which rows have them, so that it does not depend on how batches
// laid out their dictionaries.
type codebook struct {
	values []any
	codes  map[any]int32
}

// collect returns the values of a dictionary column, or nil if there are too
// many or none.
func (w *Writer) collect(at int) *codebook {
	c := &codebook{codes: map[any]int32{}}
	for _, rec := range w.group {
		code := c.coder(rec.Column(at).(*array.Dictionary))
		null := valuesOf(rec.Column(at)).null
		for i := range int(rec.NumRows()) {
			if !null(i) {
				code(i)
			}
		}
		if len(c.values) > maxDictionary {
			return nil
		}
	}
	if len(c.values) == 0 {
		return nil
	}
	return c
}

// coder returns the function that numbers the rows, which must not be null, of
// an array.
func (c *codebook) coder(a *array.Dictionary) func(i int) int32 {
	inner := valuesOf(a.Dictionary())
	known := make([]int32, inner.len) // number + 1
	return func(i int) int32 {
		at := a.GetValueIndex(i)
		if n := known[at]; n > 0 {
			return n - 1
		}
		v := inner.box(at)
		n, ok := c.codes[v]
		if !ok {
			n = int32(len(c.values))
			c.codes[v] = n
			c.values = append(c.values, v)
		}
		known[at] = n + 1
		return n
	}
}

func (c *codebook) record(t xparquet.Type) *layout.DictRecType {
	r := layout.NewDictRec(t)
	r.DictSlice = c.values
	return r
}
