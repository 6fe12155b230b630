package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/price"
)

// serving has the test binary, started again, serve answers after so much time.
const serving = "BENCH_SERVE"

func TestMain(m *testing.M) {
	if wait := os.Getenv(serving); wait != "" {
		serve(wait)
	}
	os.Exit(m.Run())
}

// reply is what the server answers.
const reply = `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"{\"Place\": \"indoors\", \"Persons\": 2}","refusal":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":20,"total_tokens":1020}}`

// serve answers every question, in a process of its own so that its work is not
// counted. It ends with its standard input.
func serve(wait string) {
	delay, err := time.ParseDuration(wait)
	if err != nil {
		panic(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	limits := &limited{}
	limits.rate, _ = strconv.Atoi(os.Getenv("BENCH_RATE"))
	if storm, _ := time.ParseDuration(os.Getenv("BENCH_STORM")); storm > 0 {
		limits.from, limits.to = 10*time.Second, 10*time.Second+storm
	}
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/counts") {
				limits.counts(w)
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			admitted := limits.admit(time.Now())
			time.Sleep(delay)
			if !admitted {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, reply)
		}))
	}()
	fmt.Println("http://" + l.Addr().String() + "/v1")
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// served starts a server that answers after a while, and returns its address. more
// are variables of its environment.
func served(b *testing.B, wait time.Duration, more ...string) string {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), serving+"="+wait.String()), more...)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(url)
}

// processor is the time that this process has spent on processors.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// photograph is a JPEG file of about 300 kB.
func photograph(b *testing.B) []byte {
	b.Helper()
	m := image.NewYCbCr(image.Rect(0, 0, 1000, 800), image.YCbCrSubsampleRatio420)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Y {
		m.Y[i] = uint8(i/1000/4 + r.IntN(24))
	}
	var out strings.Builder
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 86}); err != nil {
		b.Fatal(err)
	}
	text := out.String()
	return append([]byte(text), make([]byte, max(0, 300_000-len(text)))...)
}

func askingDesk(b *testing.B, folder string) *asking.Desk {
	b.Helper()
	prices, err := price.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	return asking.New(asking.Options{Folder: filepath.Join(folder, ".icono"), Cassettes: folder, Mode: answers.NewEpisodes, Prices: prices, Variable: func(string) string { return "sk-0123456789abcdef" }})
}

func askingLine(b *testing.B, d *asking.Desk, s asking.Server) *asking.Line {
	b.Helper()
	s.Model, s.Key = "gpt-4o", "KEY"
	l, err := d.Line(b.Context(), "place", s)
	if err != nil {
		b.Fatal(err)
	}
	return l
}

// aboutRow is a question with a long prompt and, if there is one, a picture.
func aboutRow(n int, picture []byte) coding.Question {
	zero, most := 0.0, int64(500)
	parts := []chat.Part{chat.Text(fmt.Sprintf("Caption: row %07d", n))}
	if picture != nil {
		parts = append(parts, chat.Picture(picture, chat.DetailLow))
	}
	return coding.Question{Row: fmt.Sprint(n), Check: func(string) error { return nil }, Request: chat.Request{Model: "gpt-4o",
		System: strings.Repeat("Code the place and the persons that the picture shows. ", 80), Messages: []chat.Message{{Role: chat.User, Parts: parts}},
		Parameters: chat.Parameters{Temperature: &zero, MaxTokens: &most}, Format: chat.Format{Form: chat.FormObject}}}
}

