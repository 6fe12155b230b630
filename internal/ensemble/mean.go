package ensemble

import "math"

// Average describes the numbers of several inputs.
type Average struct {
	// N is how many inputs have a number. The others are set only where Counted.
	N       int
	Counted bool
	// Mean is weighted; Low and High are the smallest and the largest number.
	Mean, Low, High float64
}

// Mean averages the numbers of the inputs, one each and in their order; NaN and
// infinite ones count as missing. missing is Skip or None, least how many numbers
// are needed, at least 1.
func Mean(values, weights []float64, missing Missing, least int) Average {
	var a Average
	var sum, total float64
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	for i, v := range values {
		if !finite(v) {
			continue
		}
		if a.N++; a.N == 1 {
			a.Low, a.High = v, v
		}
		a.Low, a.High = min(a.Low, v), max(a.High, v)
		total += weights[i]
		sum += weights[i] * v
	}
	if a.N < max(1, least) || missing == None && a.N < len(values) {
		return Average{N: a.N}
	}
	a.Counted = true
	a.Mean = sum / total
	if !finite(sum) { // the sum is too large, and the mean is not
		a.Mean = 0
		for i, v := range values {
			if finite(v) {
				a.Mean += v * (weights[i] / total)
			}
		}
	}
	a.Mean = min(max(a.Mean, a.Low), a.High) // not beyond them by rounding
	return a
}
