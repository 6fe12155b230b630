package bundle

import (
	"os"
	"path/filepath"
	"sort"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/tabular"
)

// writeTable writes a table to a new file.
func writeTable(file string, format tabular.Format, rec arrow.Record) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	out, err := tabular.Create(file)
	if err != nil {
		return err
	}
	defer func() { _ = out.Abort() }() // does nothing after Commit
	w, err := tabular.NewWriter(out, format, rec.Schema(), tabular.WriteOptions{})
	if err != nil {
		return err
	}
	if err := w.Write(rec); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return out.Commit()
}

// WriteKeys writes a list of rows, with the probability of each where chances says it.
func WriteKeys(dir, name string, keys []string, chances map[string]string) error {
	sort.Strings(keys)
	fields := []arrow.Field{{Name: "key", Type: arrow.BinaryTypes.String}}
	key := array.NewStringBuilder(memory.DefaultAllocator)
	defer key.Release()
	key.AppendValues(keys, nil)
	cols := []arrow.Array{key.NewArray()}
	if chances != nil {
		fields = append(fields, arrow.Field{Name: "probability", Type: arrow.PrimitiveTypes.Float64, Nullable: true})
		b := array.NewFloat64Builder(memory.DefaultAllocator)
		defer b.Release()
		for _, k := range keys {
			if chances[k] == "" {
				b.AppendNull()
			} else if err := b.AppendValueFromString(chances[k]); err != nil {
				return err
			}
		}
		cols = append(cols, b.NewArray())
	}
	defer columns.Release(cols)
	rec := array.NewRecord(arrow.NewSchema(fields, nil), cols, int64(len(keys)))
	defer rec.Release()
	return writeTable(filepath.Join(dir, filepath.FromSlash(name)), tabular.CSV, rec)
}
