package transport

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// processor is the time that the process has spent on processors.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const answer = `{"id":"chatcmpl-1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":100}}`

// BenchmarkOverhead compares the processor time of a request with and without
// the transport, over loopback, client and server together: added-cpu-ns is
// the difference. A request carries 200 kB, as one with a picture does.
func BenchmarkOverhead(b *testing.B) {
	text := fmt.Sprintf(answer, strings.Repeat("word ", 400))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Ratelimit-Limit-Requests", "60000000")
		w.Header().Set("X-Ratelimit-Remaining-Requests", "59999999")
		w.Header().Set("X-Ratelimit-Reset-Requests", "1ms")
		io.WriteString(w, text)
	}))
	defer s.Close()
	body := `{"image":"` + strings.Repeat("QUJD", 50_000) + `"}`
	network := NewBase(16)
	defer network.CloseIdleConnections()
	tr := New(network, Options{Concurrency: 16, RequestsPerMinute: 6e7, TokensPerMinute: 6e10, Header: Bearer("sk-0123456789")})
	measure := func(rt http.RoundTripper, call bool, n int) time.Duration {
		began := processor()
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range n / 16 {
					req, err := http.NewRequest("POST", s.URL, strings.NewReader(body))
					if err != nil {
						b.Error(err)
						return
					}
					if call {
						req = req.WithContext(WithCall(req.Context(), &Call{Tokens: 1000}))
					}
					resp, err := rt.RoundTrip(req)
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			})
		}
		wg.Wait()
		return processor() - began
	}
	measure(network, false, 320)
	b.ResetTimer()
	var plain, ours time.Duration
	count := 0
	for b.Loop() {
		plain += measure(network, false, 320)
		ours += measure(tr, true, 320)
		count += 320
	}
	b.ReportMetric(float64(plain)/float64(count), "plain-cpu-ns/req")
	b.ReportMetric(float64(ours-plain)/float64(count), "added-cpu-ns/req")
	b.ReportMetric(float64(ours)/float64(plain), "ratio")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkMerge sets a field in a body with a picture of a megabyte.
func BenchmarkMerge(b *testing.B) {
	body := []byte(`{"model":"m","messages":[{"content":"` + strings.Repeat("QUJD", 1<<18) + `"}]}`)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := merge(body, map[string]json.RawMessage{"seed": json.RawMessage("0")}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRate measures how much of the allowed rate comes through over
// loopback, in real time, against a server that enforces a sliding second.
func BenchmarkRate(b *testing.B) {
	for _, rate := range []int{50, 500} {
		for _, width := range []time.Duration{time.Second, time.Minute} {
			b.Run(fmt.Sprintf("%d/%s", rate, width), func(b *testing.B) {
				var mu sync.Mutex
				ok, no := 0, 0
				admit := window(rate*int(width/time.Second), width)
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					status, _ := admit(time.Now(), r)
					if status == 200 {
						ok++
					} else {
						no++
					}
					mu.Unlock()
					time.Sleep(50 * time.Millisecond)
					w.WriteHeader(status)
				}))
				defer s.Close()
				tr := New(nil, Options{Concurrency: 128, RequestsPerMinute: float64(rate) * 60})
				defer tr.CloseIdleConnections()
				span := 10 * time.Second
				began := time.Now()
				for b.Loop() {
					ask128(b, tr, s.URL, span)
				}
				b.ReportMetric(float64(ok)/float64(rate)/time.Since(began).Seconds(), "of-the-rate")
				b.ReportMetric(100*float64(no)/float64(ok+no), "%refused")
			})
		}
	}
}

func ask128(b *testing.B, tr *Transport, url string, span time.Duration) {
	var wg sync.WaitGroup
	end := time.Now().Add(span)
	for range 128 {
		wg.Go(func() {
			for time.Now().Before(end) {
				req, err := http.NewRequest("POST", url, strings.NewReader("{}"))
				if err != nil {
					b.Error(err)
					return
				}
				resp, err := tr.RoundTrip(req)
				if err != nil {
					b.Error(err)
					return
				}
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
}
