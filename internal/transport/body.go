package transport

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// replay makes the body of a request one that can be sent again, with the
// fields of extra in it, and closes the one that the request has. open is nil
// for a request without a body.
func replay(req *http.Request, call *Call) (open func() (io.ReadCloser, error), length int64, err error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, 0, nil
	}
	defer req.Body.Close()
	if req.GetBody != nil && len(call.Extra) == 0 {
		return req.GetBody, req.ContentLength, nil
	}
	text, err := readBody(req)
	if err != nil {
		return nil, 0, fmt.Errorf("the request's body cannot be read: %w", err)
	}
	if len(call.Extra) > 0 {
		if text, err = merge(text, call.Extra); err != nil {
			return nil, 0, err
		}
	}
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }, int64(len(text)), nil
}

func readBody(req *http.Request) ([]byte, error) {
	if req.ContentLength <= 0 {
		return io.ReadAll(req.Body)
	}
	text := make([]byte, req.ContentLength)
	if _, err := io.ReadFull(req.Body, text); err != nil {
		return nil, err
	}
	return text, nil
}

// readAnswer reads an answer whole. What is cut off is io.ErrUnexpectedEOF.
func readAnswer(resp *http.Response, most int64) ([]byte, error) {
	if resp.ContentLength > most {
		return nil, errTooLarge
	}
	var buf bytes.Buffer
	if resp.ContentLength > 0 {
		buf.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return nil, err
	case n > most:
		return nil, errTooLarge
	case resp.ContentLength > n && resp.Request != nil && resp.Request.Method != http.MethodHead:
		return nil, io.ErrUnexpectedEOF
	}
	return buf.Bytes(), nil
}
