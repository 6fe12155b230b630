package transport

import (
	"fmt"
	"net/http"
	"net/url"
)

// end hands on what is final by itself.
func (t *Transport) end(req *http.Request, out *outcome, attempts int, past *history) (*http.Response, error) {
	if out.resp == nil {
		return nil, t.connectionError(req, out, attempts, past)
	}
	t.tally.inARow.Store(0)
	if out.fault != nil {
		out.fault.Attempts = attempts
		if attempts > 1 {
			out.fault.History = past.String()
		}
		return out.resp, nil
	}
	if err := redirect(req, out.resp); err != nil {
		return nil, err
	}
	t.tally.answers.Add(1)
	return out.resp, nil
}

// giveUp makes a failure final.
func (t *Transport) giveUp(req *http.Request, out *outcome, attempts int, past *history) (*http.Response, error) {
	t.tally.gaveUp.Add(1)
	t.tally.inARow.Add(1)
	if out.fault == nil {
		return nil, t.connectionError(req, out, attempts, past)
	}
	out.fault.Attempts, out.fault.History, out.fault.inARow = attempts, past.String(), t.tally.inARow.Load()
	return nil, out.fault
}

func (t *Transport) connectionError(req *http.Request, out *outcome, attempts int, past *history) error {
	return &ConnectionError{
		Host: req.URL.Host, Text: out.text, timeout: out.cause == timedOut,
		Attempts: attempts, History: past.String(), inARow: t.tally.inARow.Load(), err: out.err,
	}
}

// mostRedirects is how many redirects of one request are followed.
const mostRedirects = 5

// follow ends a chain of redirects that is too long.
func follow(req *http.Request, via []*http.Request) error {
	if len(via) <= mostRedirects {
		return nil
	}
	return &RedirectError{Location: (&url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Path: req.URL.Path}).String(), Loop: true}
}

// redirect refuses to follow where the client would send something else than
// was meant: a POST turned into a GET, or pictures to another server.
func redirect(req *http.Request, resp *http.Response) error {
	turns := false
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther:
		turns = true
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	if req.Method == http.MethodGet || req.Method == http.MethodHead {
		return nil
	}
	to, err := req.URL.Parse(resp.Header.Get("Location"))
	if err != nil {
		return &RedirectError{Status: resp.StatusCode, Location: "an address that cannot be read"}
	}
	if turns || !sameServer(req.URL, to) {
		return &RedirectError{Status: resp.StatusCode, Location: (&url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}).String()}
	}
	return nil
}

// stopped is the end of a request whose context is done.
func stopped(err error, attempts int, past *history) error {
	if attempts == 0 {
		return err
	}
	return fmt.Errorf("%w after %d attempts (%s)", err, attempts, past.String())
}
