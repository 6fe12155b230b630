package save

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
	"icono/internal/tabular"
)

// output is a file on its way.
type output struct {
	env    stage.Env
	path   string // as the pipeline names it
	file   *tabular.AtomicFile
	buf    *bufio.Writer
	sum    hash.Hash
	writer tabular.Writer
	closed bool
}

func (s save) create(env stage.Env, schema *arrow.Schema) (*output, error) {
	o := &output{env: env, path: string(s.config.Path), sum: sha256.New()}
	var err error
	if o.file, err = tabular.Create(env.Study.Resolve(o.path)); err != nil {
		return nil, err
	}
	o.buf = bufio.NewWriterSize(io.MultiWriter(o.file, o.sum), 1<<18)
	if o.writer, err = s.writer(o.buf, schema); err != nil {
		o.abort()
		return nil, err
	}
	return o, nil
}

// abort gives the file up, unless it is in its place. An error ends the run
// already, so those of giving up are not told.
func (o *output) abort() {
	if o.writer != nil && !o.closed {
		_ = o.writer.Close() // it may hold batches
	}
	_ = o.file.Abort()
}

// finish puts the file in its place, or what there is of it under another name
// if the run was interrupted or limited.
func (o *output) finish() error {
	o.closed = true
	if err := o.writer.Close(); err != nil {
		return err
	}
	if err := o.buf.Flush(); err != nil {
		return fmt.Errorf("%s cannot be written: %w", o.path, err)
	}
	if o.env.Partial() {
		return o.finishPartial()
	}
	if err := o.file.Commit(); err != nil {
		return err
	}
	_ = os.Remove(o.env.Study.Resolve(tabular.Partial(o.path))) // of a run that was interrupted or limited
	o.tell(o.path)
	return nil
}

func (o *output) finishPartial() error {
	name := tabular.Partial(o.path)
	f, err := tabular.Create(o.env.Study.Resolve(name))
	if err != nil {
		return err
	}
	defer func() { _ = f.Abort() }() // does nothing after Commit
	if _, err := o.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, err)
	}
	if _, err := io.Copy(f, o.file); err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, err)
	}
	if err := f.Commit(); err != nil {
		return err
	}
	o.tell(name)
	if o.env.Draining() {
		o.env.Ledger.Warn(fmt.Sprintf("interrupted: the rows done so far are in %s; %s is as it was before", name, o.path))
	}
	return nil
}

func (o *output) tell(name string) {
	o.env.Ledger.Fact("file", name)
	o.env.Ledger.Fact("sha256", hex.EncodeToString(o.sum.Sum(nil)))
}
