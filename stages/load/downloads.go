package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/stage"
	"icono/internal/tabular"
)

// metadataName is the file in 4CAT's archives that lists what was downloaded.
const metadataName = ".metadata.json"

// downloads is the table of what 4CAT downloaded: a row for each post and
// picture, and one for a picture of no post.
type downloads struct{ rows []download }

// download is a row. Texts are nil where there is nothing.
type download struct {
	post, image, filename, url, dataset *string
	n                                   int64 // the picture's place in its post, from 1
	success                             bool
	id, at                              string
}

// entry is what 4CAT tells of a URL. Of videos, several files may come.
type entry struct {
	Filename string            `json:"filename"`
	Success  *bool             `json:"success"`
	Dataset  string            `json:"from_dataset"`
	Posts    []json.RawMessage `json:"post_ids"`
	Files    []struct {
		Filename string `json:"filename"`
		Success  *bool  `json:"success"`
	} `json:"files"`
}

// allDownloads reports whether every path is the list of an archive of 4CAT.
func (l *load) allDownloads() bool {
	for _, p := range l.config.Path {
		if path.Base(string(p)) != metadataName {
			return false
		}
	}
	return true
}

func (l *load) listDownloads(env stage.Env) (tabular.File, error) {
	d := &downloads{}
	counts := map[string]int64{}
	for i, p := range l.config.Path {
		if err := d.read(env.Study, string(p), counts); err != nil {
			return nil, l.pathError(i, err)
		}
	}
	return d, nil
}

// maxMetadata bounds the bytes of a list.
const maxMetadata = 1 << 30

// read takes the entries in their order; counts are the pictures of each post.
func (d *downloads) read(study stage.Study, name string, counts map[string]int64) error {
	f, err := study.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	decoder := json.NewDecoder(io.LimitReader(f, maxMetadata))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("%s is not 4CAT's list of downloads: an object of URLs is wanted", name)
	}
	for decoder.More() {
		t, err := decoder.Token()
		if err != nil {
			return notDownloads(name, err)
		}
		url, _ := t.(string) // the decoder gives nothing else here
		var e entry
		if err := decoder.Decode(&e); err != nil {
			return notDownloads(fmt.Sprintf("%s: %q", name, url), err)
		}
		d.take(name, url, e, counts)
	}
	if _, err := decoder.Token(); err != nil {
		return notDownloads(name, err)
	}
	return nil
}

func notDownloads(at string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the file is cut off")
	}
	return fmt.Errorf("%s: not as 4CAT lists its downloads: %w", at, err)
}

// take adds the rows of an entry.
func (d *downloads) take(name, url string, e entry, counts map[string]int64) {
	if len(e.Files) == 0 {
		e.Files = append(e.Files, struct {
			Filename string `json:"filename"`
			Success  *bool  `json:"success"`
		}{e.Filename, e.Success})
	}
	posts := e.Posts
	if len(posts) == 0 {
		posts = []json.RawMessage{nil}
	}
	for _, file := range e.Files {
		row := download{filename: text(file.Filename), url: text(url), dataset: text(e.Dataset), at: fmt.Sprintf("%s: %q", name, url)}
		row.success = file.Filename != "" && (file.Success == nil || *file.Success)
		if row.success {
			row.image = text(path.Join(path.Dir(name), file.Filename))
		}
		for _, raw := range posts {
			row.id = strings.Trim(file.Filename+" "+url, " ")
			if post := idOf(raw); post != "" {
				counts[post]++
				row.post, row.n = &post, counts[post]
				row.id = fmt.Sprintf("%s_%d", post, row.n)
			}
			d.rows = append(d.rows, row)
		}
	}
}

// idOf is the text of an id, which may be a JSON number.
func idOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(bytes.TrimSpace(raw))
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Schema implements tabular.File.
func (*downloads) Schema() *arrow.Schema {
	var fields []arrow.Field
	for _, name := range []string{"id", "post_id", "n", "image", "filename", "url", "success", "from_dataset"} {
		f := arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
		switch name {
		case "n":
			f.Type = arrow.PrimitiveTypes.Int64
		case "success":
			f.Type = arrow.FixedWidthTypes.Boolean
		}
		fields = append(fields, f)
	}
	return arrow.NewSchema(fields, nil)
}

// Rows implements tabular.File.
func (d *downloads) Rows(ctx context.Context, mem memory.Allocator, batchRows int) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		b := array.NewRecordBuilder(mem, d.Schema())
		defer b.Release()
		for start := 0; start < len(d.rows); start += batchRows {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			for _, row := range d.rows[start:min(start+batchRows, len(d.rows))] {
				row.put(b)
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

func (r *download) put(b *array.RecordBuilder) {
	for i, s := range map[int]*string{0: &r.id, 1: r.post, 3: r.image, 4: r.filename, 5: r.url, 7: r.dataset} {
		if s == nil {
			b.Field(i).AppendNull()
		} else {
			b.Field(i).(*array.StringBuilder).Append(*s)
		}
	}
	if r.n == 0 {
		b.Field(2).AppendNull()
	} else {
		b.Field(2).(*array.Int64Builder).Append(r.n)
	}
	b.Field(6).(*array.BooleanBuilder).Append(r.success)
}

// Position implements tabular.File.
func (d *downloads) Position(row int64) string { return d.rows[row].at }

// Close implements tabular.File.
func (*downloads) Close() error { return nil }
