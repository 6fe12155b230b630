package chat

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"icono/internal/redact"
)

// Status is the state of a batch.
type Status string

// The states of a batch.
const (
	Validating Status = "validating"
	InProgress Status = "in_progress"
	Finalizing Status = "finalizing"
	Cancelling Status = "cancelling"
	BatchOK    Status = "completed"
	BatchBad   Status = "failed" // the file was refused; nothing was run or paid
	Expired    Status = "expired"
	Cancelled  Status = "cancelled"
)

// Batch is a batch as the server tells it. Completed, expired and cancelled ones
// have results, which are paid.
type Batch struct {
	ID     string
	Status Status
	// InputFile is the file uploaded, OutputFile and ErrorFile those to fetch; ""
	// where there is none.
	InputFile, OutputFile, ErrorFile string
	Total, Completed, Failed         int
	// Problems say why a batch failed, by line.
	Problems []string
	Expires  time.Time
}

// Done reports whether the batch will not change any more.
func (b Batch) Done() bool {
	return slices.Contains([]Status{BatchOK, BatchBad, Expired, Cancelled}, b.Status)
}

// Upload uploads a batch file and returns its id on the server. Keep it before
// Create, which finds by it what an interrupted call created.
func (c *Client) Upload(ctx context.Context, f File) (fileID string, err error) {
	const boundary = "icono-batch-file-4f1c9a7d2b8e"
	info, err := os.Stat(f.Path)
	if err != nil {
		return "", err
	}
	head := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n" +
		"--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"batch.jsonl\"\r\nContent-Type: application/jsonl\r\n\r\n"
	tail := "\r\n--" + boundary + "--\r\n"
	x := c.exchange()
	x.http = c.files
	x.size, x.contentType = int64(len(head))+info.Size()+int64(len(tail)), "multipart/form-data; boundary="+boundary
	x.open = func() (io.ReadCloser, error) { // streamed: files have up to 200 MB
		disk, err := os.Open(f.Path)
		if err != nil {
			return nil, err
		}
		return multipart{io.MultiReader(bytes.NewReader([]byte(head)), disk, bytes.NewReader([]byte(tail))), disk}, nil
	}
	file, err := c.library(x, "").CreateFileBytes(ctx, openai.FileBytesRequest{Name: "batch.jsonl", Purpose: openai.PurposeBatch})
	if fault := x.fault(err); fault != nil {
		return "", fault
	}
	if err != nil || file.ID == "" {
		return "", unreadable("the answer to an upload", x.answer)
	}
	return file.ID, nil
}

type multipart struct {
	io.Reader
	io.Closer
}

// Create starts the batch of an uploaded file, unless one was started for it
// already, which is returned then: a repeated call pays nothing twice. Keep the
// id before waiting.
func (c *Client) Create(ctx context.Context, fileID string) (Batch, error) {
	if b, found, err := c.Find(ctx, fileID); found || err != nil && !lacksList(err) {
		return b, err
	}
	x := c.exchange()
	x.http = c.creating
	w, err := c.library(x, "").CreateBatch(ctx, openai.CreateBatchRequest{InputFileID: fileID, Endpoint: openai.BatchEndpoint(c.endpoint()), CompletionWindow: "24h"})
	fault := x.fault(err)
	if fault == nil && (err != nil || w.ID == "") {
		fault = unreadable("the answer to the creation of a batch", x.answer)
	}
	if fault == nil {
		return batchOf(w.Batch), nil
	}
	if fault.Retryable { // the answer may be lost and the batch there
		if b, found, err := c.Find(ctx, fileID); err == nil && found {
			return b, nil
		}
	}
	return Batch{}, fault
}

// lacksList reports whether a server cannot list batches at all.
func lacksList(err error) bool {
	e, ok := err.(*Error)
	return ok && slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented}, e.Status)
}

