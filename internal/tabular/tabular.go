// Package tabular reads and writes tables as files: CSV, TSV, JSON lines, JSON
// arrays, Parquet and Arrow IPC, and spools record batches to disk.
package tabular

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Format is a file format of tables.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	TSV     Format = "tsv"
	JSONL   Format = "jsonl" // one object a line
	JSON    Format = "json"  // an array of objects, or one object
	Parquet Format = "parquet"
	Arrow   Format = "arrow" // IPC, file or stream
)

// FormatOf returns the format that a file's name tells; text formats may also
// end in .gz or .xz.
func FormatOf(name string) (Format, bool) {
	name = strings.ToLower(name)
	plain := strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".xz")
	switch path.Ext(plain) {
	case ".csv", ".txt":
		return CSV, true
	case ".tsv", ".tab":
		return TSV, true
	case ".jsonl", ".ndjson":
		return JSONL, true
	case ".json":
		return JSON, true
	}
	if plain != name {
		return "", false
	}
	switch path.Ext(name) {
	case ".parquet", ".pq":
		return Parquet, true
	case ".arrow", ".feather", ".ipc":
		return Arrow, true
	}
	return "", false
}

// MissingWords are the words that stand for null in text tables, where nothing
// else is said.
func MissingWords() []string { return []string{"NA", "N/A", "NaN", "null", "NULL", "None"} }

// Source is a file to read.
type Source struct {
	// Name is how messages call it.
	Name string
	// Open starts reading it from the beginning, any number of times.
	Open func() (io.ReadCloser, error)
	// Path is where it lies, for the formats that need random access.
	Path string
}

// ReadOptions say how a file is to be read.
type ReadOptions struct {
	// Format is "" where the name tells.
	Format Format
	// Delimiter between cells; "" to find it among , ; tab |.
	Delimiter string
	// Encoding is utf-8, utf-16 or windows-1252; "" to find it.
	Encoding string
	// NA are words that stand for null, besides an empty cell.
	NA []string
	// Types override what is found: column -> text, int, float, bool, date or
	// datetime.
	Types map[string]string
	// Decimal is the character before the fraction of numbers in CSV and TSV:
	// "." or ",". The other one divides thousands. With "", numbers have
	// points and no thousands, and decimal commas are found where cells are
	// divided by semicolons and no other reading is possible.
	Decimal string
	// Verbatim is a column that stays text in text formats, just as the file
	// has it, unless Types says otherwise or all its values are numbers and
	// some have a fraction; "" for none.
	Verbatim string
	// FileColumn names a further column with the name of a row's file; "" for
	// none. Only OpenAll adds it.
	FileColumn string
	// SampleRows is how many rows decide on types; 0 means all.
	SampleRows int
}

// File is an opened table.
type File interface {
	Schema() *arrow.Schema
	// Rows reads the table from the beginning; it can be called again.
	Rows(ctx context.Context, mem memory.Allocator, batchRows int) iter.Seq2[arrow.Record, error]
	// Position says where a row stands, counted from 0: "posts.csv:17".
	Position(row int64) string
	Close() error
}

// Notes is what there is to tell about how a file is read.
type Notes struct {
	// Warnings name columns that stay text since their numbers can be read in
	// two ways.
	Warnings []string
	// BlankLines is the number of lines without text among those looked at for
	// types: they give no row.
	BlankLines int64
}

// Noter is a File that has something to tell.
type Noter interface{ Notes() Notes }

// NotesOf returns what there is to tell about how a file is read.
func NotesOf(f File) Notes {
	if n, ok := f.(Noter); ok {
		return n.Notes()
	}
	return Notes{}
}

// Open finds the columns of a file and their types.
func Open(ctx context.Context, src Source, o ReadOptions) (File, error) {
	format := o.Format
	if format == "" {
		var ok bool
		if format, ok = FormatOf(src.Name); !ok {
			return nil, fmt.Errorf("the format of %s cannot be told from its name", src.Name)
		}
	}
	if err := checkContent(src, format); err != nil {
		return nil, err
	}
	switch format {
	case CSV, TSV, JSONL, JSON:
		return openText(ctx, src, format, o)
	case Parquet:
		return openParquet(src, o)
	case Arrow:
		return openArrow(src, o)
	}
	return nil, fmt.Errorf("there is no format %q", format)
}

// signatures are the first bytes of files that are no text.
func signatures() map[string]string {
	return map[string]string{"PAR1": "Parquet", "ARROW1": "Arrow", "PK\x03\x04": "a zip archive or an Excel workbook", "\xd0\xcf\x11\xe0": "an old Excel workbook",
		"%PDF": "PDF", "SQLite format 3": "an SQLite database", "\x89PNG": "a picture", "\xff\xd8\xff": "a picture"}
}

// checkContent refuses a file whose first bytes say that it is another format,
// and an empty one.
func checkContent(src Source, format Format) error {
	f, err := src.Open()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if n == 0 {
		if err == io.EOF {
			return fmt.Errorf("%s is empty (0 bytes)", src.Name)
		}
		return fmt.Errorf("%s cannot be read: %w", src.Name, err)
	}
	for mark, what := range signatures() {
		if !bytes.HasPrefix(head[:n], []byte(mark)) || what == "Parquet" && format == Parquet || what == "Arrow" && format == Arrow {
			continue
		}
		hint := "set `format`, or name the right file"
		if strings.Contains(what, "Excel") {
			hint = "export it as CSV (UTF-8); Excel workbooks are not read"
		}
		return fmt.Errorf("%s is %s, not %s: %s", src.Name, what, format, hint)
	}
	return nil
}
