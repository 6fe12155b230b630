package report

import (
	"cmp"
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
)

// lot gives the place of keys in the draw of the rows that are shown. It does
// not repeat the draw of the kind sample, which may have chosen the rows.
type lot struct {
	prefix, text []byte
}

func newLot(seed uint64) *lot {
	return &lot{prefix: append(strconv.AppendUint([]byte("report:"), seed, 10), ':')}
}

// of returns the first 64 bits of the SHA-256 of "report:SEED:KEY".
func (l *lot) of(key string) uint64 {
	l.text = append(append(l.text[:0], l.prefix...), key...)
	sum := sha256.Sum256(l.text)
	return binary.BigEndian.Uint64(sum[:8])
}

// place orders rows: by rank, then by lot, then by key.
type place struct {
	rank float64
	lot  uint64
	key  string
}

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(p.rank, o.rank), cmp.Compare(p.lot, o.lot), strings.Compare(p.key, o.key))
}

// drawn is a row that has a place.
type drawn struct {
	place
	row *row
}

// lowest keeps the rows with the n lowest places of all that it is offered. As
// a heap, its first is the highest of them.
type lowest struct {
	n    int
	rows []drawn
}

// offer takes the row in if its place is among the lowest; make copies it then.
func (l *lowest) offer(p place, make func() *row) {
	if l.n == 0 || len(l.rows) == l.n && p.compare(l.rows[0].place) >= 0 {
		return
	}
	r := make()
	p.key = r.key
	if len(l.rows) < l.n {
		heap.Push(l, drawn{p, r})
		return
	}
	l.rows[0] = drawn{p, r}
	heap.Fix(l, 0)
}

// sorted returns the rows, lowest place first.
func (l *lowest) sorted() []*row {
	all := slices.Clone(l.rows)
	slices.SortFunc(all, func(a, b drawn) int { return a.compare(b.place) })
	out := make([]*row, len(all))
	for i, d := range all {
		out[i] = d.row
	}
	return out
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (l *lowest) Len() int { return len(l.rows) }

// Less puts the highest place first.
func (l *lowest) Less(i, j int) bool { return l.rows[i].compare(l.rows[j].place) > 0 }

// Swap swaps two rows.
func (l *lowest) Swap(i, j int) { l.rows[i], l.rows[j] = l.rows[j], l.rows[i] }

// Push adds a row at the end.
func (l *lowest) Push(x any) { l.rows = append(l.rows, x.(drawn)) }

// Pop removes the last row.
func (l *lowest) Pop() any {
	last := l.rows[len(l.rows)-1]
	l.rows = l.rows[:len(l.rows)-1]
	return last
}
