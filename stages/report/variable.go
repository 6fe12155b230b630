package report

import (
	"fmt"
)

// section describes a variable.
func (m *composer) section(i int, v *variable) section {
	id := fmt.Sprintf("variable-%d", i+1)
	s := section{ID: id, Name: v.name, Intro: m.intro(v)}
	v.explain(&s)
	switch {
	case v.form == numbers:
		m.measured(&s, v)
	case v.form == writing:
		m.written(&s, v)
	default:
		s.Chart = m.counted(v)
	}
	s.Accord = m.accorded(v)
	if v.agreed.rows > 0 {
		s.Agreement = v.agreed.words()
	}
	if h := &v.certainty; h.n > 0 {
		s.Certainty = m.certainty(v)
	}
	if m.config.PerCategory > 0 && v.coded > 0 && v.categorical() {
		s.Galleries, s.Unused = m.galleries(id, v)
	}
	if rows := v.least.sorted(); len(rows) > 0 {
		g := &gallery{ID: id + "-least"}
		g.Caption = m.figure(say("The ", "", plural(int64(len(rows)), "row", "rows")+" with the lowest probability of ", v.name, ", lowest first."))
		g.Items = m.items(g.ID, rows)
		s.Least = g
	}
	return s
}

// counted is the chart of a variable's categories.
func (m *composer) counted(v *variable) *barChart {
	c := &barChart{Bars: v.bars(), Head: "Category", Total: v.coded + v.empty, Certain: v.certainty.n > 0}
	c.Caption = m.figure(say("Rows by category of ", v.name, fmt.Sprintf(" (%s; %s without a code).", plural(v.coded, "coded row", "coded rows"), grouped(v.empty))))
	table := "; shares are of coded rows."
	if v.legend(c); c.Legend {
		table = ", with what belongs to each; shares are of coded rows."
	}
	c.Table = c.Caption.asTable(say("Rows by category of ", v.name, table))
	return c
}

// intro says who coded the variable, and how its categories came about.
func (m *composer) intro(v *variable) prose {
	var out prose
	if v.stage != "" {
		out = append(say("Coded "), m.by(v.stage)...)
		if m.siblings(v) == 1 { // else the summary says it once
			out = append(out, v.book()...)
		}
		out = append(out, word{Text: ". "})
	} else {
		out = say("A column of the table; no stage of the pipeline has coded it. ")
	}
	if v.categorical() {
		out = append(out, word{Text: v.scale()})
	}
	if v.beyond > 0 && v.categorical() {
		out = append(out, word{Text: fmt.Sprintf("Only the first %d values are told apart. ", maxCategories)})
	}
	if v.multiple {
		out = append(out, word{Text: "A row can have several codes, so shares can add up to more than 100 %. "})
	}
	if n := v.certainty.outside; n > 0 {
		out = append(out, word{Text: fmt.Sprintf("%s a probability that is no number from 0 to 1, and left out of all figures about probability.", plural(n, "row has", "rows have"))})
	}
	return out
}

// scale says how the categories came about.
func (v *variable) scale() string {
	n, rest := int64(len(v.names)), int64(v.residual())
	order := ", in their declared order. "
	if v.means.Source != "" || v.means.Level != "" {
		order = ", in the order of the codebook. "
	}
	switch {
	case v.yesOrNo():
		return ""
	case v.declared > 0 && int(n) > v.declared:
		return fmt.Sprintf("%s declared; %s not among them and stand last. ",
			plural(int64(v.declared), "category is", "categories are"), plural(n-int64(v.declared), "value is", "values are"))
	case v.declared > 0 && rest > 0:
		return plural(n-rest, "category", "categories") + order[:len(order)-2] + ", and " + plural(rest, "code", "codes") + " for what they leave over. "
	case v.declared > 0:
		return plural(n, "category", "categories") + order
	}
	return plural(n, "category", "categories") + ", as found in the table, most frequent first. "
}

// yesOrNo reports whether the variable is a boolean.
func (v *variable) yesOrNo() bool {
	return v.declared == 2 && len(v.names) == 2 && v.names[0] == "true" && v.names[1] == "false"
}

// words says how far several codings of the rows agree.
func (a agreed) words() string {
	if a.full == a.rows {
		return "Each row was coded several times, and each time with the same value."
	}
	return fmt.Sprintf("Each row was coded several times: on average %s of the codings have the value given, and all of them in %s. Beside the codes of a row, the share stands where they differ.",
		share100(a.sum/float64(a.rows)), share(a.full, a.rows))
}

func (m *composer) certainty(v *variable) *histogramChart {
	h := &v.certainty
	c := &histogramChart{Head: "Probability", Axis: "probability", Ticks: []string{"0", "0.25", "0.5", "0.75", "1"}}
	var most int64
	c.Columns, most = h.columns()
	c.Top = plural(most, "row", "rows")
	c.Alt = fmt.Sprintf("Histogram of %s in %d classes from 0 to 1: %s.", plural(h.n, "probability", "probabilities"), bins, h.spread())
	c.Caption = m.figure(say("Probability that the coder gave to its code of ", v.name,
		fmt.Sprintf(" (n = %s; %s). Such probabilities weigh the categories on offer against each other; they are not shares of correct codes.", grouped(h.n), h.spread())))
	c.Table = c.Caption.asTable(say("Rows by probability of ", v.name, "; a class holds its lower bound."))
	return c
}
