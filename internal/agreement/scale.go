package agreement

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
)

// Level is a level of measurement.
type Level string

// The levels.
const (
	Nominal  Level = "nominal"
	Ordinal  Level = "ordinal"
	Interval Level = "interval"
	Ratio    Level = "ratio"
)

// Scale is what codes are measured on.
type Scale struct {
	// Level is that of measurement; "" is nominal.
	Level Level
	// Order are the codes from lowest to highest, nil for numbers.
	Order []string
}

// ScaleOf is the scale of a column, as its documentation states it. Residual codes have
// no place on it.
func ScaleOf(f arrow.Field) Scale {
	d := stage.DocumentationOf(f)
	s := Scale{Level: Level(d.Level)}
	for _, m := range d.Meanings {
		if !m.Residual {
			s.Order = append(s.Order, m.Name)
		}
	}
	return s
}

// value is a place on a scale, and how many codings have it.
type value struct{ at, n float64 }

// place puts codes on the scale: the values from lowest to highest, the index of each
// code's value, and the level, which is nominal where a code has no place.
func (s Scale) place(totals map[string]int64) (values []value, at map[string]int, level Level) {
	codes := slices.Sorted(maps.Keys(totals))
	numbers := make([]float64, len(codes))
	level = cmp.Or(s.Level, Nominal)
	for i, code := range codes {
		x, ok := s.number(code)
		if !ok || level == Ratio && x < 0 {
			level = Nominal
			break
		}
		numbers[i] = x
	}
	order := make([]int, len(codes))
	for i := range codes {
		if order[i] = i; level == Nominal {
			numbers[i] = float64(i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(numbers[a], numbers[b]) })
	at = map[string]int{}
	for _, i := range order {
		if last := len(values) - 1; last < 0 || values[last].at != numbers[i] {
			values = append(values, value{at: numbers[i]})
		}
		values[len(values)-1].n += float64(totals[codes[i]])
		at[codes[i]] = len(values) - 1
	}
	return values, at, level
}

// number is the place of a code.
func (s Scale) number(code string) (float64, bool) {
	if s.Order != nil {
		i := slices.Index(s.Order, code)
		return float64(i), i >= 0
	}
	x, err := strconv.ParseFloat(code, 64)
	return x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
}

// distances returns the squared difference of the ith and the kth value, i <= k, as
// section D of Krippendorff (2011) defines it for the level.
func distances(level Level, values []value) func(i, k int) float64 {
	square := func(x float64) float64 { return x * x }
	switch level {
	case Ordinal:
		below := make([]float64, len(values)+1) // the codings below a value
		for i, v := range values {
			below[i+1] = below[i] + v.n
		}
		return func(i, k int) float64 { return square(below[k+1] - below[i] - (values[i].n+values[k].n)/2) }
	case Interval:
		return func(i, k int) float64 { return square(values[k].at - values[i].at) }
	case Ratio:
		return func(i, k int) float64 {
			if i == k {
				return 0
			}
			return square((values[k].at - values[i].at) / (values[k].at + values[i].at))
		}
	}
	return func(i, k int) float64 {
		if i == k {
			return 0
		}
		return 1
	}
}
