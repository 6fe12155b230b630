package tabular

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
)

// OpenAll opens several files as one table: the columns of all by name, in the
// order in which they first appear; a column that a file lacks is null there.
// With FileColumn, each row says which file it comes from.
func OpenAll(ctx context.Context, srcs []Source, o ReadOptions) (File, error) {
	var files []File
	for _, src := range srcs {
		f, err := Open(ctx, src, o)
		if err != nil {
			for _, opened := range files {
				_ = opened.Close() // only read
			}
			return nil, err
		}
		files = append(files, f)
	}
	if len(files) == 1 && o.FileColumn == "" {
		return files[0], nil
	}
	u := &union{files: files, fileColumn: o.FileColumn}
	for _, src := range srcs {
		u.names = append(u.names, src.Name)
	}
	if err := u.unify(srcs); err != nil {
		_ = u.Close() // only read
		return nil, err
	}
	return u, nil
}

// union is several files as one table.
type union struct {
	files      []File
	names      []string
	schema     *arrow.Schema
	fileColumn string // of a row's file; "" for none
}

// unify finds the type of each column over all files.
func (u *union) unify(srcs []Source) error {
	var fields []arrow.Field
	at, from, vacant := map[string]int{}, map[string]string{}, map[string]bool{}
	for i, f := range u.files {
		for j, field := range f.Schema().Fields() {
			none := isVacant(f, j)
			k, known := at[field.Name]
			switch {
			case !known:
				at[field.Name] = len(fields)
				from[field.Name] = srcs[i].Name
				vacant[field.Name] = none
				field.Nullable = true
				fields = append(fields, field)
				continue
			case none:
				continue // nulls are of any type
			case vacant[field.Name]:
				fields[k].Type = field.Type
				from[field.Name], vacant[field.Name] = srcs[i].Name, false
				continue
			}
			t, ok := widen(fields[k].Type, field.Type)
			if !ok {
				return fmt.Errorf("the column %q is %s in %s and %s in %s; set its type: `types: {%s: text}`", field.Name, fields[k].Type, from[field.Name], field.Type, srcs[i].Name, field.Name)
			}
			fields[k].Type = t
		}
	}
	for i, f := range u.files {
		if u.fileColumn != "" && f.Schema().HasField(u.fileColumn) {
			return fmt.Errorf("%s has a column %q already: call the one with the row's file otherwise", srcs[i].Name, u.fileColumn)
		}
		own := append([]arrow.Field{}, f.Schema().Fields()...)
		for k, field := range own {
			own[k].Type = fields[at[field.Name]].Type
		}
		if text, ok := f.(*textFile); ok {
			for k := range own {
				text.types[k] = own[k].Type
			}
			text.makeSchema()
		} else {
			u.files[i] = castTo(srcs[i].Name, f, own)
		}
	}
	fields = dropHollow(fields, vacant)
	if u.fileColumn != "" {
		fields = append(fields, arrow.Field{Name: u.fileColumn, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	u.schema = arrow.NewSchema(fields, nil)
	return nil
}

// isVacant reports whether a column of a file has no values.
func isVacant(f File, column int) bool {
	switch f := f.(type) {
	case *textFile:
		return f.vacant[column]
	case *cast:
		return f.vacant[column]
	}
	return false
}

// dropHollow takes out the columns without a value of which others are members.
func dropHollow(fields []arrow.Field, vacant map[string]bool) []arrow.Field {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	objects := objectsAmong(names)
	return slices.DeleteFunc(fields, func(f arrow.Field) bool { return vacant[f.Name] && objects[f.Name] })
}

// widen returns the type that holds the values of both; ok is false where only
// text would and one of them is no plain type.
func widen(a, b arrow.DataType) (arrow.DataType, bool) {
	// What an int64 does not hold is no number here.
	whole := func(t arrow.DataType) bool { return arrow.IsInteger(t.ID()) && t.ID() != arrow.UINT64 }
	number := func(t arrow.DataType) bool {
		return whole(t) || t.ID() == arrow.FLOAT32 || t.ID() == arrow.FLOAT64
	}
	switch {
	case arrow.TypeEqual(a, b):
		return a, true
	case whole(a) && whole(b):
		return arrow.PrimitiveTypes.Int64, true
	case number(a) && number(b):
		return arrow.PrimitiveTypes.Float64, true
	case a.ID() == arrow.DATE32 && isLocalTime(b):
		return b, true
	case b.ID() == arrow.DATE32 && isLocalTime(a):
		return a, true
	case arrow.IsNested(a.ID()) || arrow.IsNested(b.ID()):
		return nil, false
	}
	return arrow.BinaryTypes.String, true
}

// isLocalTime reports whether a type is the one of times without a zone in
// text files.
func isLocalTime(t arrow.DataType) bool {
	ts, ok := t.(*arrow.TimestampType)
	return ok && ts.TimeZone == "" && ts.Unit == arrow.Microsecond
}

// Schema implements File.
func (u *union) Schema() *arrow.Schema { return u.schema }

// Rows implements File.
func (u *union) Rows(ctx context.Context, mem memory.Allocator, batchRows int) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		for i, f := range u.files {
			for rec, err := range f.Rows(ctx, mem, batchRows) {
				if err != nil {
					yield(nil, err)
					return
				}
				out := u.align(mem, rec, u.names[i])
				more := yield(out, nil)
				out.Release()
				if !more {
					return
				}
			}
		}
	}
}

// align gives a batch of one file the columns of all.
func (u *union) align(mem memory.Allocator, rec arrow.Record, file string) arrow.Record {
	cols := make([]arrow.Array, u.schema.NumFields())
	var made []arrow.Array
	for i, f := range u.schema.Fields() {
		if k := columns.Index(rec.Schema(), f.Name); k >= 0 {
			cols[i] = rec.Column(k)
			continue
		}
		if u.fileColumn != "" && f.Name == u.fileColumn {
			cols[i] = repeated(mem, file, int(rec.NumRows()))
		} else {
			cols[i] = array.MakeArrayOfNull(mem, f.Type, int(rec.NumRows()))
		}
		made = append(made, cols[i])
	}
	out := array.NewRecord(u.schema, cols, rec.NumRows())
	for _, a := range made {
		a.Release()
	}
	return out
}

// repeated returns a column with one text in every row.
func repeated(mem memory.Allocator, text string, rows int) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.Reserve(rows)
	for range rows {
		b.Append(text)
	}
	return b.NewArray()
}

// Position implements File.
func (u *union) Position(row int64) string {
	for _, f := range u.files {
		n := countRows(f)
		if row < n {
			return f.Position(row)
		}
		row -= n
	}
	return "the table"
}

func countRows(f File) int64 {
	var n int64
	for rec, err := range f.Rows(context.Background(), memory.DefaultAllocator, 4096) {
		if err != nil {
			return n
		}
		n += rec.NumRows()
	}
	return n
}

// Notes implements Noter.
func (u *union) Notes() (all Notes) {
	for _, f := range u.files {
		n := NotesOf(f)
		all.Warnings, all.BlankLines = append(all.Warnings, n.Warnings...), all.BlankLines+n.BlankLines
	}
	return all
}

// Close implements File.
func (u *union) Close() error {
	var first error
	for _, f := range u.files {
		if err := f.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
