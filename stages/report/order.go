package report

import (
	"slices"
	"strings"
)

// order puts categories that were not declared into an order of their own:
// frequent ones first, then by name. Declared ones come before them.
func (v *variable) order() {
	fixed := v.declared
	at := make([]int, len(v.names))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at[fixed:], func(a, b int) int {
		if d := v.counts[b].rows - v.counts[a].rows; d != 0 {
			return int(max(-1, min(1, d)))
		}
		return strings.Compare(v.names[a], v.names[b])
	})
	v.arrange(at)
}

// arrange puts the categories at the given indices into their order.
func (v *variable) arrange(at []int) {
	names, counts, examples := make([]string, len(at)), make([]count, len(at)), make([]lowest, len(at))
	for to, from := range at {
		names[to], counts[to], examples[to] = v.names[from], v.counts[from], v.examples[from]
		v.index[names[to]] = to
	}
	v.names, v.counts, v.examples, v.ranks = names, counts, examples, make([]int, len(at))
	for to, from := range at {
		v.ranks[from] = to
	}
}
