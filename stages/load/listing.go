package load

import (
	"context"
	"iter"
	"path"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// listing is a table of pictures: their id (the path), path, folder and name.
type listing struct{ paths []string }

// Schema implements tabular.File.
func (*listing) Schema() *arrow.Schema {
	var fields []arrow.Field
	for _, name := range []string{"id", "image", "folder", "name"} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	return arrow.NewSchema(fields, nil)
}

// Rows implements tabular.File.
func (l *listing) Rows(ctx context.Context, mem memory.Allocator, batchRows int) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		b := array.NewRecordBuilder(mem, l.Schema())
		defer b.Release()
		for start := 0; start < len(l.paths); start += batchRows {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			for _, p := range l.paths[start:min(start+batchRows, len(l.paths))] {
				name := strings.TrimSuffix(path.Base(p), path.Ext(p))
				for i, text := range []string{p, p, path.Dir(p), name} {
					b.Field(i).(*array.StringBuilder).Append(text)
				}
			}
			rec := b.NewRecord()
			more := yield(rec, nil)
			rec.Release()
			if !more {
				return
			}
		}
	}
}

// Position implements tabular.File.
func (l *listing) Position(row int64) string { return l.paths[row] }

// Close implements tabular.File.
func (*listing) Close() error { return nil }
