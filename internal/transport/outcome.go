package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"syscall"
)

// cause is why an attempt failed, and none where the server answered.
type cause int

const (
	none cause = iota
	refused
	server
	broken
	timedOut
	causes
)

// outcome is what one attempt came to.
type outcome struct {
	cause cause
	// final says that asking again would not help.
	final bool
	resp  *http.Response // its body is read
	fault *StatusError   // resp is no success
	err   error          // without resp
	text  string         // of err, without keys
}

// name is how the history calls the outcome.
func (o *outcome) name() string {
	if o.resp != nil && o.resp.StatusCode >= 400 {
		return strconv.Itoa(o.resp.StatusCode)
	}
	return o.text
}

// mayBePaid reports whether the server may have answered although no whole answer
// came: not where no connection was made.
func (o *outcome) mayBePaid() bool {
	var dial *net.OpError
	switch {
	case o.resp != nil:
		return false
	case errors.Is(o.err, errTooLarge):
		return true
	}
	return !o.final && (!errors.As(o.err, &dial) || dial.Op != "dial")
}

// judgeStatus says what an answer with a status of failure means.
func judgeStatus(resp *http.Response, fault *StatusError) (c cause, final bool) {
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests:
		c, final = refused, isBilling(fault.Code, fault.Type)
	case s == http.StatusRequestTimeout || s == http.StatusConflict || s >= 500:
		c = server
	case resp.Header.Get("X-Should-Retry") == "true" && !isFinal(s):
		c = server
	default:
		final = true
	}
	if resp.Header.Get("X-Should-Retry") == "false" {
		final = true
	}
	return c, final
}

// isFinal reports a status that is final whatever else the server says.
func isFinal(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden,
		http.StatusNotFound, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// judgeError says what a failure of the network means. A certificate that does
// not hold and a name that does not exist do not mend themselves.
func judgeError(err error) (c cause, final bool) {
	var (
		unknownHost *net.DNSError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		noTLS       tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, errTooLarge):
		return none, true
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &noTLS):
		return broken, true
	case errors.As(err, &unknownHost) && unknownHost.IsNotFound:
		return broken, true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return timedOut, false
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return timedOut, false
	}
	return broken, false
}

// isHalf reports whether a body that claims to be JSON ends before its first
// value does. Other mistakes are left to who reads the answer.
func isHalf(resp *http.Response, body []byte) bool {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" || json.Valid(body) {
		return false
	}
	if resp.Request != nil && resp.Request.Method == http.MethodHead || resp.StatusCode == http.StatusNoContent {
		return false
	}
	var v json.RawMessage
	err = json.NewDecoder(bytes.NewReader(body)).Decode(&v)
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}
