package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"icono/internal/change"
	"icono/internal/diag"
)

// limit is a share of changed rows, of the variable with a name or of any.
type limit struct {
	name  string
	share float64
}

func parseLimits(texts []string) ([]limit, error) {
	var out []limit
	for _, text := range texts {
		name, share, named := "", text, false
		if i := strings.LastIndexByte(text, '='); i >= 0 {
			name, share, named = text[:i], text[i+1:], true
		}
		digits, percent := strings.CutSuffix(strings.TrimSpace(share), "%")
		v, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		if err != nil || !percent || !(v >= 0 && v <= 100) || named && name == "" {
			return nil, wrong("--fail-over cannot be %q\ntake a share as in 5%%, or one of a variable as in Type=2%%", text)
		}
		out = append(out, limit{name, v / 100})
	}
	return out, nil
}

// exceeded says where more changed than limits allow. Rows without an answer yet may
// change, rows that are gone and variables that are gone have no code any more: none of
// them passes for unchanged.
func exceeded(r *change.Report, limits []limit) (over []string, err error) {
	tell := func(text string) {
		if !slices.Contains(over, text) {
			over = append(over, text)
		}
	}
	for _, l := range limits {
		known := func(v change.Variable) bool { return v.Name == l.name }
		gone := slices.ContainsFunc(r.Gone, func(name string) bool { return name == l.name || strings.HasPrefix(name, l.name+" (") })
		if l.name != "" && !slices.ContainsFunc(r.Variables, known) && !gone {
			return nil, wrong("--fail-over %s: no coder has a variable of this name", l.name)
		}
		if l.name != "" && gone && !slices.ContainsFunc(r.Variables, known) {
			tell(diag.Printable(l.name) + " is gone")
		}
		for _, v := range r.Variables {
			own := slices.ContainsFunc(limits, func(o limit) bool { return o.name == v.Name })
			if !known(v) && (l.name != "" || own || !v.Coded && !v.Measured) {
				continue
			}
			name, all := diag.Printable(v.Name), float64(v.Both+v.Waiting)
			if before := float64(v.Both + v.Waiting + v.Lost); float64(v.Lost) > l.share*before {
				tell(fmt.Sprintf("%s lost %d of %d rows, more than %g %%", diag.Printable(v.Stage), v.Lost, v.Both+v.Waiting+v.Lost, 100*l.share))
			}
			switch {
			case v.Share() > l.share:
				tell(fmt.Sprintf("%s changed in %.1f %% of the rows, more than %g %%", name, 100*v.Share(), 100*l.share))
			case v.Waiting > 0 && float64(v.Changed+v.Waiting) > l.share*all:
				tell(fmt.Sprintf("%s may change in more than %g %% of the rows: %d of %d are not answered yet", name, 100*l.share, v.Waiting, v.Both+v.Waiting))
			}
		}
		if l.name != "" {
			continue
		}
		for _, name := range r.Gone {
			tell(diag.Printable(name) + " is gone")
		}
	}
	return over, nil
}
