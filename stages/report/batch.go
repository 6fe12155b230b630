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

// null reports whether a cell is empty.
func (b *batch) null(column int) bool {
	text := b.texts[column]
	return text != nil && text.IsNull(b.i) || b.rec.Column(column).IsNull(b.i)
}

// code counts the row for a variable.
func (b *batch) code(v *variable) {
	v.last = uncoded
	if share := b.number(v.agreement); share >= 0 && share <= 1 {
		v.agreed.add(share)
	}
	if v.form == numbers {
		b.measure(v)
		return
	}
	if b.null(v.codeColumn.code) {
		v.empty++
		return
	}
	codes := b.codes(v.codeColumn)
	p := b.number(v.probability)
	certain := !math.IsNaN(p) && v.certainty.add(p)
	full := func() *row { return b.row(&v.codeColumn) }
	if v.coded++; len(codes) == 0 {
		v.bare++
	}
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
	v.drawn.offer(place{lot: b.lot, key: b.key}, full)
	if certain {
		v.least.offer(place{p, b.lot, b.key}, full)
	}
}

// measure adds the row's number to those of a variable.
func (b *batch) measure(v *variable) {
	x := b.number(v.codeColumn.code)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		v.empty++
		return
	}
	v.coded++
	v.numbers.add(x)
}

// codes returns the categories of a cell, none where it is null. They are
// valid until the next call.
func (b *batch) codes(c codeColumn) []string {
	if b.null(c.code) {
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

// number returns the number in a column, NaN where there is none or no such
// column.
func (b *batch) number(column int) float64 {
	if column < 0 || b.null(column) {
		return math.NaN()
	}
	switch a := b.rec.Column(column).(type) {
	case *array.Float64:
		return a.Value(b.i)
	case *array.Int64:
		return float64(a.Value(b.i))
	}
	switch v := columns.Value(b.rec.Column(column), b.i).(type) { // of other widths
	case float64:
		return v
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
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
	coder := ""
	if b.image >= 0 {
		r.image = b.picture(b.format(b.image))
	}
	if v != nil {
		coder = v.stage
		for _, name := range b.codes(*v) {
			r.codes = append(r.codes, copied(clip(name, maxValue)))
		}
		if r.probability = b.number(v.probability); v.phrase >= 0 {
			r.phrase = copied(clip(b.format(v.phrase), maxName))
		}
	}
	if v == nil || v.stage != "" {
		r.answers = b.answers(coder)
	}
	r.texts, r.regions = b.readings(), b.regions()
	if r.way = b.way(coder); coder == "" {
		r.way = nil
	}
	for _, at := range b.show {
		value := copied(clip(b.format(at), maxValue))
		r.show = append(r.show, field{b.schema.Field(at).Name, value})
	}
	return r
}
