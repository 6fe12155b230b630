package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
)

// maxPairs is the number of pairs of variables that are set against each other.
const maxPairs = 6

// row is what the report keeps of a row that it shows. Its texts are copies.
type row struct {
	key         string
	image       string // path as the study opens it, "" where the row has none
	codes       []string
	phrase      string
	probability float64 // NaN where there is none
	show        []field
	fault       string // the error of a status
}

// field is a named value of a row.
type field struct{ Name, Value string }

// faults are the rows of one stage by how they went.
type faults struct {
	statusColumn
	counts   map[string]int64
	examples map[string]*lowest
}

// collector sees every row once, in batches of any size, and keeps an amount
// that does not depend on how many there are.
type collector struct {
	*layout
	lot       *lot
	faultRows int // examples kept of each status
	rows      int64
	variables []*variable
	crosses   []*cross
	faults    []*faults
	nulls     []int64 // by column
	examples  lowest  // of all rows, where there is no variable
}

func newCollector(c Config, l *layout, seed uint64) *collector {
	out := &collector{layout: l, lot: newLot(seed), faultRows: 5, nulls: make([]int64, l.schema.NumFields())}
	for _, code := range l.codes {
		out.variables = append(out.variables, newVariable(code, c.PerCategory, c.LeastCertain))
	}
	if len(l.codes) == 0 {
		out.examples.n = 2 * c.PerCategory
	}
	for i, a := range out.variables {
		for _, b := range out.variables[i+1:] {
			if len(out.crosses) < maxPairs && !a.multiple && !b.multiple {
				out.crosses = append(out.crosses, &cross{a: a, b: b, counts: map[[2]int]int64{}})
			}
		}
	}
	for _, s := range l.statuses {
		out.faults = append(out.faults, &faults{s, map[string]int64{}, map[string]*lowest{}})
	}
	return out
}

// add takes in a batch.
func (c *collector) add(rec arrow.Record) error {
	b := &batch{collector: c, rec: rec}
	for i, col := range rec.Columns() {
		c.nulls[i] += int64(col.NullN())
	}
	if c.key >= 0 {
		key, ok := columns.Text(rec.Column(c.key))
		if !ok {
			return fmt.Errorf("the key is %s, not text", rec.Column(c.key).DataType())
		}
		b.keys = &key
	}

	for i := range int(rec.NumRows()) {
		b.at(i)
		for _, v := range c.variables {
			b.code(v)
		}
		for _, x := range c.crosses {
			x.add()
		}
		for _, f := range c.faults {
			b.status(f)
		}
		c.examples.offer(place{lot: b.lot, key: b.key}, func() *row { return b.row(nil) })
		c.rows++
	}
	return nil
}

// batch reads the rows of a record one by one.
type batch struct {
	*collector
	rec  arrow.Record
	keys *columns.Strings

	i   int
	key string // valid as long as the record is
	lot uint64
}

// at goes to a row. Rows without a key are known by their number.
func (b *batch) at(i int) {
	b.i = i
	if b.keys != nil {
		b.key = b.keys.At(i)
	} else {
		b.key = "row " + strconv.FormatInt(b.rows+1, 10)
	}
	b.lot = b.collector.lot.of(b.key)
}

// code counts the row for a variable.
func (b *batch) code(v *variable) {
	codes := b.codes(v.code)
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

// codes returns the categories of a cell, none where it is null.
func (b *batch) codes(column int) []string {
	arr := b.rec.Column(column)
	if arr.IsNull(b.i) {
		return nil
	}
	list, ok := columns.Value(arr, b.i).([]any)
	if !ok {
		return []string{columns.Format(arr, b.i)}
	}
	var out []string
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
	if p, ok := columns.Value(b.rec.Column(c.probability), b.i).(float64); ok {
		return p
	}
	return math.NaN()
}

// status counts how the row went in a stage.
func (b *batch) status(f *faults) {
	status := clip(columns.Format(b.rec.Column(f.status), b.i), maxName)
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
			r.fault = copied(clip(columns.Format(b.rec.Column(f.text), b.i), maxValue))
		}
		return r
	})
}

// row copies what is shown of the row for a variable, or for none.
func (b *batch) row(v *codeColumn) *row {
	r := &row{key: copied(clip(b.key, maxName)), probability: math.NaN()}
	if b.image >= 0 {
		r.image = b.picture(columns.Format(b.rec.Column(b.image), b.i))
	}
	if v != nil {
		for _, name := range b.codes(v.code) {
			r.codes = append(r.codes, copied(clip(name, maxName)))
		}
		if r.probability = b.probability(*v); v.phrase >= 0 {
			r.phrase = copied(clip(columns.Format(b.rec.Column(v.phrase), b.i), maxName))
		}
	}
	for _, at := range b.show {
		value := copied(clip(columns.Format(b.rec.Column(at), b.i), maxValue))
		r.show = append(r.show, field{b.schema.Field(at).Name, value})
	}
	return r
}
