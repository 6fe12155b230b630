package report

import "slices"

// cross counts how the categories of two variables meet in rows that have
// both.
type cross struct {
	a, b   *variable
	counts map[[2]int]int64
	rows   int64
}

// add counts the row that both variables have just counted.
func (x *cross) add() {
	if x.a.last < 0 || x.b.last < 0 {
		return
	}
	x.rows++
	x.counts[[2]int{x.a.last, x.b.last}]++
}

// sameQuestion reports whether both variables can be answers to one question:
// two variables of one coder are not, nor are two of yes and no with different
// names.
func (x *cross) sameQuestion() bool {
	if x.a.yesOrNo() && x.b.yesOrNo() && x.a.variable != "" && x.b.variable != "" && x.a.variable != x.b.variable {
		return false
	}
	return x.a.stage == "" || x.a.stage != x.b.stage
}

// comparable returns the categories of both variables, and true, if the
// categories of one are all among those of the other: then both answer the
// same question, and agreement means something.
func (x *cross) comparable() ([]string, bool) {
	if !x.sameQuestion() {
		return nil, false
	}
	long, short := x.a, x.b
	if len(short.names) > len(long.names) {
		long, short = short, long
	}
	for _, name := range short.names {
		if _, ok := long.index[name]; !ok {
			return nil, false
		}
	}
	return long.names, len(short.names) > 0
}

// agreement returns the share of rows with the same category, and Cohen's
// kappa: (p - e) / (1 - e), where e is the share that agrees by chance, the
// sum over categories of the product of their shares (Cohen 1960, doi
// 10.1177/001316446002000104). defined is false where e is 1 or there are no
// rows.
func (x *cross) agreement() (share, kappa float64, defined bool) {
	var same int64
	rows, cols := map[string]int64{}, map[string]int64{}
	for at, n := range x.counts {
		a, b := x.a.names[at[0]], x.b.names[at[1]]
		if a == b {
			same += n
		}
		rows[a] += n
		cols[b] += n
	}
	if x.rows == 0 {
		return 0, 0, false
	}
	var products int64 // whole numbers: their sum has no order
	for name, n := range rows {
		products += n * cols[name]
	}
	n := float64(x.rows)
	share = float64(same) / n
	chance := float64(products) / (n * n)
	if products == x.rows*x.rows {
		return share, 0, false
	}
	return share, (share - chance) / (1 - chance), true
}

// met returns the indices of a variable's categories that occur in the table,
// in their order.
func (x *cross) met(side int) []int {
	var out []int
	for at := range x.counts {
		if !slices.Contains(out, at[side]) {
			out = append(out, at[side])
		}
	}
	slices.Sort(out)
	return out
}
