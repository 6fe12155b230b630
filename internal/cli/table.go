package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
)

// table prints rows in columns; the first row is the head. The columns at the
// indices in right are aligned to the right.
func (a *app) table(w io.Writer, rows [][]string, right ...int) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			atRight := false
			for _, r := range right {
				atRight = atRight || r == i
			}
			if atRight {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
			if i < len(row)-1 {
				b.WriteString("  ")
			}
		}
		line := strings.TrimRight(b.String(), " ")
		if n == 0 && a.terminal(w) {
			line = "\x1b[1m" + line + "\x1b[0m"
		}
		fmt.Fprintln(w, line)
	}
}

// number writes an integer with thin groups of three digits: 12 345.
func number(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}

// previewRows is how many rows `run --only` shows.
const previewRows = 10

// preview drains a table and prints its first rows.
func (a *app) preview(id string, t stage.Table) error {
	rows := [][]string{columns.Names(t.Schema)}
	var total int64
	for rec, err := range t.Rows {
		if err != nil {
			return err
		}
		total += rec.NumRows()
		for i := 0; i < int(rec.NumRows()) && len(rows) <= previewRows; i++ {
			rows = append(rows, previewRow(rec, i))
		}
	}
	if !a.json {
		a.table(a.Out, rows)
		fmt.Fprintf(a.Out, "%s: %s of %s rows shown\n", id, number(int64(len(rows)-1)), number(total))
	}
	return nil
}

func previewRow(rec arrow.Record, i int) []string {
	row := make([]string, rec.NumCols())
	for c := range row {
		text := []rune(strings.Join(strings.Fields(columns.Format(rec.Column(c), i)), " "))
		if len(text) > 32 {
			text = append(text[:31:31], '…')
		}
		row[c] = string(text)
		if rec.Column(c).IsNull(i) {
			row[c] = "·"
		}
	}
	return row
}
