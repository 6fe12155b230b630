package report

import (
	"fmt"
	"math"
	"strconv"
)

// bars draws the categories of a variable, longest bar 100 wide.
func (v *variable) bars() []bar {
	most := v.empty
	for _, c := range v.counts {
		most = max(most, c.rows)
	}
	most = max(most, v.beyond, 1)
	draw := func(label string, apart bool, n, of int64) bar {
		b := bar{Label: label, Apart: apart, N: n, Width: length(100 * float64(n) / float64(most))}
		if of >= 0 {
			b.Share = percent(n, of)
		}
		return b
	}
	var out []bar
	for i, name := range v.names {
		b := draw(name, false, v.counts[i].rows, v.coded)
		if c := v.counts[i]; c.n > 0 {
			b.Mean = chance(c.sum / float64(c.n))
		}
		out = append(out, b)
	}
	if v.beyond > 0 {
		out = append(out, draw("further categories", true, v.beyond, v.coded))
	}
	return append(out, draw("no code", true, v.empty, -1))
}

// columns draws the bars of a histogram, and the highest count.
func (h *histogram) columns() ([]column, int64) {
	counts, most := h.bars(), int64(1)
	for _, n := range counts {
		most = max(most, n)
	}
	const width = 100.0 / bins
	const gap = width / 12
	var out []column
	for i, n := range counts {
		height := 100 * float64(n) / float64(most)
		out = append(out, column{X: length(float64(i)*width + gap), Width: length(width - 2*gap), Y: length(100 - height), Height: length(height),
			From: strconv.FormatFloat(float64(i)/bins, 'f', 2, 64), To: strconv.FormatFloat(float64(i+1)/bins, 'f', 2, 64), N: n})
	}
	return out, most
}

// spread words median and quartiles.
func (h *histogram) spread() string {
	two := func(q float64) string { return strconv.FormatFloat(h.quantile(q), 'f', 2, 64) }
	return fmt.Sprintf("median %s, quartiles %s and %s", two(0.5), two(0.25), two(0.75))
}

// shade gives the step of a count in a table whose highest count is most.
func shade(n, most int64) int {
	if n == 0 || most == 0 {
		return 0
	}
	return int(math.Ceil(5 * float64(n) / float64(most)))
}
