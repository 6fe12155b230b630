package tabular

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// rowReader reads the rows of a text table.
type rowReader interface {
	// next returns the cells of the next row, valid until the next call;
	// there may be fewer than columns. The error is io.EOF at the end.
	next() ([]cell, error)
	// columns are the names of the columns that are known by now.
	columns() []string
	// at is the line (for JSON arrays: the element) of the last row.
	at() int
}

// textFile is a table in a text format.
type textFile struct {
	src      Source
	format   Format
	delim    byte
	encoding string
	na       [][]byte
	names    []string
	types    []arrow.DataType
	schema   *arrow.Schema
}

// openText finds encoding, delimiter, columns and types.
func openText(ctx context.Context, src Source, format Format, o ReadOptions) (*textFile, error) {
	f := &textFile{src: src, format: format, encoding: o.Encoding}
	for _, word := range o.NA {
		f.na = append(f.na, []byte(word))
	}
	var err error
	if f.encoding == "" {
		if f.encoding, err = detectEncoding(src); err != nil {
			return nil, err
		}
	}
	switch {
	case len(o.Delimiter) == 1:
		f.delim = o.Delimiter[0]
	case format == TSV:
		f.delim = '\t'
	case format == CSV:
		if f.delim, err = sniffDelimiter(src, f.encoding); err != nil {
			return nil, err
		}
	}
	found, err := f.infer(ctx, o.SampleRows)
	if err != nil {
		return nil, err
	}
	for i, name := range f.names {
		if forced, ok := o.Types[name]; ok {
			f.types = append(f.types, typeNamed(forced))
		} else {
			f.types = append(f.types, found[i].resolve())
		}
	}
	f.makeSchema()
	return f, nil
}

func (f *textFile) makeSchema() {
	fields := make([]arrow.Field, len(f.names))
	for i, name := range f.names {
		fields[i] = arrow.Field{Name: name, Type: f.types[i], Nullable: true}
	}
	f.schema = arrow.NewSchema(fields, nil)
}

// reader starts reading the file. A reader for types finds columns as they
// come; one for rows knows them.
func (f *textFile) reader(forTypes bool) (rowReader, io.Closer, error) {
	r, err := openDecoded(f.src, f.encoding)
	if err != nil {
		return nil, nil, err
	}
	if f.format == JSONL || f.format == JSON {
		j := newJSONRows(f.src.Name, r, f.format == JSONL)
		if !forTypes {
			j.fix(f.names)
		}
		return j, r, nil
	}
	c := newCSVReader(f.src.Name, r, f.delim)
	names, err := c.header()
	if err != nil {
		_ = r.Close()
		return nil, nil, err
	}
	return &csvRows{c, names}, r, nil
}

// infer reads rows, all of them if most is 0, and returns what fits them.
func (f *textFile) infer(ctx context.Context, most int) ([]inference, error) {
	r, closer, err := f.reader(true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = closer.Close() }() // only read
	var found []inference
	for n := 0; most == 0 || n < most; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		cells, err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		for len(found) < len(r.columns()) {
			found = append(found, inference{fits: anyType})
		}
		for i, c := range cells {
			if !f.isNull(c) {
				found[i].add(c)
			}
		}
	}
	f.names = slices.Clone(r.columns())
	for len(found) < len(f.names) {
		found = append(found, inference{fits: anyType})
	}
	return found, nil
}

func (f *textFile) isNull(c cell) bool {
	switch c.kind {
	case nullCell:
		return true
	case bareCell:
		if len(c.text) == 0 {
			return true
		}
		for _, word := range f.na {
			if bytes.Equal(c.text, word) {
				return true
			}
		}
	}
	return false
}

// Schema implements File.
func (f *textFile) Schema() *arrow.Schema { return f.schema }

// Close implements File.
func (*textFile) Close() error { return nil }

// Rows implements File.
func (f *textFile) Rows(ctx context.Context, mem memory.Allocator, batchRows int) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		r, closer, err := f.reader(false)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = closer.Close() }() // only read
		b := array.NewRecordBuilder(mem, f.schema)
		defer b.Release()
		for {
			n, err := f.fill(b, r, batchRows)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil && err != io.EOF {
				yield(nil, err)
				return
			}
			if n > 0 {
				rec := b.NewRecord()
				more := yield(rec, nil)
				rec.Release()
				if !more {
					return
				}
			}
			if err == io.EOF {
				return
			}
		}
	}
}

// fill appends up to most rows and returns how many.
func (f *textFile) fill(b *array.RecordBuilder, r rowReader, most int) (int, error) {
	b.Reserve(most)
	for n := range most {
		cells, err := r.next()
		if err != nil {
			return n, err
		}
		for i, field := range b.Fields() {
			if i >= len(cells) || f.isNull(cells[i]) {
				field.AppendNull()
				continue
			}
			if !appendCell(field, cells[i]) {
				return n, f.misfit(i, cells[i], r.at())
			}
		}
	}
	return most, nil
}

// misfit words that a value does not fit the type of its column.
func (f *textFile) misfit(i int, c cell, line int) error {
	text := []rune(string(c.text))
	if len(text) > 40 {
		text = append(text[:39:39], '…')
	}
	return fmt.Errorf("%s:%d:%d: %q in the column %q is not %s; set its type: `types: {%s: text}`", f.src.Name, line, max(c.column, 1), string(text), f.names[i], typeName(f.types[i]), f.names[i])
}

// Position implements File: it reads the file up to the row.
func (f *textFile) Position(row int64) string {
	r, closer, err := f.reader(false)
	if err != nil {
		return f.src.Name
	}
	defer func() { _ = closer.Close() }() // only read
	for range row + 1 {
		if _, err := r.next(); err != nil {
			return f.src.Name
		}
	}
	if f.format == JSON {
		return fmt.Sprintf("%s: element %d", f.src.Name, r.at())
	}
	return fmt.Sprintf("%s:%d", f.src.Name, r.at())
}
