package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"icono/internal/source"
)

// Print writes diagnostics for people: place, message, the line with a caret
// below what is wrong, and a hint. With colour, ANSI sequences mark severity.
func Print(w io.Writer, list []Diagnostic, colour bool) {
	for i, d := range list {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s%s: %s\n", place(d.Span), paint(string(d.Severity), severityColour(d.Severity), colour), Printable(d.Message))
		excerpt(w, d.Span, colour)
		if d.Hint != "" {
			fmt.Fprintf(w, "  %s %s\n", paint("help:", "36", colour), Printable(d.Hint))
		}
		for _, n := range d.Notes {
			fmt.Fprintf(w, "  %s%s\n", place(n.Span), Printable(n.Message))
		}
	}
}

func severityColour(s Severity) string {
	if s == Warning {
		return "33;1"
	}
	return "31;1"
}

func paint(text, code string, colour bool) string {
	if !colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func place(s source.Span) string {
	if s.File == nil {
		return ""
	}
	return s.String() + ": "
}

// maxExcerpt is the width of an excerpt in characters.
const maxExcerpt = 100

func excerpt(w io.Writer, s source.Span, colour bool) {
	if s.File == nil {
		return
	}
	p := s.File.Position(s.Start)
	line := []rune(Printable(s.File.Shown(p.Line)))
	if len(line) == 0 {
		return
	}
	width := 1
	if s.End > s.Start {
		width = utf8.RuneCountInString(s.File.Text[s.Start:min(s.End, len(s.File.Text))])
	}
	at := p.Column - 1
	width = max(1, min(width, len(line)-at))
	if from := at - maxExcerpt*2/3; from > 0 && len(line) > maxExcerpt {
		line = append([]rune("…"), line[from:]...)
		at = at - from + 1
	}
	if len(line) > maxExcerpt {
		line = append(line[:maxExcerpt-1:maxExcerpt-1], '…')
		width = max(1, min(width, maxExcerpt-at))
	}
	number := fmt.Sprint(p.Line)
	fmt.Fprintf(w, "  %s | %s\n", number, string(line))
	fmt.Fprintf(w, "  %s | %s%s\n", strings.Repeat(" ", len(number)), strings.Repeat(" ", at),
		paint("^"+strings.Repeat("~", width-1), "31;1", colour))
}

// Printable replaces what would upset a terminal or the caret's column.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}

// record is the JSON form of a diagnostic; lines and columns count from 1.
type record struct {
	Severity  Severity `json:"severity"`
	Code      string   `json:"code"`
	File      string   `json:"file,omitempty"`
	Line      int      `json:"line,omitempty"`
	Column    int      `json:"column,omitempty"`
	EndLine   int      `json:"end_line,omitempty"`
	EndColumn int      `json:"end_column,omitempty"`
	Message   string   `json:"message"`
	Hint      string   `json:"hint,omitempty"`
	Notes     []note   `json:"notes,omitempty"`
}

type note struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

// PrintJSON writes diagnostics as one JSON array.
func PrintJSON(w io.Writer, list []Diagnostic) error {
	out := make([]record, 0, len(list))
	for _, d := range list {
		r := record{Severity: d.Severity, Code: d.Code, Message: d.Message, Hint: d.Hint}
		if f := d.Span.File; f != nil {
			from, to := f.Position(d.Span.Start), f.Position(d.Span.End)
			r.File, r.Line, r.Column, r.EndLine, r.EndColumn = f.Name, from.Line, from.Column, to.Line, to.Column
		}
		for _, n := range d.Notes {
			j := note{Message: n.Message}
			if f := n.Span.File; f != nil {
				p := f.Position(n.Span.Start)
				j.File, j.Line, j.Column = f.Name, p.Line, p.Column
			}
			r.Notes = append(r.Notes, j)
		}
		out = append(out, r)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

// PrintGitHub writes diagnostics as workflow commands, which GitHub shows as
// annotations in the changed files.
func PrintGitHub(w io.Writer, list []Diagnostic) {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, d := range list {
		where := ""
		if f := d.Span.File; f != nil {
			from, to := f.Position(d.Span.Start), f.Position(d.Span.End)
			where = fmt.Sprintf(" file=%s,line=%d,col=%d,endLine=%d,endColumn=%d", property.Replace(f.Name), from.Line, from.Column, to.Line, to.Column)
		}
		text := d.Message
		if d.Hint != "" {
			text += "\n" + d.Hint
		}
		fmt.Fprintf(w, "::%s%s::%s\n", d.Severity, where, data.Replace(text))
	}
}
