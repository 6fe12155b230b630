package transport

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestHTTP2 sends all requests over few connections and survives broken streams.
func TestHTTP2(t *testing.T) {
	var n, addresses atomic.Int64
	var seen sync.Map
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, old := seen.LoadOrStore(r.RemoteAddr, true); !old {
			addresses.Add(1)
		}
		body, _ := io.ReadAll(r.Body)
		if n.Add(1)%7 == 0 {
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, r.Proto+" "+string(body))
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	network := NewBase(32)
	network.TLSClientConfig.RootCAs = x509.NewCertPool()
	network.TLSClientConfig.RootCAs.AddCert(s.Certificate())
	o := quick()
	o.Concurrency, o.MaxAttempts = 32, 10
	tr := New(network, o)
	defer tr.CloseIdleConnections()
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			if text, _, err := post(t, tr, s.URL, nil); err != nil || text != `HTTP/2.0 {"model":"m"}` {
				t.Errorf("got %q (%v)", text, err)
			}
		})
	}
	wg.Wait()
	if s := tr.Stats(); s.Answers != 200 || s.Broken == 0 || addresses.Load() > 32 {
		t.Errorf("%+v over %d connections", s, addresses.Load())
	}
}

// TestSlowServer: a real connection is given up when its time is over, and at
// once when the caller stops.
func TestSlowServer(t *testing.T) {
	s, n := serve(t, hang)
	o := quick()
	o.Timeout, o.MaxAttempts = 20*time.Millisecond, 2
	var e *ConnectionError
	if _, _, err := post(t, open(t, o), s.URL, nil); !errors.As(err, &e) || !e.Timeout() || n.Load() != 2 {
		t.Errorf("got %v after %d requests", err, n.Load())
	}
	o.Timeout = time.Hour
	tr := open(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			req, err := http.NewRequestWithContext(ctx, "POST", s.URL, strings.NewReader("{}"))
			if err != nil {
				t.Error(err)
				return
			}
			if resp, err := tr.Client().Do(req); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
				if err == nil {
					resp.Body.Close()
				}
			}
		})
	}
	for n.Load() < 2+int64(o.Concurrency) {
		time.Sleep(time.Millisecond)
	}
	cancel()
	wg.Wait()
	if s := tr.Stats(); s.InFlight != 0 || s.Queued != 0 {
		t.Errorf("%+v", s)
	}
}

// TestStormOverHTTP: every request is answered in the end, each once.
func TestStormOverHTTP(t *testing.T) {
	var answered sync.Map
	s, n := serve(t, func(w http.ResponseWriter, r *http.Request) {})
	i := n
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch k := i.Add(1); {
		case k > 20 && k < 90 && k%4 == 0:
			status(429, `{"error":{"code":"rate_limit_exceeded"}}`, "Retry-After-Ms", "3")(w, r)
		case k > 20 && k < 90 && k%4 == 1:
			status(503, "")(w, r)
		case k > 20 && k < 90 && k%4 == 2:
			half(w, r)
		case k > 20 && k < 90:
			drop(w, r)
		default:
			if _, twice := answered.LoadOrStore(string(body), true); twice {
				t.Errorf("%s is answered twice", body)
			}
			fine(w, r)
		}
	})
	o := quick()
	o.MaxAttempts, o.MaxBackoff = 50, 20*time.Millisecond
	tr := open(t, o)
	var wg sync.WaitGroup
	for k := range 100 {
		wg.Go(func() {
			req, _ := http.NewRequest("POST", s.URL, strings.NewReader(strings.Repeat("x", k+1)))
			resp, err := tr.RoundTrip(req)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
		})
	}
	wg.Wait()
	st := tr.Stats()
	if st.Answers != 100 || st.Refused == 0 || st.Server == 0 || st.Broken == 0 || st.Refused+st.Server+st.Broken+st.Answers != st.Attempts {
		t.Errorf("%+v", st)
	}
}

func TestNewBase(t *testing.T) {
	b := NewBase(300)
	if b.Proxy == nil || b.MaxIdleConnsPerHost < 300 || b.MaxIdleConns < 300 || !b.ForceAttemptHTTP2 {
		t.Errorf("%+v", b)
	}
	if b.TLSClientConfig != nil && (b.TLSClientConfig.InsecureSkipVerify || b.TLSClientConfig.RootCAs != nil) {
		t.Error("not the roots of the system")
	}
}
