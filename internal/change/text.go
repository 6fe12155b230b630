package change

import (
	"fmt"
	"io"
	"strconv"
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
	return len(r.Study)+len(r.Tables)+len(r.Data)+len(r.New)+len(r.Gone) == 0
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
			fmt.Fprintln(w, "  "+line(text))
		}
	}
	for _, t := range r.Tables {
		fmt.Fprintln(w, line(t.headline()))
		list(w, "added", t.Added)
		reasons(w, t.AddedBy)
		list(w, "lost", t.Lost)
		reasons(w, t.LostBy)
		if n := len(t.Waiting); n > 0 {
			fmt.Fprintf(w, "  not answered yet: %d\n", n)
		}
	}
	for _, v := range r.Data {
		fmt.Fprintf(w, "in the data: %s\n", line(v.headline()))
	}
	list(w, "new variables", r.New)
	list(w, "variables that are gone", r.Gone)
	for _, v := range r.Variables {
		if v.Changed == 0 && v.Waiting == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", line(v.headline()))
		for _, t := range head(v.Transitions) {
			from, to := words(t.From, t.To)
			fmt.Fprintf(w, "  %5d  %s -> %s\n", t.N, line(from), line(to))
		}
		if n := len(v.Transitions) - most; n > 0 {
			fmt.Fprintf(w, "         and %d more kinds of change (--json lists all)\n", n)
		}
		reasons(w, v.Causes)
		if v.Beside {
			continue
		}
		for _, row := range head(v.Rows) {
			from, to := words(row.From, row.To)
			text := fmt.Sprintf("%s: %s -> %s", row.Key, from, to)
			if len(v.Causes) > 1 {
				text += " (" + strings.Join(row.Causes, "; ") + ")"
			}
			fmt.Fprintln(w, "  "+line(text))
		}
		if n := len(v.Rows) - most; n > 0 {
			fmt.Fprintf(w, "  and %d more rows (--json lists all)\n", n)
		}
	}
	fmt.Fprintf(w, "\n%s%s\n", r.unchanged(), r.money())
	for _, f := range r.Faults {
		fmt.Fprintln(w, line(f.words()))
	}
}

// reasons lists causes.
func reasons(w io.Writer, all []Count) {
	for _, c := range head(all) {
		fmt.Fprintf(w, "  because of %s\n", line(c.words()))
	}
	if n := len(all) - most; n > 0 {
		fmt.Fprintf(w, "  and of %d more causes\n", n)
	}
}

// words is a cause and its rows.
func (c Count) words() string {
	switch c.Alone {
	case c.N:
		return fmt.Sprintf("%s: %d", c.Name, c.N)
	case 0:
		return fmt.Sprintf("%s: %d, never alone", c.Name, c.N)
	}
	return fmt.Sprintf("%s: %d, alone in %d", c.Name, c.N, c.Alone)
}

func (f Faults) words() string {
	return fmt.Sprintf("rows that %s could not code: %d before, %d now", f.Stage, f.Before, f.After)
}

func (t Table) headline() string {
	return fmt.Sprintf("rows of %s: %d before, %d now; %d added and %d lost by this stage itself", t.Stage, t.Before, t.After, len(t.Added), len(t.Lost))
}

// unchanged counts the variables without a change; one that waits for answers is not
// known to have none.
func (r *Report) unchanged() string {
	n, open, all := 0, 0, 0
	for _, v := range r.Variables {
		if v.Beside {
			continue
		}
		all++
		switch {
		case v.Changed == 0 && v.Waiting == 0:
			n++
		case v.Changed == 0:
			open++
		}
	}
	text := fmt.Sprintf("%d of %d variables unchanged", n, all)
	if open > 0 {
		text += fmt.Sprintf(", %d not known yet", open)
	}
	return text
}

// money words what the answers cost.
func (r *Report) money() string {
	if r.Values {
		return ""
	}
	text := fmt.Sprintf("; answers cost $%.4f before, $%.4f now", r.Cost[0], r.Cost[1])
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
	text := fmt.Sprintf("%s (%s): ", v.Name, v.Stage)
	if v.Both == 0 && v.Waiting > 0 {
		return text + fmt.Sprintf("%d rows, not answered yet", v.Waiting)
	}
	text += fmt.Sprintf("%d of %d rows changed (%.1f %%)", v.Changed, v.Both, 100*v.Share())
	if v.Moved != nil {
		text += fmt.Sprintf(" by %s on average and %s at most", digits(v.Moved.Mean), digits(v.Moved.Most))
	}
	if v.Alpha != nil {
		text += ", alpha " + v.alpha()
	}
	if v.Waiting > 0 {
		text += fmt.Sprintf("; %d not answered yet", v.Waiting)
	}
	return text
}

// digits writes a difference in three digits.
func digits(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }

// alpha is that of the variable, with its level and the rows with a value in both runs.
func (v Variable) alpha() string {
	return fmt.Sprintf("%.3f (%s, %d rows)", *v.Alpha, v.Level, v.Pairs)
}

// words are two values that differ, in quotes where they would look alike.
func words(from, to Value) (a, b string) {
	if a, b = from.words(), to.words(); a != b {
		return a, b
	}
	return strconv.Quote(from.Text), strconv.Quote(to.Text)
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

// line makes a text one line that moves no cursor.
func line(text string) string {
	return strings.Join(strings.Fields(diag.Printable(text)), " ")
}

func list(w io.Writer, what string, keys []string) {
	if len(keys) == 0 {
		return
	}
	text := strings.Join(head(keys), ", ")
	if n := len(keys) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	fmt.Fprintf(w, "  %s: %s\n", what, line(text))
}

// head is the beginning of a list.
func head[T any](all []T) []T { return all[:min(len(all), most)] }
