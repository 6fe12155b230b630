package bundle

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/pipeline"
	"icono/internal/pseudonym"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// Loaded are the rows that a stage of kind load has yielded.
type Loaded struct {
	*pipeline.Planned
	Spool *tabular.Spool
}

// Register adds what the columns name to the names to be replaced, also of columns
// that are left out.
func (l *Loaded) Register(ctx context.Context, all []Column, names *pseudonym.Names) error {
	for rec, err := range l.Spool.Rows(ctx, memory.DefaultAllocator) {
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.Stage != l.ID {
				continue
			}
			if !c.Handle && !c.ID {
				registerMembers(rec.Column(columns.Index(l.Out, c.Name)), names)
				continue
			}
			sort := pseudonym.ID
			if c.Handle {
				sort = pseudonym.Handle
			}
			col := rec.Column(columns.Index(l.Out, c.Name))
			add := func(text string) string {
				register(names, c, text, sort)
				return text
			}
			if nested(col.DataType()) {
				same, err := rewritten(col, add)
				if err != nil {
					return fmt.Errorf("the column `%s` of %s: %w", c.Name, l.ID, err)
				}
				same.Release()
				continue
			}
			for i := range col.Len() {
				if !col.IsNull(i) {
					add(columns.Format(col, i))
				}
			}
		}
	}
	return nil
}

// Table is a table of a bundle.
type Table struct {
	Stage string `json:"stage"`
	// Path is that of its file in the bundle.
	Path string `json:"path"`
	Rows int64  `json:"rows"`
	// Key and Image are the columns of the rows' keys and pictures, "" for none. Types
	// are those of the columns of a CSV file.
	Key, Image string            `json:"-"`
	Types      map[string]string `json:"-"`
}

// Write writes the rows as a table of a bundle that lies in dir. They are sorted by
// their new keys, so that their order tells nothing.
func (l *Loaded) Write(ctx context.Context, all []Column, names *pseudonym.Names, dir string) (*Table, error) {
	t := &Table{Stage: l.ID, Types: map[string]string{}}
	var fields []arrow.Field
	var from []int
	var ways []way
	for _, c := range all {
		if c.Stage != l.ID || c.Treatment == Drop {
			continue
		}
		at := columns.Index(l.Out, c.Name)
		f := l.Out.Field(at)
		w := way{Column: c}
		called := names.Text(f.Name) // as in the pipeline
		switch stage.RoleOf(f) {
		case stage.Key:
			t.Key = called
		case stage.Image:
			t.Image, w.root = called, stage.RootOf(f)
		}
		if c.Treatment == Hide && !nested(f.Type) {
			f.Type = arrow.BinaryTypes.String
		}
		fields, from, ways = append(fields, arrow.Field{Name: called, Type: f.Type, Nullable: true}), append(from, at), append(ways, w)
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("no stage uses a column of %s: there is nothing of it to share", l.ID)
	}
	rec, err := l.treated(ctx, fields, from, ways, names)
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	t.Rows = rec.NumRows()
	sorted, err := columns.Take(memory.DefaultAllocator, rec, order(rec, orders(t.Key, fields, ways)))
	if err != nil {
		return nil, err
	}
	defer sorted.Release()
	format := tabular.CSV
	for _, f := range fields {
		kind := map[arrow.Type]string{arrow.STRING: "text", arrow.INT64: "int", arrow.FLOAT64: "float", arrow.BOOL: "bool"}[f.Type.ID()]
		if t.Types[f.Name] = kind; kind == "" {
			format = tabular.Parquet
		}
	}
	t.Path = path.Join(Data, l.ID+"."+string(format))
	err = writeTable(filepath.Join(dir, filepath.FromSlash(t.Path)), format, sorted)
	if err != nil && format == tabular.CSV { // which cannot hold everything
		_ = os.Remove(filepath.Join(dir, filepath.FromSlash(t.Path)))
		format, t.Path = tabular.Parquet, path.Join(Data, l.ID+".parquet")
		err = writeTable(filepath.Join(dir, filepath.FromSlash(t.Path)), format, sorted)
	}
	if format == tabular.Parquet {
		t.Types = nil
	}
	return t, err
}

// treated puts all rows together, each column as it is shared.
func (l *Loaded) treated(ctx context.Context, fields []arrow.Field, from []int, how []way, names *pseudonym.Names) (arrow.Record, error) {
	parts := make([][]arrow.Array, len(fields))
	defer func() {
		for _, p := range parts {
			columns.Release(p)
		}
	}()
	rows := int64(0)
	for rec, err := range l.Spool.Rows(ctx, memory.DefaultAllocator) {
		if err != nil {
			return nil, err
		}
		rows += rec.NumRows()
		for i, f := range fields {
			col, err := treat(rec.Column(from[i]), how[i], names)
			if err != nil {
				return nil, fmt.Errorf("the column `%s` of %s cannot be shared: %w: leave it out: --drop %q", f.Name, l.ID, err, f.Name)
			}
			parts[i] = append(parts[i], col)
		}
	}
	cols := make([]arrow.Array, len(fields))
	for i, p := range parts {
		var err error
		if len(p) == 0 {
			b := array.NewBuilder(memory.DefaultAllocator, fields[i].Type)
			cols[i] = b.NewArray()
			b.Release()
		} else if cols[i], err = columns.Concat(memory.DefaultAllocator, p); err != nil {
			columns.Release(slices.DeleteFunc(cols, func(a arrow.Array) bool { return a == nil }))
			return nil, err
		}
	}
	defer columns.Release(cols)
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, rows), nil
}

// way is what becomes of a column. Paths of pictures are made to start at the bundle:
// root is the folder that they started at.
type way struct {
	Column
	root string
}

// treat returns a column as it is shared. The caller releases it.
func treat(col arrow.Array, how way, names *pseudonym.Names) (arrow.Array, error) {
	hide := func(text string) string { return how.hidden(names, media.Under(how.root, strings.TrimSpace(text))) }
	switch {
	case how.Treatment == Hide && nested(col.DataType()):
		return rewritten(col, hide)
	case how.Treatment == Hide:
		return asTexts(col, hide), nil
	default:
		return rewritten(col, names.Cell)
	}
}

// orders are the columns that a table of a bundle is sorted by: its key or, without one,
// those of names, so that the order of their pseudonyms tells nothing. Rows that are equal
// there keep their order: a join that takes the first of several depends on it.
func orders(key string, fields []arrow.Field, ways []way) (by []int) {
	for i, f := range fields {
		if key == "" && ways[i].Treatment == Hide || key != "" && f.Name == key {
			by = append(by, i)
		}
	}
	return by
}

// order sorts the rows of a table by some columns.
func order(rec arrow.Record, by []int) []int {
	words := make([]string, rec.NumRows())
	for i := range words {
		for _, c := range by {
			words[i] += columns.Format(rec.Column(c), i) + "\x00"
		}
	}
	rows := make([]int, len(words))
	for i := range rows {
		rows[i] = i
	}
	sort.SliceStable(rows, func(a, b int) bool { return words[rows[a]] < words[rows[b]] })
	return rows
}
