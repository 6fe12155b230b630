package transport

import (
	"compress/gzip"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A server that ends its HTTP/2 connections all the time loses nothing and is
// not paid for it twice: what it did not take is sent over another connection.
func TestGoAway(t *testing.T) {
	var n, made atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if n.Add(1)%5 == 0 {
			w.Header().Set("Connection", "close") // becomes a GOAWAY frame
		}
		made.Add(1)
		io.WriteString(w, r.Proto)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	network := NewBase(32)
	network.TLSClientConfig.RootCAs = x509.NewCertPool()
	network.TLSClientConfig.RootCAs.AddCert(s.Certificate())
	o := quick()
	o.Concurrency = 32
	tr := New(network, o)
	defer tr.CloseIdleConnections()
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			if text, _, err := post(t, tr, s.URL, nil); err != nil || text != "HTTP/2.0" {
				t.Errorf("got %q (%v)", text, err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 200 {
		t.Errorf("%d answers were made for 200 requests", made.Load())
	}
}

// Answers that are written in odd ways, and what becomes of them.
func TestOddAnswers(t *testing.T) {
	zipped := func(cut int) step {
		return func(w http.ResponseWriter, r *http.Request) {
			var b strings.Builder
			z := gzip.NewWriter(&b)
			io.WriteString(z, `{"ok":true}`)
			z.Close()
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, b.String()[:b.Len()-cut])
		}
	}
	endless := func(w http.ResponseWriter, r *http.Request) { // chunks without an end
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"ok":tr`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	for _, c := range []struct {
		name   string
		first  step
		sent   int64
		status int    // of the answer that comes back
		says   string // the error
	}{
		{"gzip", zipped(0), 1, 200, ""},
		{"half of gzip", zipped(9), 2, 200, ""},
		{"chunks without an end", endless, 2, 200, ""},
		{"nothing at all", status(200, ""), 2, 200, ""},
		{"an error with status 200", status(200, `{"error":{"code":502,"message":"upstream"}}`), 2, 200, ""},
		{"a refusal with status 200", status(200, `{"error":{"code":"429","message":"slow down"}}`), 2, 200, ""},
		{"a final error with status 200", status(200, `{"error":{"code":400,"message":"bad"}}`), 1, 400, ""},
		{"an error beside an answer", status(200, `{"error":{"code":502},"choices":[{}]}`), 1, 200, ""},
		{"an error without a number", status(200, `{"error":"model not loaded"}`), 1, 200, ""},
		{"a redirect to itself", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		}, 2, 200, ""},
		{"a time since 1970", status(503, "", "Retry-After", fmt.Sprint(time.Now().Unix())), 2, 200, ""},
		{"milliseconds since 1970", status(503, "", "Retry-After", fmt.Sprint(time.Now().UnixMilli())), 2, 200, ""},
		{"a wait without end", status(503, "", "Retry-After", "inf"), 1, 0, "asked again in 24h"},
		{"no number", status(503, "", "Retry-After", "NaN"), 2, 200, ""},
		{"a date long past", status(503, "", "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"), 2, 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, n := serve(t, c.first, fine)
			tr := New(nil, quick())
			defer tr.CloseIdleConnections()
			resp, err := tr.Client().Post(s.URL+"/v1", "application/json", strings.NewReader("{}"))
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil || resp.StatusCode != c.status || n.Load() != c.sent {
				t.Fatalf("%v after %d requests: %v", resp, n.Load(), err)
			}
			text, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if c.sent == 2 && string(text) != `{"ok":true}` {
				t.Errorf("%s", text)
			}
		})
	}
}

// Redirects that go on and on end soon, with a reason.
func TestRedirectLoop(t *testing.T) {
	s, n := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path, http.StatusPermanentRedirect)
	})
	tr := New(nil, quick())
	defer tr.CloseIdleConnections()
	_, err := tr.Client().Post(s.URL+"/v1?key=secret", "application/json", strings.NewReader("{}"))
	var e *RedirectError
	if !errors.As(err, &e) || !e.Loop || strings.Contains(e.Error(), "secret") || n.Load() > 8 {
		t.Errorf("%v after %d requests", err, n.Load())
	}
}

// Requests that are given up are counted until one is answered, in whatever way.
func TestGivenUpInARow(t *testing.T) {
	down := true
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down {
			w.WriteHeader(500)
			return
		}
		w.WriteHeader(400)
	}))
	defer s.Close()
	o := quick()
	o.MaxAttempts = 2
	tr := New(nil, o)
	defer tr.CloseIdleConnections()
	for n := range int64(6) {
		_, _, err := post(t, tr, s.URL, nil)
		if want := n%4 + 1; InARow(err) != want {
			t.Errorf("%d in a row, want %d: %v", InARow(err), want, err)
		}
		if down = n != 3; !down {
			_, _, _ = post(t, tr, s.URL, nil)
			down = true
		}
	}
}

// A request whose answer may be lost is not sent again without leave.
func TestAgainAfterALostAnswer(t *testing.T) {
	half := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "half")
	}
	for _, leave := range []error{nil, errors.New("too dear")} {
		s, n := serve(t, status(500, ""), half, fine)
		tr := New(nil, quick())
		call := &Call{Again: func() error { return leave }}
		text, _, err := post(t, tr, s.URL, call)
		if call.Lost != 1 {
			t.Errorf("%d answers lost", call.Lost)
		}
		if leave == nil && (err != nil || text != `{"ok":true}` || n.Load() != 3) || leave != nil && (!errors.Is(err, leave) || n.Load() != 2) {
			t.Errorf("%q %v after %d requests", text, err, n.Load())
		}
		tr.CloseIdleConnections()
	}
	// Where there is no connection, nothing is lost.
	call := &Call{}
	tr := New(nil, quick())
	if _, _, err := post(t, tr, "http://127.0.0.1:1", call); err == nil || call.Lost != 0 {
		t.Errorf("%v, %d lost", err, call.Lost)
	}
}
