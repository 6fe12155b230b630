package chat

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"

	"icono/internal/redact"
)

// Result is what a batch brought for one request.
type Result struct {
	ID    string // the custom id
	Reply Reply
	// Err is an *Error where the answer is not a good one, as from Complete.
	Err error
}

// Harvest tells how the results of a batch fit what was sent.
type Harvest struct {
	// Missing are the custom ids that no result names, in the order of the file:
	// they were not run, or are lost, and must be asked again.
	Missing []string
	// Unknown and Twice are custom ids of results that were not asked for, or
	// that came again; they are passed over.
	Unknown, Twice []string
	// Broken counts lines that cannot be read.
	Broken int
}

// Fetch reads the results of a batch that is done and passes each to take, once
// for every custom id of ids, in the server's order, the good ones before those
// of the error file. Results are matched by custom id, never by position. It
// stops at the first error of take; after an error of its own, which may come
// after some results, call it again: it costs nothing.
func (c *Client) Fetch(ctx context.Context, b Batch, ids []string, take func(Result) error) (Harvest, error) {
	var h Harvest
	done := make(map[string]bool, len(ids))
	for _, id := range ids {
		done[id] = false
	}
	for _, file := range []string{b.OutputFile, b.ErrorFile} {
		if file == "" {
			continue
		}
		if err := c.lines(ctx, file, func(line []byte) error {
			r, ok := resultOf(line)
			if !ok {
				h.Broken++
				return nil
			}
			was, asked := done[r.ID]
			switch {
			case !asked:
				h.Unknown = append(h.Unknown, r.ID)
				return nil
			case was:
				h.Twice = append(h.Twice, r.ID)
				return nil
			}
			done[r.ID] = true
			return take(r)
		}); err != nil {
			return h, err
		}
	}
	for _, id := range ids {
		if !done[id] {
			h.Missing = append(h.Missing, id)
		}
	}
	return h, nil
}

// lines passes each line of a file on the server on, without its end.
func (c *Client) lines(ctx context.Context, file string, take func([]byte) error) error {
	x := c.exchange()
	x.http, x.stream = c.files, true
	body, err := c.library(x, "").GetFileContent(ctx, url.PathEscape(file))
	if fault := x.fault(err); fault != nil {
		return fault
	}
	defer body.Close()
	in := bufio.NewReaderSize(body, 1<<16)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return x.lost(fmt.Sprintf("the file of results broke off at line %d: ", n), err)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if err := take(redact.Bytes(line, x.found, redact.InAnswers)); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// resultOf reads a line of an output or error file.
func resultOf(line []byte) (Result, bool) {
	var w struct {
		ID       string `json:"custom_id"`
		Response *struct {
			Status int             `json:"status_code"`
			Body   json.RawMessage `json:"body"`
		} `json:"response"`
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(line, &w) != nil || w.ID == "" {
		return Result{}, false
	}
	r := Result{ID: w.ID}
	if w.Response != nil && w.Response.Status >= 200 && w.Response.Status < 300 {
		// Copied: the line's memory is large and a reply may be kept.
		r.Reply, r.Err = Parse(bytes.Clone(w.Response.Body))
		return r, true
	}
	var e *Error
	if w.Response != nil && w.Response.Status >= 400 {
		e = serverFault(w.Response.Status, "", w.Response.Body)
	} else {
		// The request was not run: the batch expired or was cancelled, or the
		// server lost it, which some report with status 0.
		var f faultBody
		e = &Error{Outcome: Failed, Retryable: true}
		if json.Unmarshal(w.Error, &f) == nil {
			e.Code, e.Message = plainText(f.Code), clip(plainText(f.Message))
		}
		if e.Message == "" {
			e.Message = "the batch did not run this request"
		}
	}
	e.Message = redact.Text(e.Message, nil)
	r.Err = e
	return r, true
}
