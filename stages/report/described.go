package report

import (
	"fmt"
	"math"
)

// measured describes a variable of numbers: a chart, and its measures.
func (m *composer) measured(s *section, v *variable) {
	t := &v.numbers
	text := fmt.Sprintf(" (%s; %s without one).", plural(v.coded, "row with a number", "rows with a number"), grouped(v.empty))
	if values := t.bars(); values != nil {
		c := &barChart{Bars: v.valueBars(values), Head: "Value", Total: v.coded + v.empty}
		c.Caption = m.figure(say("Rows by value of ", v.name, text))
		c.Table = c.Caption.asTable(say("Rows by value of ", v.name, "; shares are of rows with a number."))
		s.Chart = c
	} else if classes := t.classes(); classes != nil {
		c := &histogramChart{Head: "Value", Axis: v.name}
		for i := 0; i <= len(classes); i++ {
			edge := classes[0].from
			if i > 0 {
				edge = classes[i-1].to
			}
			tick := ""
			if len(classes) < 9 || i%2 == 0 {
				tick = amount(edge)
			}
			c.Ticks = append(c.Ticks, tick)
		}
		var most int64
		c.Columns, most = histogramColumns(classes)
		c.Top = plural(most, "row", "rows")
		c.Alt = fmt.Sprintf("Histogram of %s in %d classes from %s to %s.", plural(t.n, "number", "numbers"), len(classes), amount(t.low), amount(t.high))
		c.Caption = m.figure(say("Rows by value of ", v.name, text))
		c.Table = c.Caption.asTable(say("Rows by value of ", v.name, "; a class holds its lower bound."))
		s.Values = c
	}
	if t.n > 0 {
		s.Measures = &measureTable{Caption: m.table(say("Measures of ", v.name, " (quartiles between two numbers lie on the line that joins them).")), Rows: v.measures()}
	}
}

// measures lists what is known of a variable's numbers. A mean makes sense from
// the level of intervals on.
func (v *variable) measures() []field {
	t := &v.numbers
	out := []field{{"Rows", grouped(t.n)}, {"Lowest", amount(t.low)}}
	if !t.many {
		out = append(out, field{"Lower quartile", amount(t.quantile(0.25))}, field{"Median", amount(t.quantile(0.5))}, field{"Upper quartile", amount(t.quantile(0.75))})
	}
	out = append(out, field{"Highest", amount(t.high)})
	if v.means.Level != "ordinal" && v.means.Level != "nominal" {
		out = append(out, field{"Mean", amount(t.mean)}, field{"Standard deviation", amount(t.deviation())})
	}
	return out
}

// spread words the numbers of a variable for the summary.
func (v *variable) spread() string {
	t := &v.numbers
	if t.n == 0 {
		return ""
	}
	text := fmt.Sprintf("Its numbers go from %s to %s", amount(t.low), amount(t.high))
	if !t.many {
		text += ", the median is " + amount(t.quantile(0.5))
	}
	if sd := t.deviation(); !math.IsNaN(sd) && v.means.Level != "ordinal" && v.means.Level != "nominal" {
		text += fmt.Sprintf(", the mean %s (SD %s)", amount(t.mean), amount(sd))
	}
	return text + "."
}

// maxWordings is how many different texts of a variable are counted.
const maxWordings = 20

// written describes a variable of texts: how often equal ones stand in the
// table, where they do, and some of them.
func (m *composer) written(s *section, v *variable) {
	if n := int64(len(v.names)); v.beyond == 0 && n <= maxWordings && n < v.coded {
		c := &barChart{Bars: v.bars(), Head: "Text", Total: v.coded + v.empty}
		c.Caption = m.figure(say("Rows by text of ", v.name, fmt.Sprintf(" (%s; %s without one).", plural(v.coded, "row with a text", "rows with a text"), grouped(v.empty))))
		c.Table = c.Caption.asTable(say("Rows by text of ", v.name, "; shares are of rows with a text."))
		s.Chart = c
	}
	if rows := v.drawn.sorted(); len(rows) > 0 {
		t := &textTable{}
		for _, r := range rows {
			text := ""
			if len(r.codes) > 0 {
				text = r.codes[0]
			}
			t.Rows = append(t.Rows, field{r.key, text})
		}
		shown := fmt.Sprintf(", %d of %s", len(rows), plural(v.coded, "row with a text", "rows with a text"))
		t.Caption = m.table(say("Texts of ", v.name, shown+fmt.Sprintf(", drawn at random by the seed %d.", m.facts.Seed)))
		s.Texts = t
	}
}
