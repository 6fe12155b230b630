package chat

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
)

// Entry is one request of a batch.
type Entry struct {
	// ID is the custom id by which the answer is found again, unique among all
	// entries of a call.
	ID      string
	Request Request
	// Body is the request as Client.Body gives it, nil where it is to be made.
	Body []byte
}

// Limits bound a batch file. Zeros are the API's own bounds: 50,000 requests
// and 200 MB.
type Limits struct {
	Requests int
	Bytes    int64
}

// File is a batch file on disk. All its requests are for one model.
type File struct {
	Path  string
	Model string
	IDs   []string // in the file's order
	Bytes int64
	// Adapted holds, by custom id, what is sent otherwise than asked.
	Adapted map[string][]string
}

// WriteFiles writes entries to files in a folder, NAME-0001.jsonl and so on,
// and starts another file at each limit and for each model. Entries are taken
// one at a time, so that pictures need not be in memory together. On an error
// the files of the call are removed.
func (c *Client) WriteFiles(folder, name string, limits Limits, entries iter.Seq2[Entry, error]) (files []File, err error) {
	if limits.Requests <= 0 {
		limits.Requests = 50_000
	}
	if limits.Bytes <= 0 {
		limits.Bytes = 200_000_000
	}
	w := &batchWriter{folder: folder, name: name, limits: limits, open: map[string]*openFile{}}
	defer func() {
		if err = errors.Join(err, w.close()); err != nil {
			w.remove()
			files = nil
		}
	}()
	seen := map[string]bool{}
	for e, err := range entries {
		if err != nil {
			return nil, err
		}
		if e.ID == "" || seen[e.ID] {
			return nil, fmt.Errorf("the custom id %q is empty or used twice; answers could not be told apart", e.ID)
		}
		seen[e.ID] = true
		line, adapted, err := c.line(e)
		if err != nil {
			return nil, fmt.Errorf("request %s: %w", e.ID, err)
		}
		if int64(len(line)) > limits.Bytes {
			return nil, fmt.Errorf("request %s has %d bytes, above the %d of a batch file; shrink its pictures", e.ID, len(line), limits.Bytes)
		}
		if err := w.write(e, line, adapted); err != nil {
			return nil, err
		}
	}
	for _, f := range w.files {
		files = append(files, *f)
	}
	return files, nil
}

// line is an entry as a line with its end.
func (c *Client) line(e Entry) (line []byte, adapted []string, err error) {
	body := e.Body
	if body == nil {
		if body, adapted, err = c.Body(e.Request); err != nil {
			return nil, nil, err
		}
	}
	id, err := json.Marshal(e.ID)
	if err != nil {
		return nil, nil, err
	}
	line = make([]byte, 0, len(body)+len(id)+96)
	line = append(append(line, `{"custom_id":`...), id...)
	line = append(line, `,"method":"POST","url":"`+c.endpoint()+`","body":`...)
	line = append(append(line, body...), '}', '\n')
	return line, adapted, nil
}

// endpoint is the path that a batch's requests are for.
func (c *Client) endpoint() string {
	if c.provider == Azure {
		return "/chat/completions"
	}
	return "/v1/chat/completions"
}

type batchWriter struct {
	folder, name string
	limits       Limits
	files        []*File
	open         map[string]*openFile // by model
}

type openFile struct {
	*File
	disk *os.File
	out  *bufio.Writer
}

func (w *batchWriter) write(e Entry, line []byte, adapted []string) error {
	f := w.open[e.Request.Model]
	if f != nil && (len(f.IDs) >= w.limits.Requests || f.Bytes+int64(len(line)) > w.limits.Bytes) {
		if err := f.close(); err != nil {
			return err
		}
		f = nil
	}
	if f == nil {
		disk, err := os.Create(filepath.Join(w.folder, fmt.Sprintf("%s-%04d.jsonl", w.name, len(w.files)+1)))
		if err != nil {
			return err
		}
		f = &openFile{&File{Path: disk.Name(), Model: e.Request.Model}, disk, bufio.NewWriterSize(disk, 1<<16)}
		w.files = append(w.files, f.File)
		w.open[e.Request.Model] = f
	}
	f.IDs = append(f.IDs, e.ID)
	f.Bytes += int64(len(line))
	if len(adapted) > 0 {
		if f.Adapted == nil {
			f.Adapted = map[string][]string{}
		}
		f.Adapted[e.ID] = adapted
	}
	_, err := f.out.Write(line)
	return err
}

func (f *openFile) close() error {
	if f.disk == nil {
		return nil
	}
	err := errors.Join(f.out.Flush(), f.disk.Sync(), f.disk.Close())
	f.disk = nil
	return err
}

func (w *batchWriter) close() error {
	var errs []error
	for _, f := range w.open {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}

func (w *batchWriter) remove() {
	for _, f := range w.files {
		_ = os.Remove(f.Path)
	}
}
