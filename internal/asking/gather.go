package asking

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"icono/internal/answers"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/stage"
)

// The bounds of a batch file, as OpenAI's service has them.
const (
	mostRequests = 50_000
	mostBytes    = 200_000_000
	lineBytes    = 512 // bounds what a file's line has beside the request
)

// waiting is a question on its way into a batch file.
type waiting struct {
	item  answers.BatchItem
	model string
	body  []byte
}

// repairing marks the custom ids of answers that are sent back.
const repairing = "-repair"

// gather writes questions to files and hands each file in as it is full.
func (b *batching) gather(ctx context.Context, questions iter.Seq2[coding.Ready, error]) (err error) {
	folder, err := b.folder()
	if err != nil {
		return fmt.Errorf("no batch files can be made: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	limits := b.server.Files
	if limits.Requests <= 0 {
		limits.Requests = mostRequests
	}
	if limits.Bytes <= 0 {
		limits.Bytes = mostBytes
	}
	next, stop := iter.Pull2(questions)
	defer stop()
	for more := true; more; {
		items, wrong := map[string]answers.BatchItem{}, error(nil)
		size := int64(0)
		files, err := b.batches().WriteFiles(folder, fmt.Sprintf("batch-%d", len(b.way)), limits, func(yield func(chat.Entry, error) bool) {
			for len(items) < limits.Requests {
				var w *waiting
				if w, wrong = b.next(ctx, next, limits.Bytes-lineBytes); w == nil {
					more = false
					return
				}
				line := int64(len(w.body)) + lineBytes
				if size+line > limits.Bytes && len(items) > 0 {
					b.held = w
					return
				}
				size += line
				items[w.item.CustomID] = w.item
				if !yield(chat.Entry{ID: w.item.CustomID, Request: chat.Request{Model: w.model}, Body: w.body}, nil) {
					return
				}
			}
		})
		if err == nil {
			err = wrong
		}
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := b.submit(ctx, f, items); err != nil {
				for id := range items { // those that are on their way are charged when they are fetched
					b.asked[id].reservation.Release()
				}
				return err
			}
		}
		if drained(b.drain) {
			return nil
		}
	}
	return nil
}

func drained(drain <-chan struct{}) bool {
	select {
	case <-drain:
		return true
	default:
		return false
	}
}

// next returns the next question that is not on its way already, nil at the end
// or where the budget allows no more.
func (b *batching) next(ctx context.Context, next func() (coding.Ready, error, bool), most int64) (*waiting, error) {
	if held := b.held; held != nil {
		b.held = nil
		return held, nil
	}
	for !b.full && !drained(b.drain) {
		ready, err, ok := next()
		if !ok || err != nil {
			return nil, err
		}
		r, err := b.request(ready.Question)
		if err != nil {
			return nil, err
		}
		id, model := r.Key().String(), ready.Request.Model
		if _, again := b.batched.told[r.Key()]; again {
			id += repairing
		}
		if there := b.asked[id]; there != nil { // twice in this run, or on its way since an earlier one
			there.check, there.repair, there.request = ready.Check, ready.Repair, bare(ready.Request)
			if there.reservation == nil {
				there.part = b.part(ready.Request)
			}
			continue
		}
		if b.asked[id+repairing] != nil {
			continue
		}
		if int64(len(ready.Body)) > most {
			f := &answers.FaultError{Status: answers.Failed, Reason: fmt.Sprintf("the question has %d bytes, more than a batch file may have; send smaller pictures with `image: {max_side: 1024}`", len(ready.Body))}
			if err := b.session.Fault(ctx, r, f); err != nil {
				return nil, err
			}
			continue
		}
		if b.keyless != nil {
			return nil, b.keyless
		}
		a := &asked{check: ready.Check, repair: ready.Repair, part: b.part(ready.Request), adapted: ready.Adapted, request: bare(ready.Request)}
		bound := b.bound(ready.Request, a.part)
		if !bound.priced && b.desk.options.Limit != nil {
			return nil, b.unpriced()
		}
		if a.reservation, ok = b.desk.budget.TryReserve(b.gauge().Scaled(bound.worst)); !ok {
			b.full = true
			break
		}
		a.worst = bound.worst
		b.asked[id] = a
		return &waiting{answers.BatchItem{CustomID: id, Request: r}, model, ready.Body}, nil
	}
	return nil, nil
}

// bare is a request without what is large.
func bare(r chat.Request) chat.Request {
	return chat.Request{Model: r.Model, Parameters: r.Parameters, Format: r.Format}
}

// submit hands a file in. The batch is stored before each step, so that a run
// that is killed between two of them finds it again.
func (b *batching) submit(ctx context.Context, f chat.File, all map[string]answers.BatchItem) error {
	batch := answers.Batch{Name: time.Now().UTC().Format("20060102T150405.000000000") + " " + b.stage, Provider: string(b.client.Provider()), BaseURL: b.client.BaseURL(), State: "written"}
	for _, id := range f.IDs {
		batch.Items = append(batch.Items, all[id])
	}
	if err := b.session.SaveBatch(ctx, batch); err != nil {
		return err
	}
	items := batch.Items
	batch.Items = nil
	b.waits(fmt.Sprintf("handing in %d questions", len(items)))
	var err error
	if batch.InputFile, err = b.batches().Upload(ctx, f); err != nil {
		return b.refused(fmt.Sprintf("the file of a batch (%d questions, %.1f MB) could not be handed in", len(items), float64(f.Bytes)/1e6), err)
	}
	batch.State = "uploaded"
	if err := b.session.SaveBatch(ctx, batch); err != nil {
		return err
	}
	if err := os.Remove(f.Path); err != nil {
		return err
	}
	if drained(b.drain) {
		return nil
	}
	if batch, err = b.create(ctx, batch); err != nil {
		return err
	}
	b.follow(batch, items)
	b.tell(fmt.Sprintf("the batch %s is handed in: %d questions, answered within 24 hours; a run that is interrupted fetches them later", batch.ID, len(items)))
	return nil
}

// unpriced says why a budget cannot be kept.
func (l *Line) unpriced() error {
	return &stage.MissingError{What: fmt.Sprintf("the price of the model %s is unknown, so the budget cannot be kept", l.server.Model),
		Mend: "name a price file that has it with `prices:` in the pipeline, or set `max_tokens`, or run without a budget"}
}

// folder makes a folder for batch files and removes those of runs that were
// killed: the files hold pictures.
func (b *batching) folder() (string, error) {
	old, err := filepath.Glob(filepath.Join(b.desk.options.Folder, "batch-*"))
	if err != nil {
		return "", err
	}
	for _, path := range old {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(path)
		}
	}
	return os.MkdirTemp(b.desk.options.Folder, "batch-*")
}
