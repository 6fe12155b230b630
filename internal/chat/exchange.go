package chat

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"icono/internal/redact"
)

// maxAnswer bounds what is read of one answer.
const maxAnswer = 64 << 20

// exchange is one call of the library's: it sends another body than the library
// wrote, where one is given, and keeps the answer's bytes.
type exchange struct {
	http    *http.Client
	secrets []string
	// body replaces the library's, unless open is nil. It is opened again for
	// every attempt.
	open        func() (io.ReadCloser, error)
	size        int64
	contentType string
	// own keeps a good answer from the library: who calls reads it.
	own bool
	// stream leaves the body of a good answer to the caller.
	stream bool

	status int
	answer []byte
	header http.Header
	found  []string // the secrets of the request that went out
	broken error    // what ended the answer's body early
	failed error    // what ended the call without an answer
}

// Do implements the library's HTTPDoer.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	for _, name := range []string{"Api-Key", "Authorization"} {
		if v := req.Header.Get(name); v == "" || v == "Bearer " {
			req.Header.Del(name) // the library's empty key; the round tripper has the real one
		}
	}
	if x.open != nil {
		body, err := x.open()
		if err != nil {
			return nil, err
		}
		req.Body, req.GetBody, req.ContentLength = body, x.open, x.size
		if x.contentType != "" {
			req.Header.Set("Content-Type", x.contentType)
		}
	}
	res, err := x.http.Do(req)
	if err != nil {
		x.failed, x.found = err, redact.Secrets(req, x.secrets)
		return nil, err
	}
	x.status, x.header = res.StatusCode, res.Header
	x.found = redact.Secrets(res.Request, redact.Secrets(req, x.secrets))
	if x.stream && res.StatusCode < 300 {
		return res, nil
	}
	defer res.Body.Close()
	x.answer, x.broken = io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if len(x.answer) > maxAnswer {
		x.broken = fmt.Errorf("it is larger than %d MB", maxAnswer>>20)
	}
	least := redact.InAnswers
	if res.StatusCode >= 300 {
		least = redact.InMessages
	}
	x.answer = redact.Bytes(bytes.TrimSpace(bytes.TrimPrefix(x.answer, []byte("\xef\xbb\xbf"))), x.found, least)
	body := x.answer
	if x.own && res.StatusCode < 300 {
		body = []byte("{}")
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// fault returns the *Error of a call that brought no whole answer, or nil. err
// is what the library returned.
func (x *exchange) fault(err error) *Error {
	switch {
	case x.failed != nil:
		return x.lost("the request brought no answer: ", x.failed)
	case x.status == 0 && err != nil:
		return &Error{Outcome: Failed, Message: "the request could not be made: " + redact.Text(redact.Bare(err).Error(), x.found), cause: err}
	case x.status < 200 || x.status > 299:
		e := serverFault(x.status, x.header.Get("Content-Type"), x.answer)
		e.Message = redact.Text(e.Message, x.found)
		return e
	case x.broken != nil:
		return x.lost(fmt.Sprintf("the answer broke off after %d bytes: ", len(x.answer)), x.broken)
	}
	return nil
}

func (x *exchange) lost(what string, err error) *Error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the connection was closed (%w)", err)
	}
	return &Error{Outcome: Failed, Status: x.status, Message: what + redact.Text(redact.Bare(err).Error(), x.found), Retryable: true, cause: err}
}
