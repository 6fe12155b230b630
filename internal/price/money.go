// Package price knows what models cost: a dated, overridable table of prices, the
// tokens that pictures and texts come to, estimates as ranges with what they
// assume, and their calibration by what servers reported. An unknown price is
// unknown, never 0.
package price

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Money is an amount in nanodollars (10⁻⁹ US dollars), so that sums are exact.
type Money int64

// Dollar is one US dollar.
const Dollar Money = 1_000_000_000

// String writes the amount exactly, with at least two decimals: $0.0123.
func (m Money) String() string {
	sign := ""
	n := uint64(m)
	if m < 0 {
		sign, n = "-", -n
	}
	decimals := strings.TrimRight(fmt.Sprintf("%09d", n%1e9), "0")
	for len(decimals) < 2 {
		decimals += "0"
	}
	return sign + "$" + strconv.FormatUint(n/1e9, 10) + "." + decimals
}

// Short rounds the amount for reading: to cents from a dollar on, to two
// significant digits below, $0.00 only for nothing.
func (m Money) Short() string {
	if m < 0 {
		if m == math.MinInt64 {
			m++
		}
		return "-" + (-m).Short()
	}
	step := Money(1e7)
	if m < Dollar {
		for step > 1 && m < 10*step {
			step /= 10
		}
	}
	if m > math.MaxInt64-step {
		return m.String()
	}
	return ((m + step/2) / step * step).String()
}

// Dollars makes an amount of a number of dollars, rounded to nanodollars.
func Dollars(x float64) (Money, error) {
	n := math.Round(x * 1e9)
	if math.IsNaN(n) || math.Abs(n) >= 1<<63 {
		return 0, fmt.Errorf("%v is no amount of dollars", x)
	}
	return Money(n), nil
}

// plus adds amounts that are not negative and stays at the largest where the sum
// is beyond it.
func (m Money) plus(n Money) Money {
	if m > math.MaxInt64-n {
		return math.MaxInt64
	}
	return m + n
}

// rate is the price of a million tokens.
type rate Money

// of returns the price of some tokens, rounded up to a nanodollar.
func (r rate) of(tokens int64) Money {
	if r <= 0 || tokens <= 0 {
		return 0
	}
	high, low := bits.Mul64(uint64(r), uint64(tokens))
	low, carry := bits.Add64(low, 999_999, 0)
	high += carry
	if high >= 1_000_000 {
		return math.MaxInt64
	}
	n, _ := bits.Div64(high, low, 1_000_000)
	return Money(min(n, math.MaxInt64))
}

// times scales a rate by a factor, rounded up; what is too large is the largest.
func (r rate) times(factor float64) rate {
	if factor == 1 {
		return r
	}
	x := math.Ceil(math.Round(float64(r)*factor*1e3) / 1e3)
	if !(x < math.MaxInt64) {
		return math.MaxInt64
	}
	return rate(x)
}
