package methods

import (
	"fmt"
	"io"
	"strings"

	"icono/internal/diag"
)

// page writes Markdown. What its methods are given as text is Markdown already: quote
// and code make it of texts that others wrote.
type page struct{ b strings.Builder }

func (p *page) head(level int, format string, args ...any) {
	fmt.Fprintf(&p.b, "%s %s\n\n", strings.Repeat("#", level), fmt.Sprintf(format, args...))
}

func (p *page) say(format string, args ...any) {
	fmt.Fprintf(&p.b, format+"\n\n", args...)
}

// blank is what the author has to say.
func (p *page) blank(what string) { p.say("[AUTHOR: %s]", what) }

// table writes rows of cells, nothing where there are none.
func (p *page) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	rule := make([]string, len(head))
	for i := range rule {
		rule[i] = "---"
	}
	for _, row := range append([][]string{head, rule}, rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.ReplaceAll(cell, "|", `\|`) // within code, too
		}
		fmt.Fprintf(&p.b, "| %s |\n", strings.Join(cells, " | "))
	}
	p.b.WriteString("\n")
}

// block writes a text as it is.
func (p *page) block(text string) {
	text = strings.TrimRight(harmless(text), "\n")
	fence := strings.Repeat("`", max(3, longest(text)+1))
	fmt.Fprintf(&p.b, "%s\n%s\n%s\n\n", fence, text, fence)
}

// WriteTo implements io.WriterTo.
func (p *page) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, strings.TrimRight(p.b.String(), "\n")+"\n")
	return int64(n), err
}

// harmless is a text without what moves a cursor or turns the order of letters.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, diag.Printable(strings.NewReplacer("\r\n", "\n", "\t", "  ").Replace(text)))
}

// quote is a text on one line in which nothing has a meaning to Markdown or HTML.
func quote(text string) string {
	text = strings.Join(strings.Fields(harmless(text)), " ")
	var b strings.Builder
	for i, r := range text {
		switch {
		case strings.ContainsRune("\\`*_[]<>#~&$", r), i == 0 && strings.ContainsRune("-+=", r), numbering(text) == i && i > 0:
			if r == '_' && inWord(text, i) { // which means nothing there
				break
			}
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// numbering is the place of the mark that makes a numbered list of a text that begins
// with a number, 0 where there is none.
func numbering(text string) int {
	at := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if at > 0 && (strings.HasPrefix(text[at+1:], " ") || at+1 == len(text)) && (text[at] == '.' || text[at] == ')') {
		return at
	}
	return 0
}

// inWord reports whether a letter or digit stands on both sides of a byte.
func inWord(text string, at int) bool {
	letter := func(i int) bool {
		return i >= 0 && i < len(text) && (text[i] >= 'a' && text[i] <= 'z' || text[i] >= 'A' && text[i] <= 'Z' || text[i] >= '0' && text[i] <= '9')
	}
	return letter(at-1) && letter(at+1)
}

// code is a text on one line as it is written in a file.
func code(text string) string {
	text = strings.Join(strings.Fields(harmless(text)), " ")
	if text == "" {
		return `""`
	}
	fence := strings.Repeat("`", longest(text)+1)
	if fence != "`" {
		text = " " + text + " "
	}
	return fence + text + fence
}

// longest is the length of the longest run of backticks.
func longest(text string) int {
	most, run := 0, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		most = max(most, run)
	}
	return most
}

// number writes a count with a thin division of thousands.
func number(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// plural words a count of things.
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// share words a part of a whole in percent.
func share100(part, whole int64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}
