package bundle

import (
	"context"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/pipeline"
	"icono/internal/pseudonym"
	"icono/internal/source"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// Side is a table that stages read beside their rows, such as one of coded examples. Its
// ID is its path, and all its columns are text.
type Side struct {
	Loaded
	format tabular.Format
	// used are the columns that the options beside its path name.
	used map[string]bool
}

// Sides reads the tables that the stages of a plan read beside their rows. Texts and JSON
// are tables where the options beside their path name columns of them. The caller closes
// their spools.
func Sides(ctx context.Context, p *pipeline.Plan, study stage.Study) (sides []*Side, err error) {
	for _, s := range p.Stages {
		if s.Kind == "load" || s.Kind == "sample" || s.Kind == "filter" {
			continue
		}
		for _, name := range s.Reads {
			format, is := tabular.FormatOf(name)
			if !is {
				continue
			}
			beside := beside(s.With, name)
			if at := slices.IndexFunc(sides, func(t *Side) bool { return t.ID == name }); at >= 0 {
				sides[at].use(beside)
				continue
			}
			side, err := readSide(ctx, study, name, format)
			switch text := format == tabular.JSON || path.Ext(name) == ".txt"; {
			case err != nil && text:
				continue // it is no table
			case err != nil:
				return sides, fmt.Errorf("%s cannot be shared: %w", name, err)
			case side.use(beside) || !text:
				sides = append(sides, side)
			default:
				_ = side.Spool.Close() // nothing is lost with it
			}
		}
	}
	return sides, nil
}

// use notes the columns among words, and reports whether there are any.
func (t *Side) use(words []string) bool {
	for _, w := range words {
		if columns.Index(t.Out, w) >= 0 {
			t.used[w] = true
		}
	}
	return len(t.used) > 0
}

// beside are the texts that stand in the same mapping as a text, and below it.
func beside(n *source.Node, text string) (out []string) {
	if n == nil {
		return nil
	}
	for _, f := range n.Fields {
		if f.Value.Form == source.Scalar && f.Value.Text == text {
			return scalars(n)
		}
	}
	for _, below := range n.Items {
		out = append(out, beside(below, text)...)
	}
	for _, f := range n.Fields {
		out = append(out, beside(f.Value, text)...)
	}
	return out
}

// scalars are the texts of a node, without the names of entries.
func scalars(n *source.Node) (out []string) {
	if n.Form == source.Scalar {
		return []string{n.Text}
	}
	for _, item := range n.Items {
		out = append(out, scalars(item)...)
	}
	for _, f := range n.Fields {
		out = append(out, scalars(f.Value)...)
	}
	return out
}

func readSide(ctx context.Context, study stage.Study, name string, format tabular.Format) (*Side, error) {
	if ext := path.Ext(name); ext == ".gz" || ext == ".xz" {
		return nil, fmt.Errorf("it is packed: unpack it first")
	}
	src := tabular.Source{Name: name, Path: study.Resolve(name), Open: func() (io.ReadCloser, error) { return study.Open(name) }}
	probe, err := tabular.Open(ctx, src, tabular.ReadOptions{SampleRows: 1})
	if err != nil {
		return nil, err
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
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	schema := arrow.NewSchema(fields, nil)
	spool, err := tabular.NewSpool("", schema)
	if err != nil {
		return nil, err
	}
	for rec, err := range file.Rows(ctx, memory.DefaultAllocator, 1024) {
		if err == nil {
			err = spoolTexts(spool, schema, rec)
		}
		if err != nil {
			_ = spool.Close() // nothing is lost with it
			return nil, err
		}
	}
	return &Side{Loaded{&pipeline.Planned{Spec: pipeline.Spec{ID: name}, Out: schema}, spool}, format, map[string]bool{}}, nil
}

func spoolTexts(spool *tabular.Spool, schema *arrow.Schema, rec arrow.Record) error {
	cols := make([]arrow.Array, rec.NumCols())
	for i, col := range rec.Columns() {
		cols[i] = asTexts(col, strings.Clone)
	}
	defer columns.Release(cols)
	texts := array.NewRecord(schema, cols, rec.NumRows())
	defer texts.Release()
	return spool.Append(texts)
}

// Columns says what becomes of the columns of the table.
func (t *Side) Columns(choice Choice, seen []Seen) (all []Column) {
	for i, f := range t.Out.Fields() {
		c := treated(t.Out, f, choice, seen[i])
		c.Stage = t.ID
		if !t.used[f.Name] && !slices.Contains(choice.Keep, f.Name) || slices.Contains(choice.Drop, f.Name) {
			c.Treatment = Drop
		}
		all = append(all, c)
	}
	return all
}

// Write writes the table as it is shared, for a bundle that lies in dir: its rows stay in
// their order, and paths of pictures become those under which the bundle knows them.
func (t *Side) Write(ctx context.Context, all []Column, names *pseudonym.Names, dir, to string) error {
	var fields []arrow.Field
	var from []int
	var ways []way
	for _, c := range all {
		if c.Stage == t.ID && c.Treatment != Drop {
			at := columns.Index(t.Out, c.Name)
			f := t.Out.Field(at)
			f.Name = names.Text(f.Name) // as in the pipeline
			fields, from, ways = append(fields, f), append(from, at), append(ways, way{Column: c})
		}
	}
	if len(fields) == 0 {
		return fmt.Errorf("no stage uses a column of %s: there is nothing of it to share", t.ID)
	}
	rec, err := t.treated(ctx, fields, from, ways, names)
	if err != nil {
		return err
	}
	defer rec.Release()
	return writeTable(filepath.Join(dir, filepath.FromSlash(to)), t.format, rec)
}

// picture reports whether a text is the path of a picture.
func picture(text string) bool { return media.IsPicture(text) && !strings.ContainsAny(text, "\n") }
