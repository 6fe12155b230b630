package report

import (
	"fmt"
	"math"
	"strconv"
)

// bars draws the categories of a variable, longest bar 100 wide.
func (v *variable) bars() []bar {
	most := max(v.empty, v.bare, v.beyond, 1)
	for _, c := range v.counts {
		most = max(most, c.rows)
	}
	var out []bar
	for i, name := range v.names {
		b := newBar(name, v.counts[i].rows, v.coded, most)
		if c := v.counts[i]; c.n > 0 {
			b.Mean = chance(c.sum / float64(c.n))
		}
		out = append(out, b)
	}
	apart := func(label string, n, of int64) {
		b := newBar(label, n, of, most)
		b.Apart = true
		out = append(out, b)
	}
	if v.beyond > 0 {
		apart("further categories", v.beyond, v.coded)
	}
	if v.bare > 0 {
		apart("none of the codes", v.bare, v.coded)
	}
	without := "no code"
	if v.form == writing {
		without = "no text"
	}
	apart(without, v.empty, -1)
	return out
}

// valueBars draws numbers of a variable.
func (v *variable) valueBars(values []float64) []bar {
	most := max(v.empty, 1)
	for _, n := range v.numbers.counts {
		most = max(most, n)
	}
	var out []bar
	for _, x := range values {
		out = append(out, newBar(amount(x), v.numbers.counts[x], v.coded, most))
	}
	last := newBar("no number", v.empty, -1, most)
	last.Apart = true
	return append(out, last)
}

// newBar draws n rows beside a bar of most, as a share of others; of -1 has none.
func newBar(label string, n, of, most int64) bar {
	b := bar{Label: label, N: n, Width: length(100 * float64(n) / float64(most))}
	if of >= 0 {
		b.Share = percent(n, of)
	}
	return b
}

// columns draws the bars of a histogram, and the highest count.
func (h *histogram) columns() ([]column, int64) {
	var classes []class
	for i, n := range h.bars() {
		classes = append(classes, class{float64(i) / bins, float64(i+1) / bins, n})
	}
	out, most := histogramColumns(classes)
	for i, c := range classes {
		out[i].From, out[i].To = strconv.FormatFloat(c.from, 'f', 2, 64), strconv.FormatFloat(c.to, 'f', 2, 64)
	}
	return out, most
}

// histogramColumns draws classes of equal width, and the highest count.
func histogramColumns(classes []class) ([]column, int64) {
	most := int64(1)
	for _, c := range classes {
		most = max(most, c.n)
	}
	width := 100 / float64(len(classes))
	gap := width / 12
	var out []column
	for i, c := range classes {
		height := 100 * float64(c.n) / float64(most)
		out = append(out, column{X: length(float64(i)*width + gap), Width: length(width - 2*gap), Y: length(100 - height), Height: length(height),
			From: amount(c.from), To: amount(c.to), N: c.n})
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
