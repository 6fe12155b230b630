package change

import (
	"fmt"
	"io"
	"strings"

	"icono/internal/diag"
)

// most is how many entries of a list are shown.
const most = 12

// Nothing reports whether the runs do not differ.
func (r *Report) Nothing() bool {
	for _, v := range r.Variables {
		if v.Changed > 0 || v.Waiting > 0 {
			return false
		}
	}
	return len(r.Study) == 0 && len(r.Tables) == 0
}

// Print writes a report for people.
func (r *Report) Print(w io.Writer) {
	if r.Nothing() {
		fmt.Fprintf(w, "no difference: %s, no code changed\n", r.unchanged())
		return
	}
	if len(r.Study) > 0 {
		fmt.Fprintln(w, "in the study")
		for _, text := range head(r.Study) {
			fmt.Fprintln(w, "  "+diag.Printable(text))
		}
	}
	for _, t := range r.Tables {
		fmt.Fprintf(w, "rows of %s: %d before, %d now; %d added, %d lost\n", t.Stage, t.Before, t.After, len(t.Added), len(t.Lost))
		list(w, "added", t.Added)
		list(w, "lost", t.Lost)
	}
	for _, v := range r.Variables {
		if v.Changed == 0 && v.Waiting == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", diag.Printable(v.headline()))
		for _, t := range head(v.Transitions) {
			fmt.Fprintf(w, "  %5d  %s -> %s\n", t.N, diag.Printable(t.From.words()), diag.Printable(t.To.words()))
		}
		for _, c := range head(v.Causes) {
			fmt.Fprintf(w, "  because of %s: %d\n", diag.Printable(c.Name), c.N)
		}
		for _, row := range head(v.Rows) {
			fmt.Fprintf(w, "  %s: %s -> %s\n", diag.Printable(row.Key), diag.Printable(row.From.words()), diag.Printable(row.To.words()))
		}
		if n := len(v.Rows) - most; n > 0 {
			fmt.Fprintf(w, "  and %d more rows (--json lists all)\n", n)
		}
	}
	fmt.Fprintf(w, "\n%s; %s\n", r.unchanged(), r.money())
}

// unchanged counts the variables without a change.
func (r *Report) unchanged() string {
	n := 0
	for _, v := range r.Variables {
		if v.Changed == 0 {
			n++
		}
	}
	return fmt.Sprintf("%d of %d variables unchanged", n, len(r.Variables))
}

// money words what the answers cost.
func (r *Report) money() string {
	text := fmt.Sprintf("answers cost $%.4f before, $%.4f now", r.Cost[0], r.Cost[1])
	if r.Unpriced[0]+r.Unpriced[1] > 0 {
		text += fmt.Sprintf(", without %d and %d of unknown price", r.Unpriced[0], r.Unpriced[1])
	}
	if r.Waiting[0]+r.Waiting[1] > 0 {
		text += fmt.Sprintf("; not answered yet: %d before, %d now", r.Waiting[0], r.Waiting[1])
	}
	return text
}

// headline says how much of a variable changed.
func (v Variable) headline() string {
	text := fmt.Sprintf("%s (%s): %d of %d rows changed (%.1f %%)", v.Name, v.Stage, v.Changed, v.Both, 100*v.Share())
	if v.Alpha != nil {
		text += fmt.Sprintf(", alpha %.3f", *v.Alpha)
	}
	if v.Waiting > 0 {
		text += fmt.Sprintf("; %d not answered yet", v.Waiting)
	}
	return text
}

// words is a value in one short line.
func (v Value) words() string {
	text := strings.Join(strings.Fields(v.Text), " ")
	switch r := []rune(text); {
	case v.Null:
		return "no value"
	case text == "":
		return `""`
	case len(r) > 60:
		return string(r[:60]) + "…"
	}
	return text
}

func list(w io.Writer, what string, keys []string) {
	if len(keys) == 0 {
		return
	}
	text := strings.Join(head(keys), ", ")
	if n := len(keys) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	fmt.Fprintf(w, "  %s: %s\n", what, diag.Printable(text))
}

// head is the beginning of a list.
func head[T any](all []T) []T { return all[:min(len(all), most)] }
