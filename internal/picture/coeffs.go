package picture

import "math"

// precision is the number of fractional bits of a coefficient: 32 bits, less 8
// for a sample and 2 for the overshoot of the filter.
const precision = 32 - 8 - 2

// taps says which source samples make one output sample.
type taps struct {
	first int      // index of the first source sample
	count int      // number of source samples
	k     []uint64 // their weights, two's complement; padded with 0 to a multiple of 4
}

// coeffs holds the weights of a range of output samples along one axis. The
// formulas are those of Pillow's documented resampling: the filter is scaled
// by the ratio when shrinking, weights are normalised and rounded to 22 bits.
type coeffs struct {
	in, out, from, n int
	taps             []taps
	weights          []uint64
	exact            []float64
}

// cubic is the bicubic filter with a = -0.5. The conversions keep a compiler
// from fusing multiplications and additions, which would change the last bit.
func cubic(x float64) float64 {
	const a = -0.5
	x = math.Abs(x)
	if x < 1 {
		return float64(float64(float64(float64((a+2)*x)-(a+3))*x)*x) + 1
	}
	if x < 2 {
		return float64(float64(float64(float64(float64(float64(x-5)*x)+8)*x)-4) * a)
	}
	return 0
}

// set computes the weights for the output samples [from, from+n) of an axis
// that goes from in to out samples; it keeps what it has if that is the same.
func (c *coeffs) set(in, out, from, n int) {
	if c.in == in && c.out == out && c.from == from && c.n == n {
		return
	}
	c.in, c.out, c.from, c.n = in, out, from, n
	scale := float64(in) / float64(out)
	filterScale := max(scale, 1)
	support := 2 * filterScale
	inverse := 1 / filterScale
	stride := (int(math.Ceil(support))*2 + 1 + 3) &^ 3
	c.taps = resize(c.taps, n)
	c.weights = resize(c.weights, n*stride)
	c.exact = resize(c.exact, stride)
	for i := range n {
		centre := float64((float64(from+i) + 0.5) * scale)
		first := max(0, int(centre-support+0.5))
		count := min(in, int(centre+support+0.5)) - first
		exact, sum := c.exact[:count], 0.0
		for x := range exact {
			exact[x] = cubic(float64((float64(float64(x+first)-centre) + 0.5) * inverse))
			sum += exact[x]
		}
		k := c.weights[i*stride : i*stride+(count+3)&^3]
		clear(k[count:])
		for x, w := range exact {
			if sum != 0 {
				w /= sum
			}
			k[x] = uint64(int64(math.Copysign(0.5, w) + float64(w*(1<<precision))))
		}
		c.taps[i] = taps{first: first, count: count, k: k}
	}
}

// resize gives a slice of n elements, in the memory of s if that suffices.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
