package report

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
)

// colours is how many colours boxes have.
const colours = 8

// overlay is what is drawn over a picture, in the pixels of its copy.
type overlay struct {
	Width, Height int
	Size          string // of letters
	Layers        []layer
}

// layer are the boxes of one column.
type layer struct {
	Class string
	Boxes []drawnBox
}

// drawnBox is a box with its name.
type drawnBox struct {
	X, Y, Width, Height string
	Colour              string
	Label, LabelY       string // "" of words
}

// seen lists the things of a column as text.
type seen struct {
	Name  string
	Items []region
	More  int64
	None  bool // it was looked at, and nothing was there
}

// layerClass names the layer of a column for the style: the first few can be
// switched off one by one.
func layerClass(column int) string { return "layer-" + strconv.Itoa(min(column+1, maxSwitches)) }

// maxSwitches is how many columns of regions have a switch of their own.
const maxSwitches = 6

// overlay draws what was found on a row's picture; nil where nothing has a place.
func (m *composer) overlay(r *row, s shot) *overlay {
	o := &overlay{Width: s.Width, Height: s.Height, Size: pixels(float64(max(s.Width, s.Height)) / 13)}
	for _, found := range r.regions {
		c := m.all.layout.regions[found.column]
		l := layer{Class: layerClass(found.column)}
		for _, x := range found.All {
			if !x.placed {
				continue
			}
			w, h := float64(s.Width), float64(s.Height)
			b := drawnBox{X: pixels(x.left * w), Y: pixels(x.top * h), Width: pixels((x.right - x.left) * w), Height: pixels((x.bottom - x.top) * h), Colour: "k0"}
			if !c.words {
				b.Colour = "k" + strconv.Itoa(m.colour(found.column, x.Name))
				b.Label = x.Name
				letter := float64(max(s.Width, s.Height)) / 13
				b.LabelY = pixels(min(max(x.top*h+letter, letter), h-2))
			}
			l.Boxes = append(l.Boxes, b)
		}
		if len(l.Boxes) > 0 {
			o.Layers = append(o.Layers, l)
		}
	}
	if len(o.Layers) == 0 || s.Width < 1 || s.Height < 1 {
		return nil
	}
	return o
}

func pixels(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// colour is that of a name: the more frequent names of a column differ.
func (m *composer) colour(column int, name string) int {
	if f := m.all.found[column]; f != nil {
		if k, ok := f.at[name]; ok {
			return k % colours
		}
	}
	return colours - 1
}

// list names what was found on a row's picture, column by column.
func (m *composer) list(r *row) []seen {
	var out []seen
	for _, found := range r.regions {
		c := m.all.layout.regions[found.column]
		if c.words {
			continue // the text has them
		}
		out = append(out, seen{c.name, found.All, found.More, len(found.All) == 0})
	}
	return out
}

// toggle switches the boxes of a column on and off.
type toggle struct {
	ID, Name string
	On       bool
}

// toggles are the switches of the columns that are drawn.
func (m *composer) toggles() []toggle {
	if m.config.Pictures == none || m.all.image < 0 {
		return nil
	}
	var out []toggle
	for i, c := range m.all.layout.regions {
		if i < maxSwitches && c.left >= 0 {
			out = append(out, toggle{layerClass(i), c.name, !c.words})
		}
	}
	return out
}

// foundTable says how often things were found.
type foundTable struct {
	ID      string
	Name    string
	Intro   prose
	Caption caption
	Rows    []foundRow
	Rest    string // what is left out of the table
}

type foundRow struct {
	Name         string
	Things, Rows int64
	Share        string
}

// maxFoundRows is how many names the table of a column has.
const maxFoundRows = 40

// findings are the tables of what was found.
func (m *composer) findings() []foundTable {
	var out []foundTable
	for i, f := range m.all.found {
		if f == nil {
			continue
		}
		t := foundTable{ID: fmt.Sprintf("found-%d", i+1), Name: f.name}
		t.Intro = append(say("Found "), m.by(f.stage)...)
		t.Intro = append(t.Intro, word{Text: fmt.Sprintf(" in %s of the pictures that were looked at. What a program finds is not what is there: look at the pictures.", share(f.pictures, f.rows))})
		names := slices.Clone(f.names)
		sort.SliceStable(names, func(a, b int) bool {
			x, y := names[a], names[b]
			return x.things > y.things || x.things == y.things && x.name < y.name
		})
		rest := f.beyond
		for k, n := range names {
			if k >= maxFoundRows {
				rest += n.things
				continue
			}
			t.Rows = append(t.Rows, foundRow{n.name, n.things, n.rows, share100(float64(n.rows) / float64(max(1, f.rows)))})
		}
		if rest > 0 {
			t.Rest = plural(rest, "thing", "things") + " with rarer names left out."
		}
		t.Caption = m.table(say("Things found, by name, in ", f.name, fmt.Sprintf(" (%s looked at).", plural(f.rows, "picture", "pictures"))))
		out = append(out, t)
	}
	return out
}
