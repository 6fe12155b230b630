package report

import (
	"fmt"
)

// maxCross is the number of categories above which a cross-table is not shown.
const maxCross = 40

// crosses sets variables against each other, those that can agree first.
func (m *composer) crosses(p *page) {
	var last []crossTable
	for i, x := range m.all.crosses {
		if x.rows == 0 {
			continue
		}
		a, b := x.met(0), x.met(1)
		names, same := x.comparable()
		if same {
			// One order for both sides puts agreement on the diagonal.
			a, b = x.a.find(names), x.b.find(names)
		}
		if len(a) > maxCross || len(b) > maxCross {
			continue
		}
		t := m.cross(fmt.Sprintf("cross-%d", i+1), x, a, b, same)
		if same {
			p.Crosses = append(p.Crosses, t)
		} else {
			last = append(last, t)
		}
	}
	p.Crosses = append(p.Crosses, last...)
	for i := range p.Crosses {
		c := &p.Crosses[i]
		c.Caption = m.table(say("Rows by ", c.A, " (down) and ", c.B, " (across)."))
	}
	n := 0
	for _, v := range m.all.variables {
		if v.categorical() {
			n++
		}
	}
	if all := n * (n - 1) / 2; all > len(p.Crosses) && m.all.rows > 0 {
		p.Omitted = fmt.Sprintf("Of %s of variables, %s shown: at most %d, none without rows that have both, none with more than %d categories that meet, and none where a row can have several codes.",
			plural(int64(all), "pair", "pairs"), plural(int64(len(p.Crosses)), "is", "are"), maxPairs, maxCross)
	}
}

// find returns the indices of names that the variable has, in the given order.
func (v *variable) find(names []string) []int {
	var out []int
	for _, name := range names {
		if at, ok := v.index[name]; ok {
			out = append(out, at)
		}
	}
	return out
}

func (m *composer) cross(id string, x *cross, a, b []int, same bool) crossTable {
	t := crossTable{ID: id, A: x.a.name, B: x.b.name, Total: x.rows, Sums: make([]int64, len(b))}
	var most int64
	for _, n := range x.counts {
		most = max(most, n)
	}
	for _, c := range b {
		t.Heads = append(t.Heads, x.b.names[c])
	}
	for _, r := range a {
		line := crossRow{Head: x.a.names[r]}
		for i, c := range b {
			n := x.counts[[2]int{r, c}]
			line.Cells = append(line.Cells, cell{n, shade(n, most), same && x.a.names[r] == x.b.names[c]})
			line.Sum += n
			t.Sums[i] += n
		}
		t.Rows = append(t.Rows, line)
	}
	t.Intro = say(fmt.Sprintf("%s coded in both. ", plural(x.rows, "row is", "rows are")))
	share, kappa, defined := x.agreement()
	switch {
	case !x.sameQuestion(): // nobody expects them to agree
	case !same:
		t.Intro = append(t.Intro, word{Text: "The two have different categories, so that there is no agreement to measure."})
	case !defined:
		t.Intro = append(t.Intro, word{Text: fmt.Sprintf("They agree in %s; kappa is not defined, because both give one category only.", share100(share))})
	default:
		t.Intro = append(t.Intro, word{Text: fmt.Sprintf("They agree in %s; Cohen’s kappa is %s (agreement beyond chance, as the shares of both coders would give it).", share100(share), signed(kappa))})
	}
	return t
}

func share100(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

func signed(x float64) string {
	if x < 0 && x > -0.005 {
		x = 0
	}
	if x < 0 {
		return fmt.Sprintf("−%.2f", -x)
	}
	return fmt.Sprintf("%.2f", x)
}

// settle orders the categories of all variables once the last row is in, and
// renames those of the crosses accordingly.
func (c *collector) settle() {
	for _, v := range c.variables {
		v.order()
	}
	for _, x := range c.crosses {
		counts := make(map[[2]int]int64, len(x.counts))
		for at, n := range x.counts {
			counts[[2]int{x.a.ranks[at[0]], x.b.ranks[at[1]]}] = n
		}
		x.counts = counts
	}
}
