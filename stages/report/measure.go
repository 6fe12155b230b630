package report

import (
	"maps"
	"math"
	"slices"
	"strconv"
)

// maxDistinct is how many different numbers of a variable are told apart. With
// more of them there are no quartiles and no chart.
const maxDistinct = 10_000

// tallied are the numbers of a variable.
type tallied struct {
	counts    map[float64]int64 // of each number; nil once there are too many
	many      bool
	n         int64
	mean, m2  float64 // m2 is the sum of squared distances from the mean
	low, high float64
}

// add takes in a finite number. Mean and variance follow Welford 1962, doi
// 10.1080/00401706.1962.10490022.
func (t *tallied) add(x float64) {
	if t.n == 0 {
		t.counts, t.low, t.high = map[float64]int64{}, x, x
	}
	t.n++
	d := x - t.mean
	t.mean += d / float64(t.n)
	t.m2 += d * (x - t.mean)
	t.low, t.high = min(t.low, x), max(t.high, x)
	if t.many {
		return
	}
	if t.counts[x]++; len(t.counts) > maxDistinct {
		t.counts, t.many = nil, true
	}
}

// deviation returns the standard deviation of a sample, NaN of fewer than two
// and of numbers too large to say.
func (t *tallied) deviation() float64 {
	if t.n < 2 || math.IsInf(t.m2, 0) {
		return math.NaN()
	}
	return math.Sqrt(t.m2 / float64(t.n-1))
}

// quantile returns the number at the fraction q of all numbers in their order,
// between two of them the point on the line that joins them (type 7 of Hyndman
// and Fan 1996, doi 10.1080/00031305.1996.10473566, which R and NumPy take).
func (t *tallied) quantile(q float64) float64 {
	at := q * float64(t.n-1)
	rank := int64(at)
	below, above := math.NaN(), math.NaN()
	var seen int64
	for _, x := range t.sorted() {
		seen += t.counts[x]
		if math.IsNaN(below) && seen > rank {
			below = x
		}
		if above = x; seen > rank+1 {
			break
		}
	}
	return below + (at-float64(rank))*(above-below)
}

func (t *tallied) sorted() []float64 { return slices.Sorted(maps.Keys(t.counts)) }

// maxBars is how many numbers have a bar each; more of them are put in classes.
const maxBars = 25

// bars returns the whole numbers from the lowest to the highest, if they are few
// and there are no others.
func (t *tallied) bars() []float64 {
	if t.n == 0 || t.many || t.high-t.low >= maxBars || max(-t.low, t.high) > 1<<53 { // above, whole numbers have gaps
		return nil
	}
	for x := range t.counts {
		if x != math.Trunc(x) {
			return nil
		}
	}
	var out []float64
	for i := range int(t.high-t.low) + 1 {
		out = append(out, t.low+float64(i))
	}
	return out
}

// class is a class of a histogram, from its lower bound up to the next one.
type class struct {
	from, to float64
	n        int64
}

// classes puts the numbers into 6 to 16 classes of a round width.
func (t *tallied) classes() []class {
	width := t.high - t.low
	if t.many || !(width > 0) || math.IsInf(width, 0) {
		return nil
	}
	step := math.Pow(10, math.Floor(math.Log10(width/6)))
	for _, f := range []float64{5, 2} {
		if width/(step*f) >= 6 {
			step *= f
			break
		}
	}
	// The small addend keeps 0.3, which binary fractions do not hold, in the class
	// that begins with it.
	at := func(x float64) float64 { return math.Floor(x/step + 1e-9) }
	first := at(t.low)
	out := make([]class, int(at(t.high)-first)+1)
	for i := range out {
		out[i] = class{from: (first + float64(i)) * step, to: (first + float64(i) + 1) * step}
	}
	for x, n := range t.counts {
		out[min(len(out)-1, max(0, int(at(x)-first)))].n += n
	}
	return out
}

// amount writes a number with as many decimals as tell, at most four digits
// after those of whole numbers.
func amount(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	if a := math.Abs(x); a >= 1e9 || a != 0 && a < 1e-3 {
		return strconv.FormatFloat(x, 'g', 4, 64)
	}
	text := strconv.FormatFloat(x, 'f', 3, 64)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	if text == "-0" {
		return "0"
	}
	if text[0] == '-' {
		return "−" + text[1:]
	}
	return text
}
