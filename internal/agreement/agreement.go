// Package agreement measures how far codings of the same units agree.
package agreement

import (
	"cmp"
	"slices"
)

// Tally counts codings of units. Its memory grows with the different codes and the pairs
// of them that some unit has, not with the units. The zero value is empty.
type Tally struct {
	units  int64
	totals map[string]int64
	pairs  map[pair]int64
}

// pair are two different codes of a unit with a number of codings, in order.
type pair struct {
	a, b    string
	codings int
}

// Add counts the codes of a unit, one a coding, without those that are missing. A unit
// with fewer than two is left out: nothing in it can agree.
func (t *Tally) Add(codes ...string) {
	if len(codes) < 2 {
		return
	}
	if t.totals == nil {
		t.totals, t.pairs = map[string]int64{}, map[pair]int64{}
	}
	t.units++
	for i, a := range codes {
		t.totals[a]++
		for _, b := range codes[:i] {
			if a != b {
				t.pairs[pair{min(a, b), max(a, b), len(codes)}]++
			}
		}
	}
}

// Codes is the number of different codes.
func (t *Tally) Codes() int { return len(t.totals) }

// Units is the number of units with at least two codings.
func (t *Tally) Units() int64 { return t.units }

// Alpha is Krippendorff's alpha of the codings that were counted (Krippendorff, K. (2011):
// Computing Krippendorff's Alpha-Reliability, University of Pennsylvania, section D):
// 1 - Do/De, where Do is the observed disagreement and De that expected by chance, both
// by the difference of two codes on the scale. It is 1 for perfect agreement and 0 for
// chance. The level is that of the scale, or nominal where some code has no place on it.
// known is false where alpha is not defined: without two codings, or where all codes are
// equal.
func (t *Tally) Alpha(on Scale) (alpha float64, level Level, known bool) {
	values, at, level := on.place(t.totals)
	var n float64
	for _, v := range values {
		n += v.n
	}
	distance := distances(level, values)
	var chance float64
	for i := range values {
		for k := range i {
			chance += values[i].n * values[k].n * distance(k, i)
		}
	}
	if chance == 0 {
		return 0, level, false
	}
	var disagree float64
	for _, p := range t.sorted() {
		i, k := at[p.a], at[p.b]
		disagree += float64(t.pairs[p]) / float64(p.codings-1) * distance(min(i, k), max(i, k))
	}
	return 1 - (n-1)*disagree/chance, level, true
}

// sorted are the pairs in an order that sums do not depend on chance for.
func (t *Tally) sorted() []pair {
	all := make([]pair, 0, len(t.pairs))
	for p := range t.pairs {
		all = append(all, p)
	}
	slices.SortFunc(all, func(x, y pair) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), x.codings-y.codings)
	})
	return all
}
