package bundle

import (
	"fmt"
	"strings"

	"icono/internal/pseudonym"
	"icono/internal/trace"
)

// mostLoose is how many rows without a twin by their texts alone are tried one by one.
const mostLoose = 2000

// unmatched says which row of the study, of several with one key or of a table without
// keys, is none of the rows of the bundle with names replaced; "" where each has a row of
// its own. Their order is not compared.
func unmatched(study, shared []trace.Row, cols []cell, names *pseudonym.Names) string {
	left := map[string][]trace.Row{}
	for _, r := range shared {
		key := rowText(cols, func(c cell) trace.Value { return r.Values[c.shared] })
		left[key] = append(left[key], r)
	}
	var open []trace.Row
	for _, r := range study {
		key := rowText(cols, func(c cell) trace.Value {
			v := r.Values[c.study]
			if c.hides {
				v.Text = c.from.hidden(names, v.Text)
			} else {
				v.Text = names.Cell(v.Text)
			}
			return v
		})
		if twins := left[key]; len(twins) > 0 {
			left[key] = twins[1:]
		} else {
			open = append(open, r)
		}
	}
	var rest []trace.Row
	for _, rows := range left {
		rest = append(rest, rows...)
	}
	if len(open) > mostLoose {
		return fmt.Sprintf("%d rows of the study are none of the bundle's", len(open))
	}
	for _, r := range open {
		if at := twin(r, rest, cols, names); at >= 0 {
			rest = append(rest[:at], rest[at+1:]...)
			continue
		}
		var parts []string
		for _, c := range cols {
			if !c.hides {
				parts = append(parts, c.name+" "+shown(r.Values[c.study]))
			}
		}
		return "no row of the bundle is that of the study with " + strings.Join(parts, ", ")
	}
	return ""
}

// twin is the place of a row of the bundle that is one of the study, -1 where there is none.
func twin(r trace.Row, shared []trace.Row, cols []cell, names *pseudonym.Names) int {
	for at, s := range shared {
		all := true
		for _, c := range cols {
			if !c.fits(r.Values[c.study], s.Values[c.shared], names) {
				all = false
				break
			}
		}
		if all {
			return at
		}
	}
	return -1
}

// rowText is what a row says, as one text.
func rowText(cols []cell, of func(cell) trace.Value) string {
	var b strings.Builder
	for _, c := range cols {
		v := of(c)
		fmt.Fprintf(&b, "%t%q", v.Null, strings.ToLower(v.Text))
	}
	return b.String()
}
