package report

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
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
	answers     []answer
	texts       []field // what was read, and what describes the picture
	regions     []regionsOf
	way         *way   // to a merged code, nil for others
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
	nulls     []int64  // by column
	found     []*found // by column of regions, nil for words
	accords   []*accord
	examples  lowest // of all rows, where there is no variable
}

func newCollector(c Config, l *layout, seed uint64) *collector {
	out := &collector{layout: l, lot: newLot(seed), faultRows: 5, nulls: make([]int64, l.schema.NumFields())}
	for _, code := range l.codes {
		out.variables = append(out.variables, newVariable(code, c.PerCategory, c.LeastCertain))
	}
	if !slices.ContainsFunc(out.variables, (*variable).categorical) {
		out.examples.n = 2 * c.PerCategory
	}
	out.pair()
	for _, r := range l.regions {
		var f *found
		if !r.words {
			f = &found{regionColumn: r, at: map[string]int{}}
		}
		out.found = append(out.found, f)
	}
	for _, m := range l.merged {
		out.accords = append(out.accords, newAccord(m))
	}
	for _, s := range l.statuses {
		out.faults = append(out.faults, &faults{s, map[string]int64{}, map[string]*lowest{}})
	}
	return out
}

// pair chooses the variables that are set against each other, those that can
// agree first.
func (c *collector) pair() {
	var of []*cross
	for i, a := range c.variables {
		for _, b := range c.variables[i+1:] {
			if a.categorical() && b.categorical() && !a.multiple && !b.multiple {
				of = append(of, &cross{a: a, b: b, counts: map[[2]int]int64{}})
			}
		}
	}
	slices.SortStableFunc(of, func(x, y *cross) int {
		switch {
		case x.sameQuestion() == y.sameQuestion():
			return 0
		case x.sameQuestion():
			return -1
		}
		return 1
	})
	c.crosses = of[:min(len(of), maxPairs)]
}

// add takes in a batch.
func (c *collector) add(rec arrow.Record) error {
	b := newBatch(c, rec)
	for i, col := range rec.Columns() {
		c.nulls[i] += int64(col.NullN())
	}
	if c.key >= 0 && b.texts[c.key] == nil {
		return fmt.Errorf("the key is %s, not text", rec.Column(c.key).DataType())
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
		for _, f := range c.found {
			if f != nil {
				b.count(f)
			}
		}
		for _, a := range c.accords {
			b.agree(a)
		}
		c.examples.offer(place{lot: b.lot, key: b.key}, func() *row { return b.row(nil) })
		c.rows++
	}
	return nil
}
