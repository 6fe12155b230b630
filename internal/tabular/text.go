package tabular

import (
	"context"
	"fmt"
	"io"
	"iter"

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
	// at is the line that the last row begins in.
	at() int
	// place is where a cell of the last row begins, counted from 1.
	place(cell) (line, column int)
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
	vacant   []bool // per column: it has no values, so any type will do
	decimal  byte   // that the user sets; else 0
	decimals []byte // per column: before the fraction of its numbers; 0 for a point and no thousands
	warnings []string
	blank    int64 // lines that give no row
	forced   map[string]string
	verbatim string // column that stays text
	schema   *arrow.Schema
}

// openText finds encoding, delimiter, columns and types.
func openText(ctx context.Context, src Source, format Format, o ReadOptions) (*textFile, error) {
	f := &textFile{src: src, format: format, encoding: o.Encoding, forced: o.Types, verbatim: o.Verbatim}
	if o.Decimal != "" {
		f.decimal = o.Decimal[0]
	}
	for _, word := range o.NA {
		f.na = append(f.na, []byte(word))
	}
	var err error
	if f.encoding == "" || f.encoding == "utf-8" {
		if f.encoding, err = detectEncoding(src, f.encoding, o.SampleRows > 0); err != nil {
			return nil, err
		}
	}
	switch {
	case o.Delimiter != "":
		if err := CheckDelimiter(o.Delimiter); err != nil {
			return nil, err
		}
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
	f.settle(found)
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

// Schema implements File.
func (f *textFile) Schema() *arrow.Schema { return f.schema }

// Notes implements Noter.
func (f *textFile) Notes() Notes { return Notes{f.warnings, f.blank} }

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

// maxBatch is the number of bytes of text above which a batch takes no further
// row.
const maxBatch = 16 << 20

// fill appends up to most rows and returns how many.
func (f *textFile) fill(b *array.RecordBuilder, r rowReader, most int) (int, error) {
	b.Reserve(most)
	size := 0
	for n := range most {
		if size > maxBatch {
			return n, nil
		}
		cells, err := r.next()
		if err != nil {
			return n, err
		}
		for i, field := range b.Fields() {
			if i >= len(cells) || f.isNull(cells[i]) || f.isBlank(cells[i]) && f.types[i].ID() != arrow.STRING {
				field.AppendNull()
				continue
			}
			if !appendCell(field, cells[i], f.decimals[i]) {
				return n, f.misfit(r, cells[i], f.names[i], f.types[i])
			}
			size += len(cells[i].text)
		}
	}
	return most, nil
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
	return fmt.Sprintf("%s:%d", f.src.Name, r.at())
}
