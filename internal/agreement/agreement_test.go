package agreement_test

import (
	"math"
	"strings"
	"testing"

	"icono/internal/agreement"
)

// The data of Krippendorff (2011), whose results are printed there.
func TestNominal(t *testing.T) {
	rows := func(coders ...string) (units [][]string) {
		for i := range strings.Fields(coders[0]) {
			var unit []string
			for _, c := range coders {
				if v := strings.Fields(c)[i]; v != "." {
					unit = append(unit, v)
				}
			}
			units = append(units, unit)
		}
		return units
	}
	for name, c := range map[string]struct {
		units [][]string
		want  float64
	}{
		"A: two coders, binary":            {rows("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), 0.095},
		"B: two coders, nominal":           {rows("a a b b d c c c e d d a", "b a b b b c c c e d d d"), 0.692},
		"C: four coders, missing, nominal": {rows("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."), 0.743},
		"all agree":                        {rows("a b c", "a b c"), 1},
	} {
		got, known := agreement.Nominal(c.units)
		if !known || math.Abs(got-c.want) > 0.0005 {
			t.Errorf("%s: %.4f, %v, want %.3f", name, got, known, c.want)
		}
	}
	for _, none := range [][][]string{nil, {{"a"}}, {{"a", "a"}, {"a", "a"}}} {
		if got, known := agreement.Nominal(none); known {
			t.Errorf("%v: %v", none, got)
		}
	}
}
