// Package fetch downloads large files: resumed where they broke off, checked
// against the SHA-256 that is wanted or announced, and there whole or not at
// all.
package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Request is a file to download.
type Request struct {
	URL  string
	Path string // where the file is wanted
	// SHA256 is the hash that the file must have, in hex; "" takes the one
	// that the server announces (X-Linked-ETag, as model hubs do), if any.
	SHA256 string
}

// Attempts and the pause between them for broken connections and answers that
// may be different the next time.
const (
	attempts = 5
	pause    = 500 * time.Millisecond
	idle     = 60 * time.Second // without a byte
)

// Client downloads files.
type Client struct {
	// HTTP does the requests; nil is a client with sensible time limits.
	HTTP *http.Client
	// Progress, if not nil, is told how far a file is; total is -1 where the
	// server does not say.
	Progress func(name string, done, total int64)
	// Unchecked, if not nil, is told of each file that came with no hash to
	// check it against: neither wanted nor announced.
	Unchecked func(name string)
}

// StatusError is an answer that is no file.
type StatusError struct {
	URL  string
	Code int
}

// Error gives address and status.
func (e *StatusError) Error() string {
	return fmt.Sprintf("%s answers %d %s", e.URL, e.Code, http.StatusText(e.Code))
}

// HashError is a file that is not the one that was wanted.
type HashError struct{ URL, Want, Got string }

// Error gives both hashes.
func (e *HashError) Error() string {
	return fmt.Sprintf("%s is not the file that was wanted: its SHA-256 is %s, not %s; the download was removed", e.URL, e.Got, e.Want)
}

// Get downloads a file and returns its SHA-256. What a broken attempt has got
// stays beside the path as PATH.part and is resumed by the next.
func (c *Client) Get(ctx context.Context, r Request) (sum string, err error) {
	if err := os.MkdirAll(filepath.Dir(r.Path), 0o755); err != nil {
		return "", err
	}
	part, err := os.OpenFile(r.Path+".part", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, part.Close()) }()
	if err := syscall.Flock(int(part.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return "", fmt.Errorf("another icono is downloading %s", filepath.Base(r.Path))
	}
	want := strings.ToLower(r.SHA256)
	for n := 1; ; n++ {
		announced, again, err := c.attempt(ctx, r, part)
		if want == "" {
			want = announced
		}
		if err == nil {
			if want == "" && c.Unchecked != nil {
				c.Unchecked(filepath.Base(r.Path))
			}
			return c.accept(r, part, want)
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if !again || n == attempts {
			return "", err
		}
		select {
		case <-time.After(pause << (n - 1)):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// attempt asks for what is missing of the file; again says whether another
// attempt may do better.
func (c *Client) attempt(ctx context.Context, r Request, part *os.File) (announced string, again bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	have, err := part.Seek(0, io.SeekEnd)
	if err != nil {
		return "", false, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return "", false, err
	}
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	// Redirects are followed by hand for their header with the hash.
	res, err := c.client(&announced).Do(req)
	if err != nil {
		return "", true, fmt.Errorf("%s cannot be reached: %w", r.URL, errors.Unwrap(err))
	}
	defer func() { _ = res.Body.Close() }() // only read
	noteHash(res, &announced)
	switch {
	case res.StatusCode == http.StatusPartialContent && contentStart(res) == have:
	case res.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		if total := contentTotal(res); have > 0 && total == have {
			return announced, false, nil // it is all there
		}
		return announced, true, errors.Join(&StatusError{r.URL, res.StatusCode}, part.Truncate(0))
	case res.StatusCode == http.StatusOK || res.StatusCode == http.StatusPartialContent:
		have = 0
		if err := part.Truncate(0); err != nil {
			return "", false, err
		}
		if res.StatusCode == http.StatusPartialContent {
			return announced, true, &StatusError{r.URL, res.StatusCode}
		}
	default:
		code := res.StatusCode
		return "", code >= 500 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout, &StatusError{r.URL, code}
	}
	if _, err := part.Seek(have, io.SeekStart); err != nil {
		return "", false, err
	}
	total := int64(-1)
	if res.ContentLength >= 0 {
		total = have + res.ContentLength
	}
	got, err := io.Copy(part, &watched{Reader: res.Body, timer: time.AfterFunc(idle, cancel), tell: func(n int64) {
		if c.Progress != nil {
			c.Progress(filepath.Base(r.Path), have+n, total)
		}
	}})
	if err != nil {
		return announced, true, fmt.Errorf("%s broke off after %d bytes: %w", r.URL, have+got, err)
	}
	return announced, true, nil
}

// client returns the HTTP client, which notes the hash that a redirect tells.
func (c *Client) client(announced *string) *http.Client {
	var h http.Client
	if c.HTTP != nil {
		h = *c.HTTP
	} else {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.ResponseHeaderTimeout = idle
		h.Transport = t
	}
	h.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) > 10 {
			return errors.New("too many redirects")
		}
		noteHash(req.Response, announced)
		return nil
	}
	return &h
}

var hexHash = regexp.MustCompile(`^"?([0-9a-f]{64})"?$`)

func noteHash(res *http.Response, announced *string) {
	if m := hexHash.FindStringSubmatch(res.Header.Get("X-Linked-ETag")); m != nil {
		*announced = m[1]
	}
}

// contentStart is the first byte that a partial answer holds, -1 if unknown.
func contentStart(res *http.Response) int64 {
	var from, to int64
	if _, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-%d", &from, &to); err != nil {
		return -1
	}
	return from
}

// contentTotal is the length that a refused range tells, -1 if unknown.
func contentTotal(res *http.Response) int64 {
	var total int64
	if _, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes */%d", &total); err != nil {
		return -1
	}
	return total
}

// accept checks the file and puts it in its place.
func (c *Client) accept(r Request, part *os.File, want string) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(part, 0, 1<<62)); err != nil {
		return "", err
	}
	sum := hex.EncodeToString(h.Sum(nil))
	if want != "" && sum != want {
		return "", errors.Join(&HashError{r.URL, want, sum}, os.Remove(part.Name()))
	}
	return sum, errors.Join(part.Sync(), os.Rename(part.Name(), r.Path))
}

// watched is a body that may not stand still.
type watched struct {
	io.Reader
	timer *time.Timer
	done  int64
	tell  func(int64)
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.timer.Reset(idle)
	if err != nil {
		w.timer.Stop()
	}
	w.done += int64(n)
	w.tell(w.done)
	return n, err
}
