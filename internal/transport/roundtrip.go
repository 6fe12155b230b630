package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"time"
)

// hopelessAttempts is how often a server that has never answered may refuse a
// connection or stay silent: then its address is wrong or it is not running.
const hopelessAttempts = 3

// RoundTrip sends a request until an answer is final or asking again is given
// up, and returns the answer with its body read. See the package comment for
// what comes back as a response and what as an error.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, call := req.Context(), callOf(req.Context())
	call.Attempts, call.Status, call.Header, call.RequestID, call.Fault = 0, 0, nil, "", nil
	open, length, err := replay(req, call)
	if err != nil {
		return nil, err
	}
	if req.URL == nil || req.URL.Host == "" || req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return nil, errors.New("the address of a server must start with https:// or http://")
	}
	t.tally.requests.Add(1)
	var past history
	began := time.Time{}
	for n := 1; ; n++ {
		pass, err := t.gate.enter(ctx, float64(call.Tokens), n > 1)
		if err != nil {
			return nil, stopped(err, n-1, &past)
		}
		if n == 1 {
			began = time.Now()
		}
		call.sent(t.gate)
		out := t.attempt(req, open, length, call)
		call.Attempts = n
		t.note(call, out)
		lost := out.mayBePaid()
		if lost {
			call.Lost++
		}
		limits := [2]reading{{remaining: -1}, {remaining: -1}}
		if out.resp != nil && t.secrets.belongs(req) {
			limits = readLimits(out.resp.Header, time.Now())
		}
		t.gate.leave(pass, out.cause, limits)
		if out.err != nil && ctx.Err() != nil {
			return nil, stopped(ctx.Err(), n-1, &past)
		}
		t.tally.causes[out.cause].Add(1)
		past.add(out.name())
		if out.cause == none || out.final {
			return t.end(req, out, n, &past)
		}
		wait, said := time.Duration(0), false
		if out.fault != nil {
			wait, said = out.fault.RetryAfter, out.fault.RetryAfter > 0
		}
		must, whole := t.o.delay(n, said, wait)
		if n >= t.o.MaxAttempts || wait > t.o.MaxWait || t.hopeless(out, n) ||
			t.o.Total > 0 && time.Since(began)+must > t.o.Total {
			return t.giveUp(req, out, n, &past)
		}
		if lost && call.Again != nil {
			if err := call.Again(); err != nil {
				return nil, fmt.Errorf("%w (%s)", err, past.String())
			}
		}
		t.tally.waiting.Add(1)
		err = pause(ctx, must, whole, t.gate.calm())
		t.tally.waiting.Add(-1)
		if err != nil {
			return nil, stopped(err, n, &past)
		}
	}
}

// hopeless reports a server that never answered: one that refuses connections,
// and one that takes requests and says nothing.
func (t *Transport) hopeless(out *outcome, n int) bool {
	silent := errors.Is(out.err, syscall.ECONNREFUSED) || out.cause == timedOut
	return n >= hopelessAttempts && silent && t.tally.answers.Load() == 0
}

// attempt sends the request once and reads the answer.
func (t *Transport) attempt(req *http.Request, open func() (io.ReadCloser, error), length int64, call *Call) *outcome {
	t.tally.attempts.Add(1)
	ctx, cancel := context.WithTimeout(req.Context(), t.o.Timeout)
	defer cancel()
	sent := req.Clone(ctx)
	sent.Body, sent.ContentLength, sent.GetBody = nil, 0, nil
	if open != nil {
		body, err := open()
		if err != nil {
			return &outcome{final: true, err: err, text: t.secrets.text(err.Error())}
		}
		sent.Body, sent.ContentLength, sent.GetBody = body, length, open
		if length < 0 {
			sent.ContentLength = -1
		}
	}
	if sent.Header == nil {
		sent.Header = http.Header{}
	}
	if t.secrets.belongs(req) {
		t.secrets.set(sent)
	}
	resp, err := t.base.RoundTrip(sent)
	if err != nil {
		return t.failed(ctx, err)
	}
	most := t.o.MaxBody
	if call.MaxBody > 0 {
		most = call.MaxBody
	}
	body, err := readAnswer(resp, most)
	// The connection is of no use after a read error, and closed by it.
	_ = resp.Body.Close()
	if err != nil {
		return t.failed(ctx, err)
	}
	resp.Request = req // the caller's: it holds no key
	return t.judge(resp, body)
}

// failed is an attempt without a whole answer.
func (t *Transport) failed(ctx context.Context, err error) *outcome {
	if ctx.Err() != nil {
		err = ctx.Err() // the network has many words for it
	}
	out := &outcome{}
	out.cause, out.final = judgeError(err)
	out.text, out.err = t.secrets.err(err)
	switch {
	case out.cause == timedOut:
		out.text = fmt.Sprintf("nothing within %s", t.o.Timeout)
	case errors.Is(err, io.ErrUnexpectedEOF):
		out.text = "half an answer"
	case errors.Is(err, io.EOF):
		out.text = "closed connection"
	}
	if out.err == nil {
		out.err = errors.New(out.text)
	}
	return out
}

// judge decides what an answer means, and takes the keys out of it.
func (t *Transport) judge(resp *http.Response, body []byte) *outcome {
	t.secrets.clean(resp.Header)
	body = t.secrets.body(body)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if resp.Header.Get("Content-Length") != "" {
		resp.Header.Set("Content-Length", fmt.Sprint(len(body)))
	}
	if resp.StatusCode < 400 {
		if isHalf(resp, body) {
			return &outcome{cause: broken, err: io.ErrUnexpectedEOF, text: "half an answer"}
		}
		hidden := hiddenStatus(body)
		if hidden == 0 {
			return &outcome{resp: resp}
		}
		resp.StatusCode, resp.Status = hidden, fmt.Sprintf("%d %s", hidden, http.StatusText(hidden))
	}
	out := &outcome{resp: resp, fault: readFailure(resp, body, time.Now())}
	out.cause, out.final = judgeStatus(resp, out.fault)
	return out
}

// note tells the call about the last attempt.
func (t *Transport) note(call *Call, out *outcome) {
	call.Status, call.Header, call.RequestID, call.Fault = 0, nil, "", nil
	if out.resp != nil {
		call.Status, call.Header, call.Fault = out.resp.StatusCode, out.resp.Header, out.fault
		call.RequestID = requestID(out.resp.Header)
	}
}