// Find returns the newest batch of an uploaded file that can bring answers. It
// reads the server's list to its end, 100 a call.
func (c *Client) Find(ctx context.Context, fileID string) (Batch, bool, error) {
	after, limit := "", 100
	for range 1000 {
		x := c.exchange()
		from := &after
		if after == "" {
			from = nil
		}
		list, err := c.library(x, "").ListBatch(ctx, from, &limit)
		if fault := x.fault(err); fault != nil {
			return Batch{}, false, fault
		}
		if err != nil {
			return Batch{}, false, unreadable("the list of batches", x.answer)
		}
		for _, w := range list.Data {
			if w.InputFileID == fileID && Status(w.Status) != BatchBad {
				return batchOf(w), true, nil
			}
		}
		if !list.HasMore || len(list.Data) == 0 {
			break
		}
		after = list.Data[len(list.Data)-1].ID
	}
	return Batch{}, false, nil
}

// Poll asks for the state of a batch.
func (c *Client) Poll(ctx context.Context, id string) (Batch, error) {
	x := c.exchange()
	w, err := c.library(x, "").RetrieveBatch(ctx, url.PathEscape(id))
	return x.batch(w, err)
}

// Cancel asks for a batch to be cancelled; what is done by then is paid and can
// be fetched once Poll says cancelled.
func (c *Client) Cancel(ctx context.Context, id string) (Batch, error) {
	x := c.exchange()
	w, err := c.library(x, "").CancelBatch(ctx, url.PathEscape(id))
	return x.batch(w, err)
}

// Wait polls a batch until it is done, or until stop is closed, which may be
// nil, and tells every state to progress, which may be nil. It polls often at
// first, then at most once in longest. A poll that fails for a while is repeated.
func (c *Client) Wait(ctx context.Context, stop <-chan struct{}, id string, longest time.Duration, progress func(Batch)) (Batch, error) {
	pause := longest / 32
	for failures := 0; ; pause = min(longest, pause+pause/4+1) {
		b, err := c.Poll(ctx, id)
		switch e, _ := err.(*Error); {
		case err == nil && b.Done():
			return b, nil
		case err == nil:
			failures = 0
			if progress != nil {
				progress(b)
			}
		default:
			if failures++; !e.Retryable || failures > 20 || ctx.Err() != nil {
				return Batch{}, err
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-stop:
			timer.Stop()
			return b, nil
		case <-ctx.Done():
			timer.Stop()
			return Batch{}, context.Cause(ctx)
		case <-timer.C:
		}
	}
}

func (x *exchange) batch(w openai.BatchResponse, err error) (Batch, error) {
	if fault := x.fault(err); fault != nil {
		return Batch{}, fault
	}
	if err != nil || w.ID == "" {
		return Batch{}, unreadable("the state of a batch", x.answer)
	}
	return batchOf(w.Batch), nil
}

func unreadable(what string, body []byte) *Error {
	return &Error{Outcome: Failed, Status: 200, Message: what + " cannot be read: " + clip(describeBody(200, "", body)), Retryable: true}
}

func batchOf(w openai.Batch) Batch {
	b := Batch{ID: w.ID, Status: Status(w.Status), InputFile: w.InputFileID,
		Total: w.RequestCounts.Total, Completed: w.RequestCounts.Completed, Failed: w.RequestCounts.Failed}
	if w.OutputFileID != nil {
		b.OutputFile = *w.OutputFileID
	}
	if w.ErrorFileID != nil {
		b.ErrorFile = *w.ErrorFileID
	}
	if w.ExpiresAt != nil {
		b.Expires = time.Unix(int64(*w.ExpiresAt), 0).UTC()
	}
	if w.Errors != nil {
		for _, p := range w.Errors.Data {
			text := clip(redact.Text(p.Message, nil))
			if p.Line != nil {
				text = fmt.Sprintf("line %d: %s", *p.Line, text)
			}
			b.Problems = append(b.Problems, text)
		}
	}
	return b
}
