package report

import (
	"math"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
	"icono/internal/stage"
)

// batch reads the rows of a record one by one.
type batch struct {
	*collector
	rec   arrow.Record
	texts []*columns.Strings // by column, nil where it is no text

	i   int
	key string // valid as long as the record is
	lot uint64
	one [1]string // what codes returns for most columns
}

func newBatch(c *collector, rec arrow.Record) *batch {
	b := &batch{collector: c, rec: rec, texts: make([]*columns.Strings, rec.NumCols())}
	for i, col := range rec.Columns() {
		if text, ok := columns.Text(col); ok {
			b.texts[i] = &text
		}
	}
	return b
}

// format returns the text of a cell.
func (b *batch) format(column int) string {
	if text := b.texts[column]; text != nil {
		return text.At(b.i)
	}
	return columns.Format(b.rec.Column(column), b.i)
}

// at goes to a row. Rows without a key are known by their number.
func (b *batch) at(i int) {
	b.i = i
	if b.collector.key >= 0 {
		b.key = b.format(b.collector.key)
	} else {
		b.key = "row " + strconv.FormatInt(b.rows+1, 10)
	}
	b.lot = b.collector.lot.of(b.key)
}

// code counts the row for a variable.
func (b *batch) code(v *variable) {
	codes := b.codes(v.codeColumn)
	v.last = uncoded
	if len(codes) == 0 {
		v.empty++
		return
	}
	v.coded++
	p := b.probability(v.codeColumn)
	certain := !math.IsNaN(p) && v.certainty.add(p)
	full := func() *row { return b.row(&v.codeColumn) }
	for _, name := range codes {
		v.last = v.category(name)
		if v.last == further {
			v.beyond++
			continue
		}
		n := &v.counts[v.last]
		n.rows++
		if certain {
			n.n, n.sum = n.n+1, n.sum+p
		}
		v.examples[v.last].offer(place{lot: b.lot, key: b.key}, full)
	}
	if certain {
		v.least.offer(place{p, b.lot, b.key}, full)
	}
}

// codes returns the categories of a cell, none where it is null. They are
// valid until the next call.
func (b *batch) codes(c codeColumn) []string {
	if text := b.texts[c.code]; text != nil && text.IsNull(b.i) || b.rec.Column(c.code).IsNull(b.i) {
		return nil
	}
	if !c.multiple {
		b.one[0] = b.format(c.code)
		return b.one[:]
	}
	var out []string
	list, _ := columns.Value(b.rec.Column(c.code), b.i).([]any)
	for _, v := range list {
		if s, ok := v.(string); ok && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// probability returns how certain the coder was, NaN where it did not say.
func (b *batch) probability(c codeColumn) float64 {
	if c.probability < 0 {
		return math.NaN()
	}
	switch a := b.rec.Column(c.probability).(type) {
	case *array.Float64:
		if a.IsValid(b.i) {
			return a.Value(b.i)
		}
	case *array.Float32:
		if a.IsValid(b.i) {
			return float64(a.Value(b.i))
		}
	}
	return math.NaN()
}

// status counts how the row went in a stage.
func (b *batch) status(f *faults) {
	status := clip(b.format(f.status), maxName)
	if _, known := f.counts[status]; !known {
		if len(f.counts) >= 2*len(stage.Statuses()) {
			status = "other"
		}
		status = copied(status)
	}
	f.counts[status]++
	if status == string(stage.OK) {
		return
	}
	if f.examples[status] == nil {
		f.examples[status] = &lowest{n: b.faultRows}
	}
	// The first rows in the order of the table.
	f.examples[status].offer(place{rank: float64(b.rows), key: b.key}, func() *row {
		r := b.row(nil)
		if f.text >= 0 {
			r.fault = copied(clip(b.format(f.text), maxValue))
		}
		return r
	})
}

// row copies what is shown of the row for a variable, or for none.
func (b *batch) row(v *codeColumn) *row {
	r := &row{key: copied(clip(b.key, maxName)), probability: math.NaN()}
	if b.image >= 0 {
		r.image = b.picture(b.format(b.image))
	}
	if v != nil {
		for _, name := range b.codes(*v) {
			r.codes = append(r.codes, copied(clip(name, maxName)))
		}
		if r.probability = b.probability(*v); v.phrase >= 0 {
			r.phrase = copied(clip(b.format(v.phrase), maxName))
		}
	}
	for _, at := range b.show {
		value := copied(clip(b.format(at), maxValue))
		r.show = append(r.show, field{b.schema.Field(at).Name, value})
	}
	return r
}
