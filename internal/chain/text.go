package chain

import (
	"fmt"
	"io"
	"strings"

	"icono/internal/diag"
)

// Print writes a chain for people, in lines of at most so many characters. full writes
// prompts and answers to their ends; else they are cut.
func Print(w io.Writer, c *Chain, columns int, full bool) {
	p := printer{w, max(columns, 40), full}
	fmt.Fprintln(w, diag.Printable(c.Key))
	for _, at := range c.Places {
		p.line("found", place(at))
	}
	if m := c.Picture; m != nil {
		p.line("picture", m.Path)
		if m.Bytes > 0 {
			p.line("", fmt.Sprintf("%s, %d x %d pixels, %d bytes", m.Format, m.Width, m.Height, m.Bytes))
			p.line("", "sha256 "+m.SHA256)
		}
		if m.Fault != "" {
			p.line("", "fault: "+m.Fault)
		}
	}
	for _, s := range c.Steps {
		fmt.Fprintf(w, "\n%s (%s): %s\n", s.Stage, s.Kind, diag.Printable(p.cut(s.Text, 400)))
		for _, o := range s.Settings {
			p.line(o.Name, o.Text)
		}
		for _, f := range s.Facts {
			p.line(f.Name, f.Text)
		}
		for _, v := range s.Inputs {
			p.value("from "+v.Name, v)
		}
		for i, a := range s.Asked {
			var before *Asked
			if i > 0 {
				before = &s.Asked[i-1]
			}
			p.asked(a, before)
		}
		for _, v := range s.Values {
			p.value(v.Name, v)
		}
		for _, f := range s.Files {
			p.line("file", f)
		}
	}
	fmt.Fprintf(w, "\n%s\n", cost(c))
}

// cost words what the answers of a row cost.
func cost(c *Chain) string {
	n := 0
	for _, s := range c.Steps {
		for _, a := range s.Asked {
			if a.Fault == "" {
				n++
			}
		}
	}
	text := fmt.Sprintf("cost of %d stored answers: %s by the prices of the study", n, dollars(c.Cost))
	if c.Unpriced > 0 {
		text += fmt.Sprintf(", without %d of unknown price", c.Unpriced)
	}
	return text
}

// run names one of several codings of a row.
func run(a Asked) string { return fmt.Sprintf("run %d of %d", a.Repeat+1, a.Repeats) }

func dollars(x float64) string { return fmt.Sprintf("$%.6f", x) }

func place(at Place) string {
	text := fmt.Sprintf("by %s: row %d", at.Stage, at.Row)
	if at.File != "" {
		text += " of " + at.File
	}
	if at.Line > 0 {
		text += fmt.Sprintf(", line %d", at.Line)
	}
	return text
}

type printer struct {
	w     io.Writer
	width int
	full  bool
}

// labels is the width of the names of values.
const labels = 22

// asked writes a question, and of what the one before has in common with it only that.
func (p printer) asked(a Asked, before *Asked) {
	who := a.Provider + " " + a.Model
	if a.BaseURL != "" {
		who += " at " + a.BaseURL
	}
	if a.Repeats > 0 {
		who += ", " + run(a)
	}
	p.line("asked", who)
	for i, part := range a.Parts {
		if before != nil && !p.full && i < len(before.Parts) && part == before.Parts[i] {
			label := part.Role
			if part.SHA256 != "" {
				label = "shown"
			}
			p.line("  "+label, "(as before)")
			continue
		}
		if part.SHA256 != "" {
			p.line("  shown", "picture sha256 "+part.SHA256)
		} else {
			p.lines("  "+part.Role, part.Text, mostOfPrompt)
		}
	}
	if before != nil && !p.full && a.Parameters == before.Parameters && a.Parameters != "" {
		p.line("  parameters", "(as before)")
	} else if a.Parameters != "" {
		p.line("  parameters", a.Parameters)
	}
	if a.Fault != "" {
		p.line("no answer", a.Fault)
	} else {
		p.line("answered by", a.By)
	}
	if a.Note != "" {
		p.line("  note", a.Note)
	}
	if a.Input+a.Output > 0 {
		p.line("  tokens", fmt.Sprintf("%d in, %d out", a.Input, a.Output))
	}
	switch {
	case a.Fault == "":
		p.line("  answer", a.Answer)
	case a.Answer != "":
		p.line("  returned", a.Answer)
	}
	if a.Dollars != nil {
		p.line("  cost", dollars(*a.Dollars))
	}
	p.line("  kept as", a.Request)
	if a.Kept != "" {
		p.line("  kept in", a.Kept)
	}
}

func (p printer) value(name string, v Value) {
	switch {
	case v.Null:
		p.line(name, "(no value)")
	case v.Text == "":
		p.line(name, `""`)
	default:
		p.line(name, v.Text)
	}
}

func (p printer) cut(text string, most int) string {
	if r := []rune(text); !p.full && len(r) > most {
		return string(r[:most]) + fmt.Sprintf("… (%d characters; --full shows them)", len(r))
	}
	return text
}

// mostOfText and mostOfPrompt are how many characters of a text and of a part of a
// question are shown.
const (
	mostOfText   = 600
	mostOfPrompt = 3000
)

// line writes a name and a text, wrapped.
func (p printer) line(name, text string) { p.lines(name, text, mostOfText) }

func (p printer) lines(name, text string, most int) {
	name = diag.Printable(name)
	for _, part := range strings.Split(p.cut(diag.Printable(text), most), "\n") {
		for _, row := range wrap(part, p.width-labels-3) {
			fmt.Fprintf(p.w, "%s\n", strings.TrimRight(fmt.Sprintf("  %-*s %s", labels, name, row), " "))
			name = ""
		}
	}
}

// wrap cuts a text into lines at spaces, and within words that are too long.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.SplitAfter(text, " ") {
		for len([]rune(line))+len([]rune(strings.TrimRight(word, " "))) > width {
			if line != "" {
				lines, line = append(lines, line), ""
				continue
			}
			r := []rune(word)
			lines, word = append(lines, string(r[:width])), string(r[width:])
		}
		line += word
	}
	return append(lines, line)
}