// askAll asks questions, so many at once.
func askAll(ctx context.Context, b *testing.B, l *asking.Line, questions []coding.Question, workers int) {
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for n := w; n < len(questions); n += workers {
				if _, err := l.Ask(ctx, questions[n]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkRequest measures the processor time of one request, from the question
// to the durable answer; the server is another process. The bound is 0.3 ms.
// least is what cannot be saved: to hash the picture for the answer's key, to put
// it into base64, and to send the bytes with net/http.
func BenchmarkRequest(b *testing.B) {
	for _, c := range []struct {
		name    string
		picture []byte
	}{{"text", nil}, {"picture of 300 kB", photograph(b)}} {
		b.Run(c.name, func(b *testing.B) { request(b, c.picture) })
	}
}

func request(b *testing.B, picture []byte) {
	url := served(b, time.Millisecond)
	d := askingDesk(b, b.TempDir())
	l := askingLine(b, d, asking.Server{BaseURL: url, Concurrency: 16})
	const rows = 256
	pictures := make([][]byte, rows)
	for i := range pictures {
		pictures[i] = append([]byte(nil), picture...)
	}
	n := 0
	fresh := func() []coding.Question {
		n++
		out := make([]coding.Question, rows)
		for i, p := range pictures {
			copy(p[max(0, len(p)-16):], fmt.Sprintf("%08d%08d", n, i))
			if picture == nil {
				p = nil
			}
			out[i] = aboutRow(n*rows+i, p)
		}
		return out
	}
	askAll(b.Context(), b, l, fresh(), 16)
	bare := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer bare.CloseIdleConnections()
	least := func(p []byte) {
		sum := sha256.Sum256(p)
		body := make([]byte, 5000+base64.StdEncoding.EncodedLen(len(p)))
		copy(body, sum[:])
		base64.StdEncoding.Encode(body[5000:], p)
		resp, err := bare.Post(url+"/chat/completions", "application/json", bytes.NewReader(body))
		if err != nil {
			b.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	var asked, needed time.Duration
	count := 0
	for b.Loop() {
		questions := fresh()
		count += rows
		began := processor()
		askAll(b.Context(), b, l, questions, 16)
		asked += processor() - began
		began = processor()
		var all sync.WaitGroup
		for w := range 16 {
			all.Go(func() {
				for i := w; i < rows; i += 16 {
					least(pictures[i][:len(picture)])
				}
			})
		}
		all.Wait()
		needed += processor() - began
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(asked.Seconds()*1000/float64(count), "ms/request")
	b.ReportMetric((asked-needed).Seconds()*1000/float64(count), "ms-above-least/request")
	b.ReportMetric(asked.Seconds()/needed.Seconds(), "x-least")
	b.ReportMetric(0, "ns/op")
}

// fill stores answers to questions as if they had been asked.
func fill(b *testing.B, folder, url string, questions []coding.Question) {
	b.Helper()
	st, err := answers.Open(b.Context(), filepath.Join(folder, ".icono"))
	if err != nil {
		b.Fatal(err)
	}
	s, err := answers.NewSession(b.Context(), "place", answers.Options{Store: st, Mode: answers.NewEpisodes})
	if err != nil {
		b.Fatal(err)
	}
	var all []answers.Recorded
	for _, q := range questions {
		body, err := q.Request.Canonical()
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, answers.Recorded{Answer: answers.Answer{Body: []byte(reply), Model: "gpt-4o"},
			Request: answers.Request{Row: q.Row, Provider: string(chat.Compatible), Model: "gpt-4o", BaseURL: url, Body: body}})
	}
	if err := errors.Join(s.Record(b.Context(), all...), st.Close()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRerun measures a finished stage of 20,000 rows that is run again,
// against the first run, whose server takes a second for each answer at 64 at
// once. The first run's time is that of a part of it. The bound is 0.01.
func BenchmarkRerun(b *testing.B) {
	const rows, part, workers = 20_000, 512, 64
	url, folder := served(b, time.Second), b.TempDir()
	d := askingDesk(b, folder)
	l := askingLine(b, d, asking.Server{BaseURL: url, Concurrency: workers})
	var questions []coding.Question
	for n := range rows {
		questions = append(questions, aboutRow(n, nil))
	}
	began := time.Now()
	askAll(b.Context(), b, l, questions[:part], workers)
	first := time.Since(began) * rows / part
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	fill(b, folder, url, questions[part:])
	var again time.Duration
	for b.Loop() {
		d := askingDesk(b, folder)
		l := askingLine(b, d, asking.Server{BaseURL: url, Concurrency: workers})
		began := time.Now()
		askAll(b.Context(), b, l, questions, workers)
		again += time.Since(began)
		if s := l.Spending(); s.Asked != 0 || s.Stored != rows {
			b.Fatalf("%+v", s)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(again.Seconds()/float64(b.N)/first.Seconds(), "of-the-first-run")
	b.ReportMetric(again.Seconds()*1e6/float64(b.N*rows), "µs/row")
	b.ReportMetric(0, "ns/op")
}
