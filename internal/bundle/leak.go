package bundle

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/pseudonym"
	"icono/internal/tabular"
)

// Leak is a name that still stands in a file of a bundle.
type Leak struct{ File, Name, Where string }

// String words it.
func (l Leak) String() string { return fmt.Sprintf("%s, %s: %q", l.File, l.Where, l.Name) }

// mostLeaks bounds how many are listed.
const mostLeaks = 20

// Search looks for names in all files of a bundle: in texts as they stand, in Parquet
// and Arrow files in every cell, and in the files' own names. Files of other forms
// are passed over, and so are the styles, scripts and tags of pages.
func Search(ctx context.Context, dir string, of *pseudonym.Names) (leaks []Leak, err error) {
	files, err := names(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		found := func(where, text string) {
			for _, m := range of.Leaks(text) {
				if len(leaks) < mostLeaks {
					leaks = append(leaks, Leak{name, m, where})
				}
			}
		}
		found("its name", name)
		path := filepath.Join(dir, filepath.FromSlash(name))
		if format, known := tabular.FormatOf(name); known && (format == tabular.Parquet || format == tabular.Arrow) {
			if err := searchTable(ctx, name, path, found); err != nil {
				return leaks, err
			}
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return leaks, err
		}
		if !utf8.Valid(text) {
			continue
		}
		if ext := strings.ToLower(filepath.Ext(name)); ext == ".html" || ext == ".htm" {
			text = unmarked(text)
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			found(fmt.Sprintf("line %d", i+1), string(line))
		}
	}
	return leaks, nil
}

// markup is what pages have besides what they say: styles, scripts, names of tags, and
// attributes that only styles read.
var markup = regexp.MustCompile(`(?s)<style\b.*?</style>|<script\b.*?</script>|<meta (?:charset|name="(?:color-scheme|viewport|generator)")[^>]*>|</?[a-z][a-z0-9-]*|\s(?:class|style)="[^"]*"`)

// unmarked is a page without its markup, with the same lines.
func unmarked(page []byte) []byte {
	return markup.ReplaceAllFunc(page, func(m []byte) []byte { return bytes.Repeat([]byte("\n"), bytes.Count(m, []byte("\n"))) })
}

func searchTable(ctx context.Context, name, path string, found func(where, text string)) error {
	file, err := tabular.Open(ctx, tabular.Source{Name: name, Path: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }}, tabular.ReadOptions{})
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read
	for i, f := range file.Schema().Fields() {
		found(fmt.Sprintf("the name of column %d", i+1), f.Name)
		found("what is said of the column "+f.Name, strings.Join(f.Metadata.Values(), "\n"))
	}
	found("what is said of the table", strings.Join(file.Schema().Metadata().Values(), "\n"))
	row := 0
	for rec, err := range file.Rows(ctx, memory.DefaultAllocator, 1024) {
		if err != nil {
			return err
		}
		for i := range int(rec.NumRows()) {
			row++
			for c, col := range rec.Columns() {
				if !col.IsNull(i) && holdsText(col.DataType()) {
					found(fmt.Sprintf("row %d, column %s", row, rec.ColumnName(c)), columns.Format(col, i))
				}
			}
		}
	}
	return nil
}

func holdsText(t arrow.DataType) bool { return columns.IsText(t) || nested(t) }
