package change

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// folded is how many rows a table of changed rows has at most.
const folded = 100

// mostMarkdown is how many bytes tables of changed rows have together: comments of GitHub
// take 65536 characters.
const mostMarkdown = 50_000

// Markdown writes a report for a pull request: tables, the rows in a fold. What comes
// from the data is put so that it can be neither markup nor a mention.
func (r *Report) Markdown(w io.Writer) {
	fmt.Fprint(w, "## Codes of this study\n\n")
	if r.Nothing() {
		fmt.Fprintf(w, "No difference: %s, no code changed.\n", r.unchanged())
		return
	}
	if len(r.Study) > 0 {
		fmt.Fprint(w, "Changed in the study:\n\n")
		for _, text := range head(r.Study) {
			fmt.Fprintf(w, "- %s\n", inert(text))
		}
		fmt.Fprintln(w)
	}
	for _, t := range r.Tables {
		text := inert(t.headline())
		if why := because(t.AddedBy, 0); why != "" {
			text += "; added: " + why
		}
		if why := because(t.LostBy, len(t.Waiting)); why != "" {
			text += "; lost: " + why
		}
		fmt.Fprintf(w, "%s.\n\n", text)
	}
	for _, v := range r.Data {
		fmt.Fprintf(w, "In the data: %s.\n\n", inert(v.headline()))
	}
	for _, only := range []struct {
		what  string
		names []string
	}{{"New variables", r.New}, {"Variables that are gone", r.Gone}} {
		if len(only.names) > 0 {
			fmt.Fprintf(w, "%s: %s.\n\n", only.what, inert(strings.Join(only.names, ", ")))
		}
	}
	fmt.Fprint(w, "| variable | rows | changed | share | alpha | because of |\n| --- | ---: | ---: | ---: | ---: | --- |\n")
	for _, v := range r.Variables {
		if v.Changed == 0 && v.Waiting == 0 {
			continue
		}
		alpha := ""
		if v.Alpha != nil {
			alpha = v.alpha()
		}
		changed := strconv.Itoa(v.Changed)
		if v.Moved != nil {
			changed += ", by " + digits(v.Moved.Mean) + " on average"
		}
		fmt.Fprintf(w, "| %s (%s) | %d | %s | %.1f %% | %s | %s |\n", inert(v.Name), inert(v.Stage), v.Both, changed, 100*v.Share(), alpha, because(v.Causes, v.Waiting))
	}
	left := mostMarkdown
	hidden := 0
	for _, v := range r.Variables {
		var text bytes.Buffer
		v.fold(&text)
		if text.Len() > left {
			hidden++
			continue
		}
		left -= text.Len()
		fmt.Fprint(w, text.String())
	}
	if hidden > 0 {
		fmt.Fprintf(w, "\nThe changed rows of %d more variables: `icono diff --json`.\n", hidden)
	}
	fmt.Fprintf(w, "\n%s%s.\n", r.unchanged(), r.money())
	for _, f := range r.Faults {
		fmt.Fprintf(w, "%s.\n", inert(f.words()))
	}
}

// because lists causes, with the rows that have no answer yet.
func because(all []Count, waiting int) string {
	var out []string
	for _, c := range head(all) {
		out = append(out, inert(c.words()))
	}
	if n := len(all) - most; n > 0 {
		out = append(out, fmt.Sprintf("%d more causes", n))
	}
	if waiting > 0 {
		out = append(out, fmt.Sprintf("not answered yet: %d", waiting))
	}
	return strings.Join(out, "; ")
}

// fold writes the transitions and rows of a variable.
func (v Variable) fold(w io.Writer) {
	if v.Changed == 0 || v.Beside {
		return
	}
	fmt.Fprintf(w, "\n<details><summary>%s</summary>\n\n", inert(v.headline()))
	if len(v.Transitions) > 0 {
		fmt.Fprint(w, "| from | to | rows |\n| --- | --- | ---: |\n")
		for _, t := range v.Transitions[:min(len(v.Transitions), folded)] {
			from, to := words(t.From, t.To)
			fmt.Fprintf(w, "| %s | %s | %d |\n", inert(from), inert(to), t.N)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "| row | from | to | because of |\n| --- | --- | --- | --- |\n")
	for _, row := range v.Rows[:min(len(v.Rows), folded)] {
		from, to := words(row.From, row.To)
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", inert(row.Key), inert(from), inert(to), inert(strings.Join(row.Causes, "; ")))
	}
	if n := len(v.Rows) - folded; n > 0 {
		fmt.Fprintf(w, "\nAnd %d more rows.\n", n)
	}
	fmt.Fprint(w, "\n</details>\n")
}

// inert writes a text so that Markdown shows it and makes nothing of it: marks as
// character references, which are text where Markdown is read. Mentions and references
// are looked for in what comes out of that, so that their marks are parted from what
// follows by a joiner without width.
func inert(text string) string {
	var b strings.Builder
	all := []rune(line(text))
	for i, r := range all {
		switch {
		case r == ' ' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			b.WriteRune(r)
		case r == ',' || r == ';' || r == '(' || r == ')':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "&#%d;", r)
			if strings.ContainsRune("@#!~$%&^:", r) && i+1 < len(all) && all[i+1] != ' ' {
				b.WriteString("&#8288;")
			}
		}
	}
	return b.String()
}
