package chat_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"icono/internal/chat"
	"icono/internal/chat/chattest"
)

func entries(t *testing.T, n int, model func(int) string) iter.Seq2[chat.Entry, error] {
	return func(yield func(chat.Entry, error) bool) {
		for i := range n {
			r := question(t, model(i))
			r.Messages[2].Parts[0].Text = fmt.Sprint("row ", i)
			if !yield(chat.Entry{ID: fmt.Sprintf("row-%03d", i), Request: r}, nil) {
				return
			}
		}
	}
}

func luna(int) string { return "gpt-6-luna" }

// roundTrip runs a batch of 7 from files to results.
func roundTrip(t *testing.T, c *chat.Client, s *chattest.Server) {
	t.Helper()
	files, err := c.WriteFiles(t.TempDir(), "batch", chat.Limits{}, entries(t, 7, func(int) string { return "gpt-4o" }))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	}
	got, h := run(t, c, files[0])
	if len(got) != 7 || h.Missing != nil || s.PaidTwice() != 0 {
		t.Errorf("%d results, %+v", len(got), h)
	}
	for id, r := range got {
		if r.Err != nil || r.Reply.Text == "" {
			t.Errorf("%s: %v", id, r.Err)
		}
	}
}

func run(t *testing.T, c *chat.Client, f chat.File) (map[string]chat.Result, chat.Harvest) {
	t.Helper()
	id, err := c.Upload(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = c.Wait(t.Context(), nil, b.ID, time.Millisecond, nil); err != nil {
		t.Fatal(err)
	}
	got := map[string]chat.Result{}
	h, err := c.Fetch(t.Context(), b, f.IDs, func(r chat.Result) error { got[r.ID] = r; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return got, h
}

func TestFilesAreSplit(t *testing.T) {
	c := client(t, "http://localhost:1", "")
	one, _, err := c.Body(question(t, "gpt-6-luna"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	limits := chat.Limits{Requests: 4, Bytes: int64(3*len(one)) + 500}
	files, err := c.WriteFiles(folder, "b", limits, entries(t, 20, func(i int) string { return []string{"gpt-6-luna", "gpt-4o"}[i%2] }))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range files {
		text, err := os.ReadFile(f.Path)
		if err != nil || int64(len(text)) != f.Bytes || f.Bytes > limits.Bytes || len(f.IDs) > limits.Requests || bytes.Count(text, []byte("\n")) != len(f.IDs) {
			t.Errorf("%s: %d bytes, %d requests, %v", f.Path, f.Bytes, len(f.IDs), err)
		}
		if n := bytes.Count(text, []byte(`"model":"`+f.Model+`"`)); n != len(f.IDs) {
			t.Errorf("%s: %d of %d are for %s", f.Path, n, len(f.IDs), f.Model)
		}
		ids = append(ids, f.IDs...)
	}
	slices.Sort(ids)
	if len(files) < 6 || len(ids) != 20 || len(slices.Compact(ids)) != 20 {
		t.Errorf("%d files with %d requests", len(files), len(ids))
	}
	for want, bad := range map[string]iter.Seq2[chat.Entry, error]{
		"used twice": func(y func(chat.Entry, error) bool) {
			e := chat.Entry{ID: "a", Request: plain("m")}
			if y(e, nil) {
				y(e, nil)
			}
		},
		"above the": func(y func(chat.Entry, error) bool) {
			r := plain("m")
			r.Messages[0].Parts[0].Text = strings.Repeat("x", int(limits.Bytes))
			y(chat.Entry{ID: "big", Request: r}, nil)
		},
		"names no model": func(y func(chat.Entry, error) bool) { y(chat.Entry{ID: "a", Request: plain("")}, nil) },
		"upstream": func(y func(chat.Entry, error) bool) {
			_ = y(chat.Entry{ID: "a", Request: plain("m")}, nil) && y(chat.Entry{}, errors.New("upstream"))
		},
	} {
		dir := t.TempDir()
		if _, err := c.WriteFiles(dir, "b", limits, bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Errorf("%q leaves %v", want, left)
		}
	}
}

func TestBatch(t *testing.T) {
	s := chattest.Start(t, chattest.Options{})
	roundTrip(t, client(t, s.URL, ""), s)
}

// Each fate of a line of a batch is told apart, by its custom id.
func TestResultsAreMatchedByID(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Batch: chattest.BatchOptions{Lost: []string{"row-001"}, Status0: []string{"row-002"}, Foreign: true},
		Script: func(c *chattest.Call) chattest.Behaviour {
			switch text := c.Request.Text(); {
			case strings.Contains(text, "row 3"):
				return chattest.Refuses()
			case strings.Contains(text, "row 4"):
				return chattest.CutOff()
			case strings.Contains(text, "row 5"):
				return chattest.Trouble(500)
			}
			return chattest.Says(c.Request.Text())
		}})
	c := client(t, s.URL, "")
	files, err := c.WriteFiles(t.TempDir(), "b", chat.Limits{}, entries(t, 9, luna))
	if err != nil {
		t.Fatal(err)
	}
	got, h := run(t, c, files[0])
	if !slices.Equal(h.Missing, []string{"row-001"}) || !slices.Equal(h.Unknown, []string{"nobody-asked"}) || len(h.Twice) != 1 || h.Broken != 1 {
		t.Errorf("%+v", h)
	}
	for i := range 9 {
		id := fmt.Sprintf("row-%03d", i)
		want := map[int]chat.Outcome{1: chat.Failed, 2: chat.Failed, 3: chat.Refused, 4: chat.Truncated, 5: chat.Failed}[i]
		r, ok := got[id]
		if want == "" && (r.Err != nil || !strings.Contains(r.Reply.Text, fmt.Sprint("row ", i))) {
			t.Errorf("%s has another's answer: %v %s", id, r.Err, r.Reply.Text)
		}
		if want != "" && i != 1 && (chat.OutcomeOf(r.Err) != want || !ok) {
			t.Errorf("%s: %v", id, r.Err)
		}
	}
	if e, ok := errors.AsType[*chat.Error](got["row-002"].Err); !ok || !e.Retryable {
		t.Errorf("a line with status 0: %v", got["row-002"].Err)
	}
}

func TestExpiredBatchIsHarvested(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Batch: chattest.BatchOptions{ExpireAfter: 5}})
	c := client(t, s.URL, "")
	files, err := c.WriteFiles(t.TempDir(), "b", chat.Limits{}, entries(t, 8, luna))
	if err != nil {
		t.Fatal(err)
	}
	got, h := run(t, c, files[0])
	good, expired := 0, 0
	for r := range maps.Values(got) {
		switch e, _ := errors.AsType[*chat.Error](r.Err); {
		case r.Err == nil:
			good++
		case e.Code == "batch_expired" && e.Retryable:
			expired++
		}
	}
	if good != 5 || expired != 3 || h.Missing != nil {
		t.Errorf("%d good, %d expired, %+v", good, expired, h)
	}
}

// Creating a batch again, after a crash or a lost answer, pays nothing twice.
func TestCreationIsNotRepeated(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Batch: chattest.BatchOptions{LoseCreation: 1}})
	c := client(t, s.URL, "")
	files, err := c.WriteFiles(t.TempDir(), "b", chat.Limits{}, entries(t, 3, luna))
	if err != nil {
		t.Fatal(err)
	}
	id, err := c.Upload(t.Context(), files[0])
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.Create(t.Context(), id) // the answer is lost
	if err != nil {
		t.Fatal(err)
	}
	again, err := client(t, s.URL, "").Create(t.Context(), id) // another process
	if err != nil || again.ID != first.ID || s.Batches() != 1 {
		t.Errorf("%d batches, %+v %v", s.Batches(), again, err)
	}
}

