package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"icono/internal/stage"
)

// page is what the template shows.
type page struct {
	Title, About string
	Facts        stage.RunFacts
	Summary      []string
	Rows         int64
	Variables    []variableView
	Faults       []faultView
	Cross        *crossView
	Models       []modelView
	Pictures     string
	ShowNames    []string
}

type variableView struct {
	Name, Stage string
	Anchor      string
	Number      int // of the first figure
	Coded       int64
	Uncoded     int64
	Categories  []categoryView
	Chart       template.HTML
	Histogram   template.HTML
	HasProb     bool
	Doubtful    []card
}

type categoryView struct {
	Name  string
	Count int64
	Share string
	Cards []card
}

// card is a picture with what is known of its row.
type card struct {
	Key, Code, Phrase, Probability string
	Picture                        template.URL
	Width, Height                  int
	Missing                        string // why there is no picture
	Show                           []pair
}

type pair struct{ Name, Value string }

type faultView struct {
	Stage, Status string
	Count         int64
	Rows          []pair
	More          int64
}

type modelView struct {
	Stage, Kind string
	Facts       []stage.Fact
}

type crossView struct {
	A, B    string
	Columns []string
	Rows    []crossRow
}

type crossRow struct {
	Name  string
	Cells []crossCell
}

type crossCell struct {
	Count int64
	Shade int // 0 to 9, by share of the row
}

// newPage turns what was collected into what is shown.
func newPage(c Config, col *collector, facts stage.RunFacts, pics pictures) *page {
	p := &page{Title: c.Title, About: facts.About, Facts: facts, Rows: col.rows, Pictures: c.Pictures}
	if p.Title == "" {
		p.Title = cmp.Or(facts.Name, facts.Pipeline)
	}
	figure := 1
	for i, v := range col.variables {
		view := newVariable(v, i, pics, c.Show)
		view.Number = figure
		figure++
		if view.HasProb {
			figure++
		}
		p.Variables = append(p.Variables, view)
	}
	for _, g := range col.faults {
		f := faultView{Stage: g.stage, Status: g.status, Count: g.count, More: g.count - int64(len(g.rows))}
		for _, r := range g.rows {
			f.Rows = append(f.Rows, pair{r.key, r.reason})
		}
		p.Faults = append(p.Faults, f)
	}
	for _, s := range facts.Stages {
		if len(s.Facts) > 0 {
			p.Models = append(p.Models, modelView{s.ID, s.Kind, s.Facts})
		}
	}
	if len(col.variables) >= 2 && len(col.cross) > 0 {
		p.Cross = newCross(col)
	}
	p.Summary = summarize(p)
	return p
}

func newVariable(v *variable, i int, pics pictures, show []string) variableView {
	view := variableView{Name: v.name, Stage: v.stage, Anchor: fmt.Sprintf("variable-%d", i+1), Uncoded: v.uncoded, HasProb: v.probability >= 0}
	for _, name := range v.order {
		view.Coded += v.counts[name]
	}
	var bars []bar
	for _, name := range v.order {
		n := v.counts[name]
		cat := categoryView{Name: name, Count: n, Share: share(n, view.Coded)}
		for _, e := range v.gallery[name] {
			cat.Cards = append(cat.Cards, pics.card(e, show))
		}
		view.Categories = append(view.Categories, cat)
		bars = append(bars, bar{name, n, cat.Share})
	}
	if v.uncoded > 0 {
		bars = append(bars, bar{"not coded", v.uncoded, ""})
	}
	view.Chart = barChart(v.name, bars)
	if view.HasProb {
		view.Histogram = histogram(v.name, v.bins[:])
	}
	for _, e := range v.doubtful {
		view.Doubtful = append(view.Doubtful, pics.card(e, show))
	}
	return view
}

func share(n, of int64) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}

// newCross tabulates the codes of the first two variables.
func newCross(c *collector) *crossView {
	a, b := c.variables[0], c.variables[1]
	x := &crossView{A: a.name, B: b.name, Columns: b.order}
	for _, row := range a.order {
		r := crossRow{Name: row}
		var total int64
		for _, column := range b.order {
			total += c.cross[[2]string{row, column}]
		}
		for _, column := range b.order {
			n := c.cross[[2]string{row, column}]
			cell := crossCell{Count: n}
			if total > 0 {
				cell.Shade = int(9 * n / total)
			}
			r.Cells = append(r.Cells, cell)
		}
		x.Rows = append(x.Rows, r)
	}
	return x
}

// summarize writes the paragraph that a methods section would begin with.
func summarize(p *page) []string {
	var out []string
	read := int64(0)
	for _, s := range p.Facts.Stages {
		if s.Kind == "load" && s.Out > read {
			read = s.Out
		}
	}
	first := fmt.Sprintf("The table holds %s.", plural(p.Rows, "row"))
	if read > p.Rows {
		first = fmt.Sprintf("Of %s read, %s reached this report.", plural(read, "row"), count(p.Rows))
	}
	out = append(out, first)
	for _, v := range p.Variables {
		text := fmt.Sprintf("“%s” was coded for %s", v.Name, plural(v.Coded, "row"))
		if at := slices.IndexFunc(p.Models, func(m modelView) bool { return m.Stage == v.Stage }); at >= 0 {
			text += " by the stage " + v.Stage + " (" + describeModel(p.Models[at]) + ")"
		}
		if v.Uncoded > 0 {
			text += fmt.Sprintf("; %s no code", has(v.Uncoded))
		}
		out = append(out, text+".")
	}
	var faults int64
	for _, f := range p.Faults {
		faults += f.Count
	}
	if faults == 0 {
		out = append(out, "No stage reported a fault.")
	} else {
		out = append(out, fmt.Sprintf("Stages reported %s; all are listed below.", plural(faults, "fault")))
	}
	return out
}

func describeModel(m modelView) string {
	text := m.Kind
	for _, f := range m.Facts {
		if f.Name == "model" {
			text += ", model " + f.Value
		}
	}
	return text
}

func has(n int64) string {
	if n == 1 {
		return "1 row has"
	}
	return count(n) + " rows have"
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return count(n) + " " + what + "s"
}

// count writes an integer with narrow spaces between groups of three digits.
func count(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}

// tally words counts by name.
func tally(counts []stage.Count) string {
	var parts []string
	for _, c := range counts {
		parts = append(parts, count(c.N)+" "+c.Name)
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, "; ")
}
