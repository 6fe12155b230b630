package bundle

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/pseudonym"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// Put writes a file of a bundle.
func Put(dir, name, text string) error {
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// Copy copies a file that a stage of the study reads to a bundle: texts and tables with
// names replaced, others as they are.
func Copy(ctx context.Context, study stage.Study, name, dir, to string, names *pseudonym.Names) error {
	if format, is := tabular.FormatOf(name); is && format != tabular.JSON && path.Ext(name) != ".txt" {
		if err := copyTable(ctx, study, name, format, filepath.Join(dir, filepath.FromSlash(to)), names); err != nil {
			return fmt.Errorf("%s cannot be shared: %w", name, err)
		}
		return nil
	}
	r, err := study.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	switch {
	case !utf8.Valid(text):
		return Put(dir, to, string(text))
	case path.Ext(name) == ".json":
		return Put(dir, to, string(names.JSON(text)))
	case path.Ext(name) == ".yaml" || path.Ext(name) == ".yml":
		return Put(dir, to, comments(names.Text(string(text)), names))
	}
	return Put(dir, to, names.Text(string(text)))
}

// copyTable copies a table cell by cell, all as text: paths of pictures become those
// under which the bundle knows them.
func copyTable(ctx context.Context, study stage.Study, name string, format tabular.Format, to string, names *pseudonym.Names) error {
	if ext := path.Ext(name); ext == ".gz" || ext == ".xz" {
		return fmt.Errorf("it is packed: unpack it first")
	}
	src := tabular.Source{Name: name, Path: study.Resolve(name), Open: func() (io.ReadCloser, error) { return study.Open(name) }}
	probe, err := tabular.Open(ctx, src, tabular.ReadOptions{SampleRows: 1})
	if err != nil {
		return err
	}
	o := tabular.ReadOptions{Types: map[string]string{}}
	var fields []arrow.Field
	for _, f := range probe.Schema().Fields() {
		o.Types[f.Name] = "text"
		fields = append(fields, arrow.Field{Name: f.Name, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	_ = probe.Close() // only read
	file, err := tabular.Open(ctx, src, o)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for rec, err := range file.Rows(ctx, memory.DefaultAllocator, 1024) {
		if err != nil {
			return err
		}
		for c, col := range rec.Columns() {
			texts := b.Field(c).(*array.StringBuilder)
			for i := range col.Len() {
				switch text := columns.Format(col, i); {
				case col.IsNull(i):
					texts.AppendNull()
				case media.IsPicture(text) && !strings.ContainsAny(text, "\n"):
					texts.Append(names.Of(strings.TrimSpace(text)))
				default:
					texts.Append(names.Cell(text))
				}
			}
		}
	}
	out := b.NewRecord()
	defer out.Release()
	return writeTable(to, format, out)
}
