package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"icono/internal/bundle"
)

// tell prints what was shared.
func (s *sharing) tell() error {
	a := s.app
	if a.json {
		j := json.NewEncoder(a.Out)
		j.SetIndent("", "  ")
		j.SetEscapeHTML(false)
		return j.Encode(&s.report)
	}
	s.tellColumns()
	if len(s.report.Words) > 0 {
		fmt.Fprintf(a.Err, "warning: these names are words of the pipeline or a codebook too, or were given by --word: %s\n  they are replaced in data and behind an @, and stay in other text\n", strings.Join(s.report.Words, ", "))
	}
	if len(s.report.Own) > 0 {
		fmt.Fprintf(a.Err, "warning: these names stand in the pipeline or a codebook, and are replaced there: %s\n  where one is an everyday word, the text around it tells which: --word NAME leaves it in texts\n", listed(s.report.Own))
	}
	if len(s.report.Short) > 0 {
		fmt.Fprintf(a.Err, "warning: these names are too short to be looked for in texts, but behind an @ or a #: %s\n", listed(s.report.Short))
	}
	if s.flags.dry {
		for _, n := range s.report.Notes {
			fmt.Fprintf(a.Err, "warning: %s\n", n)
		}
		return nil
	}
	if len(s.report.Bare) > 0 {
		fmt.Fprintf(a.Err, "warning: these names stand in texts without an @ or #, and were replaced there too: %s\n  where one is an everyday word, the text around it may tell which: --word NAME leaves it in texts\n", listed(s.report.Bare))
	}
	if len(s.report.Signed) > 0 {
		fmt.Fprintf(a.Err, "warning: notes of who gave codes by hand are shared, without known names and addresses: %s\n", listed(s.report.Signed))
	}
	for _, n := range s.report.Notes {
		fmt.Fprintf(a.Err, "warning: %s\n", n)
	}
	fmt.Fprintf(a.Out, "wrote %s: %s, %s and vectors of models, what is known of %s\n", s.report.Folder, count(s.report.Files, "file"), count(s.report.Answers, "answer"), count(s.report.Pictures, "picture"))
	but := ""
	if len(s.report.Words)+len(s.report.Short) > 0 {
		but = ", but for those named above"
	}
	fmt.Fprintf(a.Out, "it was run: %s as in the study; no file has one of the %s that were replaced%s\n", count(s.report.Compared, "value"), count(s.report.Names, "name"), but)
	fmt.Fprintln(a.Out, "what was read in pictures, captions and descriptions can still identify people: read it before you publish it")
	return nil
}

func (s *sharing) tellColumns() {
	rows := [][]string{{"table", "column", "what becomes of it"}}
	if s.flags.dry {
		rows[0] = append(rows[0], "a value")
	}
	for _, c := range s.report.Columns {
		row := []string{c.Stage, c.Name, become(c)}
		if s.flags.dry {
			row = append(row, clipped(c.Example))
		}
		rows = append(rows, row)
	}
	s.app.table(s.app.Out, rows)
}

// become says what becomes of a column, and what else could.
func become(c bundle.Column) string {
	switch text := string(c.Treatment); {
	case c.Treatment == bundle.Drop && (c.Handle || c.ID):
		return text + "; what it names is replaced in texts"
	case c.Treatment == bundle.Drop && c.Text:
		return text + "; not looked for in texts (--hide looks for it, --keep keeps it)"
	case c.Treatment == bundle.Drop:
		return text + " (--keep keeps it)"
	case c.Treatment == bundle.Prose && c.Person:
		return text + "; does it name people? --hide " + shellWord(c.Name) + " hides them"
	default:
		return text
	}
}

// clipped is the beginning of a value, on one line.
func clipped(text string) string {
	const most = 32
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// often are names, the most frequent first.
func often(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

// listed are some words of a list.
func listed(words []string) string {
	const most = 12
	if more := len(words) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), more)
	}
	return strings.Join(words, ", ")
}
