package agreement_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/agreement"
	"icono/internal/stage"
)

// tally counts the codings of some coders, one a text; a point is no coding.
func tally(coders ...string) *agreement.Tally {
	var t agreement.Tally
	for i := range strings.Fields(coders[0]) {
		var unit []string
		for _, c := range coders {
			if v := strings.Fields(c)[i]; v != "." {
				unit = append(unit, v)
			}
		}
		t.Add(unit...)
	}
	return &t
}

// The data of Krippendorff (2011), whose results are printed there.
func TestAlpha(t *testing.T) {
	four := []string{"1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."}
	numbers, ordinal := agreement.Scale{Level: agreement.Interval}, agreement.Scale{Level: agreement.Ordinal}
	for name, c := range map[string]struct {
		coders []string
		on     agreement.Scale
		want   float64
		level  agreement.Level
	}{
		"A: two coders, binary":            {[]string{"0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"}, agreement.Scale{}, 0.095, agreement.Nominal},
		"B: two coders, nominal":           {[]string{"a a b b d c c c e d d a", "b a b b b c c c e d d d"}, agreement.Scale{}, 0.692, agreement.Nominal},
		"C: four coders, missing, nominal": {four, agreement.Scale{Level: agreement.Nominal}, 0.743, agreement.Nominal},
		"D: ordinal":                       {four, ordinal, 0.815, agreement.Ordinal},
		"D: ordinal by names":              {four, agreement.Scale{Level: agreement.Ordinal, Order: []string{"1", "2", "3", "4", "5", "6"}}, 0.815, agreement.Ordinal},
		"D: interval":                      {four, numbers, 0.849, agreement.Interval},
		"D: ratio":                         {four, agreement.Scale{Level: agreement.Ratio}, 0.797, agreement.Ratio},
		"all agree":                        {[]string{"a b c", "a b c"}, agreement.Scale{}, 1, agreement.Nominal},
		"a code without a place":           {four, agreement.Scale{Level: agreement.Ordinal, Order: []string{"1", "2", "3", "4"}}, 0.743, agreement.Nominal},
		"negative and ratio":               {[]string{"-1 2 2", "-1 2 -1"}, agreement.Scale{Level: agreement.Ratio}, 4. / 9, agreement.Nominal},
		"one number written in two ways":   {[]string{"1 2 1.0", "1.0 2.0 1e0"}, numbers, 1, agreement.Interval},
		"zero and ratio":                   {[]string{"0 2 0", "0 2 0"}, agreement.Scale{Level: agreement.Ratio}, 1, agreement.Ratio},
	} {
		got, level, known := tally(c.coders...).Alpha(c.on)
		if !known || level != c.level || math.Abs(got-c.want) > 0.0005 {
			t.Errorf("%s: %.4f, %s, %v, want %.3f", name, got, level, known, c.want)
		}
	}
	for _, none := range [][]string{{""}, {"a"}, {"a a", "a a"}, {". a", "b ."}} {
		if got, _, known := tally(none...).Alpha(agreement.Scale{}); known {
			t.Errorf("%v: %v", none, got)
		}
	}
	if n := tally(four...).Units(); n != 11 {
		t.Errorf("%d units with two codings", n)
	}
}

// However units come, alpha is the same to the last bit.
func TestAlphaInAnyOrder(t *testing.T) {
	units := make([][]string, 500)
	for i := range units {
		for range 2 + rand.IntN(4) {
			units[i] = append(units[i], string(rune('0'+rand.IntN(7))))
		}
	}
	for _, level := range []agreement.Level{agreement.Nominal, agreement.Ordinal, agreement.Interval, agreement.Ratio} {
		first := math.NaN()
		for range 5 {
			var all agreement.Tally
			for _, i := range rand.Perm(len(units)) {
				rand.Shuffle(len(units[i]), func(a, b int) { units[i][a], units[i][b] = units[i][b], units[i][a] })
				all.Add(units[i]...)
			}
			got, _, known := all.Alpha(agreement.Scale{Level: level})
			if !known || !math.IsNaN(first) && got != first {
				t.Errorf("%s: %v, then %v", level, first, got)
			}
			first = got
		}
	}
}

// The scale of a column is in its documentation; residual codes have no place on it.
func TestScaleOf(t *testing.T) {
	f := stage.Documented(arrow.Field{Name: "Size"}, stage.Documentation{Level: "ordinal", Meanings: []stage.Meaning{{Name: "small"}, {Name: "large"}, {Name: "Other", Residual: true}}})
	s := agreement.ScaleOf(f)
	if s.Level != agreement.Ordinal || strings.Join(s.Order, " ") != "small large" {
		t.Errorf("%+v", s)
	}
	if s := agreement.ScaleOf(arrow.Field{Name: "x"}); s.Level != "" || s.Order != nil {
		t.Errorf("%+v", s)
	}
}
