package transport

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "sk-planted-0123456789"

// script answers request number i with the i-th step, the last one for ever.
type step func(w http.ResponseWriter, r *http.Request)

func serve(t *testing.T, steps ...step) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := int(n.Add(1)) - 1
		steps[min(i, len(steps)-1)](w, r)
	}))
	t.Cleanup(s.Close)
	return s, &n
}

func status(code int, body string, header ...string) step {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

var fine = status(200, `{"ok":true}`)

// hang answers nothing until the client is gone.
func hang(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() }

// drop closes the connection without an answer.
func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// half announces more than it sends.
func half(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	io.WriteString(w, `{"ok":`)
}

// halfChunked breaks off in a chunked answer.
func halfChunked(w http.ResponseWriter, _ *http.Request) {
	io.WriteString(w, `{"ok":`)
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// reset sends a TCP reset.
func reset(w http.ResponseWriter, _ *http.Request) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

// quick are options whose waits are short; with the key planted.
func quick() Options {
	return Options{Concurrency: 8, Backoff: time.Millisecond, MaxBackoff: 4 * time.Millisecond, MaxAttempts: 4, Timeout: 5 * time.Second, Header: Bearer(key), RequestsPerMinute: 1e6}
}

func open(t *testing.T, o Options) *Transport {
	t.Helper()
	tr := New(nil, o)
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func post(t *testing.T, tr *Transport, url string, c *Call) (string, *http.Response, error) {
	t.Helper()
	ctx := context.Background()
	if c != nil {
		ctx = WithCall(ctx, c)
	}
	req, err := http.NewRequestWithContext(ctx, "POST", url, strings.NewReader(`{"model":"m"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := tr.Client().Do(req)
	if err != nil {
		if strings.Contains(err.Error(), key) || strings.Contains(fmt.Sprintf("%+v %#v", err, tr), key) {
			t.Errorf("the key is in an error: %v", err)
		}
		return "", nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), resp, nil
}

// TestWhatIsAskedAgain scripts servers and counts how often they are asked.
func TestWhatIsAskedAgain(t *testing.T) {
	quota := `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}`
	for _, c := range []struct {
		name   string
		steps  []step
		asked  int64
		status int    // of the response, 0 for an error
		says   string // in body or error
	}{
		{"fine", []step{fine}, 1, 200, "ok"},
		{"500 then fine", []step{status(500, ""), fine}, 2, 200, "ok"},
		{"503 502 504 then fine", []step{status(503, ""), status(502, "<html>"), status(504, ""), fine}, 4, 200, "ok"},
		{"529 then fine", []step{status(529, ""), fine}, 2, 200, "ok"},
		{"408 409 then fine", []step{status(408, ""), status(409, ""), fine}, 3, 200, "ok"},
		{"429 then fine", []step{status(429, ""), fine}, 2, 200, "ok"},
		{"dropped then fine", []step{drop, fine}, 2, 200, "ok"},
		{"reset then fine", []step{reset, fine}, 2, 200, "ok"},
		{"half an answer then fine", []step{half, fine}, 2, 200, "ok"},
		{"half a chunked answer then fine", []step{halfChunked, fine}, 2, 200, "ok"},
		{"JSON cut off then fine", []step{status(200, `{"choices":[{"mess`), fine}, 2, 200, "ok"},
		{"empty JSON then fine", []step{status(200, ""), fine}, 2, 200, "ok"},
		{"JSON lines", []step{status(200, "{\"a\":1}\n{\"a\":2}\n")}, 1, 200, `"a":2`},
		{"broken JSON", []step{status(200, "{nonsense}")}, 1, 200, "nonsense"},
		{"a page instead of JSON", []step{status(200, "<html>hello", "Content-Type", "text/html")}, 1, 200, "<html>"},
		{"no content", []step{func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }}, 1, 204, ""},
		{"400", []step{status(400, `{"error":{"message":"bad"}}`, "X-Should-Retry", "true")}, 1, 400, "bad"},
		{"401", []step{status(401, `{"error":{"message":"Incorrect API key provided: `+key+`"}}`)}, 1, 401, "[key]"},
		{"403", []step{status(403, "")}, 1, 403, ""},
		{"404", []step{status(404, "")}, 1, 404, ""},
		{"422", []step{status(422, "")}, 1, 422, ""},
		{"418 to be asked again", []step{status(418, "", "X-Should-Retry", "true"), fine}, 2, 200, "ok"},
		{"500 not to be asked again", []step{status(500, "down", "X-Should-Retry", "false")}, 1, 500, "down"},
		{"no quota", []step{status(429, quota)}, 1, 429, "quota"},
		{"429 for ever", []step{status(429, `{"error":{"message":"slow down","code":"rate_limit_exceeded"}}`, "X-Request-Id", "req_1")}, 4, 0,
			"429 Too Many Requests (rate_limit_exceeded): slow down; request req_1; gave up after 4 attempts (4 times 429)"},
		{"one after the other", []step{status(500, ""), drop, half, status(503, "overloaded")}, 4, 0,
			"503 Service Unavailable: overloaded; gave up after 4 attempts (once 500, once closed connection, once half an answer, once 503)"},
		{"half for ever", []step{half}, 4, 0, "half an answer; gave up after 4 attempts"},
		{"a wait of a day", []step{status(429, "", "Retry-After", "86400")}, 1, 0, "asked again in 24h"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, n := serve(t, c.steps...)
			tr, call := open(t, quick()), &Call{}
			text, resp, err := post(t, tr, s.URL, call)
			got := 0
			if err != nil {
				text = err.Error()
			} else {
				got = resp.StatusCode
			}
			if got != c.status || !strings.Contains(text, c.says) || strings.Contains(text, key) {
				t.Errorf("got %d %q, want %d %q", got, text, c.status, c.says)
			}
			if n.Load() != c.asked || call.Attempts != int(c.asked) {
				t.Errorf("asked %d times, the call says %d, want %d", n.Load(), call.Attempts, c.asked)
			}
			if st := tr.Stats(); st.Attempts != c.asked || st.Requests != 1 || st.InFlight != 0 || st.Queued != 0 {
				t.Errorf("stats: %+v", st)
			}
		})
	}
}

// TestTypedErrors holds what a caller can find out about a failure.
func TestTypedErrors(t *testing.T) {
	s, _ := serve(t, status(429, `[{"error":{"code":429,"message":"Quota of the `+key+` project","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"retryDelay":"0.002s"}]}}]`))
	call := &Call{}
	_, _, err := post(t, open(t, quick()), s.URL, call)
	var e *StatusError
	if !errors.As(err, &e) || e.Status != 429 || e.Code != "RESOURCE_EXHAUSTED" || e.RetryAfter != 2*time.Millisecond || e.Attempts != 4 || e.Quota() || call.Fault != e {
		t.Errorf("got %+v (%v)", e, err)
	}
	s, _ = serve(t, status(429, `{"error":{"code":"insufficient_quota","message":"pay"}}`))
	if _, resp, err := post(t, open(t, quick()), s.URL, call); err != nil || resp.StatusCode != 429 || !call.Fault.Quota() {
		t.Errorf("no quota: %v %+v", err, call.Fault)
	}
	for body, want := range map[string]string{
		`{"error":"model not found"}`: "model not found", `{"detail":"Not Found"}`: "Not Found",
		`{"object":"error","message":"too long","code":400}`: "too long", "plain\n text": "plain text",
		`{"error":{"message":["a","b"]}}`: `["a","b"]`, `{"error":null}`: "", `{`: "{", ``: "",
	} {
		s, _ := serve(t, status(400, body))
		if _, _, err := post(t, open(t, quick()), s.URL, call); err != nil || call.Fault.Message != want {
			t.Errorf("%s: got %q (%v), want %q", body, call.Fault.Message, err, want)
		}
	}
	s.Close()
	_, _, err = post(t, open(t, quick()), s.URL, nil)
	var c *ConnectionError
	if !errors.As(err, &c) || c.Attempts != hopelessAttempts || c.Timeout() || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a server that is not there: %v", err)
	}
	if _, _, err = post(t, open(t, quick()), "http://nowhere.invalid/", nil); !errors.As(err, &c) || c.Attempts != 1 && !strings.Contains(err.Error(), "lookup") {
		t.Errorf("a name that does not exist: %v", err)
	}
}

func TestCertificateIsNotAskedAgain(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(fine))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{}
	s.StartTLS()
	defer s.Close()
	var e *ConnectionError
	if _, _, err := post(t, open(t, quick()), s.URL, nil); !errors.As(err, &e) || e.Attempts != 1 || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v", err)
	}
}

// TestBodyIsSentAgainWhole also without GetBody, and with extra fields.
func TestBodyIsSentAgainWhole(t *testing.T) {
	var mu sync.Mutex
	var got []string
	s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if got = append(got, string(b)); len(got)%3 != 0 {
			w.WriteHeader(500)
		}
	})
	tr, long := open(t, quick()), strings.Repeat("x", 1<<20)
	for _, extra := range []map[string]json.RawMessage{nil, {"temperature": json.RawMessage("0"), "a": json.RawMessage("null")}} {
		for _, body := range []io.Reader{strings.NewReader(`{"m":"` + long + `"}`), io.MultiReader(strings.NewReader(`{"m":"` + long + `"}`))} {
			got = nil
			req, _ := http.NewRequestWithContext(WithCall(t.Context(), &Call{Extra: extra}), "POST", s.URL, body)
			resp, err := tr.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			want := `{"m":"` + long + `"}`
			if extra != nil {
				want = `{"m":"` + long + `","a":null,"temperature":0}`
			}
			if len(got) != 3 || got[0] != want || got[1] != want || got[2] != want {
				t.Errorf("%d requests with bodies of %d bytes, want 3 of %d", len(got), len(got[len(got)-1]), len(want))
			}
		}
	}
}

func TestAnswerTooLong(t *testing.T) {
	long := strings.Repeat("x", 1<<16)
	s, n := serve(t, status(200, long, "Content-Type", "text/plain"))
	o := quick()
	o.MaxBody = 1 << 15
	if _, _, err := post(t, open(t, o), s.URL, nil); err == nil || !strings.Contains(err.Error(), "longer than") || n.Load() != 1 {
		t.Errorf("got %v after %d requests", err, n.Load())
	}
	if text, _, err := post(t, open(t, o), s.URL, &Call{MaxBody: 1 << 17}); err != nil || text != long {
		t.Errorf("with a limit of its own: %v", err)
	}
}
