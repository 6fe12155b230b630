package report

import (
	"math"
	"strings"
)

// maxCategories is how many categories of a variable are told apart. Rows of
// categories that come after them are counted together.
const maxCategories = 200

// further stands for all categories beyond maxCategories, uncoded for none.
const (
	further = -1
	uncoded = -2
)

// variable is what is counted of one coded column.
type variable struct {
	codeColumn
	names    []string // of the categories: the declared, then others as they came
	index    map[string]int
	counts   []count
	examples []lowest
	declared int // how many come first in names, in the codebook's order
	perRow   int // examples kept of each category

	last                 int   // category of the row counted last
	ranks                []int // where order has put the categories
	coded, empty, beyond int64 // rows with a code, without one, of further categories
	bare                 int64 // of those coded, rows to which none of the codes applies
	certainty            histogram
	agreed               agreed
	numbers              tallied
	least, drawn         lowest
}

// categorical reports whether the variable's values are counted as categories.
func (v *variable) categorical() bool { return v.form == categories }

// agreed is how far several codings of the rows agree.
type agreed struct {
	rows, full int64 // with a share, and with all of one value
	sum        float64
}

func (a *agreed) add(share float64) {
	a.rows++
	a.sum += share
	if share == 1 {
		a.full++
	}
}

// count is what is counted of one category.
type count struct {
	rows int64
	sum  float64 // of probabilities
	n    int64   // of rows with a probability
}

func newVariable(c codeColumn, examples, least int) *variable {
	v := &variable{codeColumn: c, index: map[string]int{}, perRow: examples, least: lowest{n: least}}
	if !v.categorical() { // no row is shown as an example of a category
		v.drawn.n, v.perRow = examples, 0
	}
	for _, name := range c.categories {
		if name = copied(clip(name, maxName)); !v.knows(name) {
			v.enter(name)
		}
	}
	v.declared = len(v.names)
	return v
}

func (v *variable) enter(name string) int {
	v.names = append(v.names, name)
	v.counts = append(v.counts, count{})
	v.examples = append(v.examples, lowest{n: v.perRow})
	v.index[name] = len(v.names) - 1
	return len(v.names) - 1
}

func (v *variable) knows(name string) bool {
	_, ok := v.index[name]
	return ok
}

// category returns the index of a category, or further.
func (v *variable) category(name string) int {
	name = strings.ToValidUTF8(clip(name, maxName), invalid)
	if at, known := v.index[name]; known {
		return at
	}
	if len(v.names) >= max(maxCategories, v.declared) {
		return further
	}
	return v.enter(strings.Clone(name))
}

// bins is the number of bars of a histogram, grain that of the finer classes
// that quantiles are read from.
const (
	bins  = 20
	grain = 50
)

// histogram counts probabilities in classes of equal width from 0 to 1. A
// class holds its lower bound; the last one holds 1 as well.
type histogram struct {
	classes [bins * grain]int64
	n       int64
	outside int64 // not a number from 0 to 1
}

// add counts a probability and reports whether it is one.
func (h *histogram) add(p float64) bool {
	if !(p >= 0 && p <= 1) {
		h.outside++
		return false
	}
	// The small addend keeps 0.15, which binary fractions do not hold, in the
	// class that begins with it.
	h.classes[min(int(math.Floor(p*bins*grain+1e-9)), bins*grain-1)]++
	h.n++
	return true
}

// bars returns the counts of the bars.
func (h *histogram) bars() (out [bins]int64) {
	for i, n := range h.classes {
		out[i/grain] += n
	}
	return out
}

// quantile returns the lower bound of the class that holds the value at q, a
// fraction of the rows; NaN of none.
func (h *histogram) quantile(q float64) float64 {
	rank := max(1, int64(math.Ceil(q*float64(h.n))))
	for i, n := range h.classes {
		if rank -= n; rank <= 0 {
			return float64(i) / (bins * grain)
		}
	}
	return math.NaN()
}
