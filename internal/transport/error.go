package transport

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// StatusError is an answer that is a failure. It holds nothing of the request.
type StatusError struct {
	Status int
	// Code, Type and Message are the server's own words, "" where it has none.
	Code, Type, Message string
	RequestID           string
	Attempts            int
	// History tells what each attempt came to, "" where there was only one.
	History string
	// RetryAfter is how long the server wants to be left alone, 0 if it did not say.
	RetryAfter time.Duration
	inARow     int64
}

// Error says what the server answered and after how many attempts.
func (e *StatusError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the server answers %d", e.Status)
	if text := http.StatusText(e.Status); text != "" {
		b.WriteString(" " + text)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " (%s)", e.Code)
	} else if e.Type != "" {
		fmt.Fprintf(&b, " (%s)", e.Type)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, "; it wants to be asked again in %s", e.RetryAfter.Round(time.Millisecond))
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, "; request %s", e.RequestID)
	}
	b.WriteString(after(e.Attempts, e.History))
	return b.String()
}

// Quota reports whether the account has no money or quota left, which no
// waiting mends.
func (e *StatusError) Quota() bool {
	return e.Status == http.StatusPaymentRequired || isBilling(e.Code, e.Type)
}

// ConnectionError is a request that no whole answer came to.
type ConnectionError struct {
	Host     string
	Text     string // what went wrong with the last attempt
	Attempts int
	History  string
	timeout  bool
	inARow   int64
	err      error
}

// Error says what went wrong and after how many attempts.
func (e *ConnectionError) Error() string {
	return fmt.Sprintf("no answer from %s: %s%s", e.Host, e.Text, after(e.Attempts, e.History))
}

// Timeout reports whether the last attempt ran out of time.
func (e *ConnectionError) Timeout() bool { return e.timeout }

// Unwrap gives what the network reported; nil where its text held a key.
func (e *ConnectionError) Unwrap() error { return e.err }

// InARow tells how many requests, the one of this error included, were given up
// without one in between that the server answered; 0 where the error is none of
// a request that was given up.
func InARow(err error) int64 {
	if e, ok := errors.AsType[*StatusError](err); ok {
		return e.inARow
	}
	if e, ok := errors.AsType[*ConnectionError](err); ok {
		return e.inARow
	}
	return 0
}

// RedirectError is a redirect that was not followed: it would have turned the
// request into another one or sent it to another server.
type RedirectError struct {
	Status   int
	Location string // without query
	// Loop tells that redirects went on and on.
	Loop bool
}

// Error says where the server points to.
func (e *RedirectError) Error() string {
	if e.Loop {
		return fmt.Sprintf("the server redirects again and again, at last to %s: the base URL must be that of the server itself", e.Location)
	}
	return fmt.Sprintf("the server answers %d and points to %s: if that is right, it must be the base URL", e.Status, e.Location)
}

func after(attempts int, history string) string {
	if attempts <= 1 {
		return ""
	}
	return fmt.Sprintf("; gave up after %d attempts (%s)", attempts, history)
}

// history counts what the attempts of a request came to, in order of first
// appearance.
type history struct {
	names  []string
	counts []int
}

func (h *history) add(name string) {
	for i, n := range h.names {
		if n == name {
			h.counts[i]++
			return
		}
	}
	h.names, h.counts = append(h.names, name), append(h.counts, 1)
}

func (h *history) String() string {
	parts := make([]string, len(h.names))
	for i, n := range h.names {
		parts[i] = fmt.Sprintf("%d times %s", h.counts[i], n)
		if h.counts[i] == 1 {
			parts[i] = "once " + n
		}
	}
	return strings.Join(parts, ", ")
}