func TestFindReadsAllPages(t *testing.T) {
	s := chattest.Start(t, chattest.Options{})
	c := client(t, s.URL, "")
	files, err := c.WriteFiles(t.TempDir(), "b", chat.Limits{}, entries(t, 1, luna))
	if err != nil {
		t.Fatal(err)
	}
	var first string
	for i := range 130 {
		id, err := c.Upload(t.Context(), files[0])
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = id
		}
		if _, err := c.Create(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if b, found, err := c.Find(t.Context(), first); err != nil || !found || b.InputFile != first {
		t.Errorf("%+v %v %v", b, found, err)
	}
	if _, found, err := c.Find(t.Context(), "file-none"); err != nil || found {
		t.Errorf("%v %v", found, err)
	}
}

func TestCancelledAndFailedBatches(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Batch: chattest.BatchOptions{Polls: 1000}})
	c := client(t, s.URL, "")
	files, err := c.WriteFiles(t.TempDir(), "b", chat.Limits{}, entries(t, 6, luna))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := c.Upload(t.Context(), files[0])
	b, err := c.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = c.Cancel(t.Context(), b.ID); err != nil || b.Status != chat.Cancelling || b.Done() {
		t.Fatalf("%+v %v", b, err)
	}
	if b, err = c.Wait(t.Context(), nil, b.ID, time.Millisecond, nil); err != nil || b.Status != chat.Cancelled {
		t.Fatalf("%+v %v", b, err)
	}
	n := 0
	h, err := c.Fetch(t.Context(), b, files[0].IDs, func(chat.Result) error { n++; return nil })
	if err != nil || n != 3 || len(h.Missing) != 3 {
		t.Errorf("%d results, %+v %v", n, h, err)
	}
	bad := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(bad, []byte("{\"custom_id\":\"a\"}\nnot json\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	id, _ = c.Upload(t.Context(), chat.File{Path: bad})
	if b, err = c.Create(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if b, err = c.Wait(t.Context(), nil, b.ID, time.Millisecond, nil); err != nil || b.Status != chat.BatchBad || !strings.Contains(strings.Join(b.Problems, ";"), "line 2: ") {
		t.Errorf("%+v %v", b, err)
	}
	if _, err := c.Poll(t.Context(), "batch-none"); err == nil || !strings.Contains(err.Error(), "No batch found") {
		t.Errorf("%v", err)
	}
}

// A download that breaks off is an error, and a second one is whole.
func TestBrokenDownload(t *testing.T) {
	times := 0
	s := chattest.Start(t, chattest.Options{Batch: chattest.BatchOptions{Download: func(string) chattest.Behaviour {
		times++
		return chattest.Behaviour{Half: times == 1}
	}}})
	c := client(t, s.URL, "")
	files, err := c.WriteFiles(t.TempDir(), "b", chat.Limits{}, entries(t, 9, luna))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := c.Upload(t.Context(), files[0])
	b, _ := c.Create(t.Context(), id)
	if b, err = c.Wait(t.Context(), nil, b.ID, time.Millisecond, nil); err != nil {
		t.Fatal(err)
	}
	take := func(chat.Result) error { return nil }
	if _, err := c.Fetch(t.Context(), b, files[0].IDs, take); chat.OutcomeOf(err) != chat.Failed || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("half a file: %v", err)
	}
	if h, err := c.Fetch(t.Context(), b, files[0].IDs, take); err != nil || h.Missing != nil {
		t.Errorf("%+v %v", h, err)
	}
	stop := errors.New("stop")
	if _, err := c.Fetch(t.Context(), b, files[0].IDs, func(chat.Result) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

// Calls of each sort go through the client that is meant for it.
func TestClientsBySort(t *testing.T) {
	s := chattest.Start(t, chattest.Options{})
	var log []string
	through := func(name string) *http.Client {
		h := &http.Transport{}
		t.Cleanup(h.CloseIdleConnections)
		return &http.Client{Transport: noted{h, func(r *http.Request) { log = append(log, name+" "+r.Method+" "+r.URL.Path) }}}
	}
	c, err := chat.New(chat.Options{HTTP: through("http"), Creating: through("creating"), Files: through("files"), BaseURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, c, s)
	text := strings.Join(log, "\n")
	for _, want := range []string{"files POST /v1/files", "creating POST /v1/batches", "http GET /v1/batches", "files GET /v1/files/file-"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	if strings.Contains(text, "http POST") || strings.Contains(text, "http GET /v1/files") {
		t.Errorf("%s", text)
	}
}

type noted struct {
	next http.RoundTripper
	note func(*http.Request)
}

func (n noted) RoundTrip(r *http.Request) (*http.Response, error) {
	n.note(r)
	return n.next.RoundTrip(r)
}

// A file can be read again for a second attempt of the upload.
func TestUploadIsRepeatable(t *testing.T) {
	s := chattest.Start(t, chattest.Options{})
	h := &http.Transport{}
	t.Cleanup(h.CloseIdleConnections)
	c, err := chat.New(chat.Options{HTTP: &http.Client{Transport: twice{h}}, BaseURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, c, s)
}

// twice sends each request twice, as a retry after a lost answer does.
type twice struct{ next http.RoundTripper }

func (w twice) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/files") {
		res, err := w.next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		res.Body.Close()
		r = r.Clone(r.Context())
		if r.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	return w.next.RoundTrip(r)
}
