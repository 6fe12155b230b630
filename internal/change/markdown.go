package change

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"icono/internal/diag"
)

// folded is how many rows a table of changed rows has at most.
const folded = 100

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
		fmt.Fprintf(w, "Rows of %s: %d before, %d now; %d added, %d lost.\n\n", inert(t.Stage), t.Before, t.After, len(t.Added), len(t.Lost))
	}
	fmt.Fprint(w, "| variable | rows | changed | share | alpha | because of |\n| --- | ---: | ---: | ---: | ---: | --- |\n")
	for _, v := range r.Variables {
		if v.Changed == 0 && v.Waiting == 0 {
			continue
		}
		alpha := ""
		if v.Alpha != nil {
			alpha = fmt.Sprintf("%.3f", *v.Alpha)
		}
		var causes []string
		for _, c := range head(v.Causes) {
			causes = append(causes, fmt.Sprintf("%s (%d)", inert(c.Name), c.N))
		}
		if v.Waiting > 0 {
			causes = append(causes, fmt.Sprintf("%d not answered yet", v.Waiting))
		}
		fmt.Fprintf(w, "| %s (%s) | %d | %d | %.1f %% | %s | %s |\n", inert(v.Name), inert(v.Stage), v.Both, v.Changed, 100*v.Share(), alpha, strings.Join(causes, "; "))
	}
	for _, v := range r.Variables {
		v.fold(w)
	}
	fmt.Fprintf(w, "\n%s; %s.\n", r.unchanged(), r.money())
}

// fold writes the transitions and rows of a variable.
func (v Variable) fold(w io.Writer) {
	if v.Changed == 0 {
		return
	}
	fmt.Fprintf(w, "\n<details><summary>%s</summary>\n\n", inert(v.headline()))
	if len(v.Transitions) > 0 {
		fmt.Fprint(w, "| from | to | rows |\n| --- | --- | ---: |\n")
		for _, t := range v.Transitions[:min(len(v.Transitions), folded)] {
			fmt.Fprintf(w, "| %s | %s | %d |\n", inert(t.From.words()), inert(t.To.words()), t.N)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "| row | from | to | because of |\n| --- | --- | --- | --- |\n")
	for _, row := range v.Rows[:min(len(v.Rows), folded)] {
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", inert(row.Key), inert(row.From.words()), inert(row.To.words()), inert(strings.Join(row.Causes, "; ")))
	}
	if n := len(v.Rows) - folded; n > 0 {
		fmt.Fprintf(w, "\nAnd %d more rows.\n", n)
	}
	fmt.Fprint(w, "\n</details>\n")
}

// inert writes a text so that Markdown shows it and makes nothing of it: marks as
// character references, which GitHub and GitLab read as text.
func inert(text string) string {
	var b strings.Builder
	for _, r := range diag.Printable(text) {
		switch {
		case r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r == ' ' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			b.WriteRune(r)
		case r == ',' || r == ';' || r == '(' || r == ')' || r == '%':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}
