package asking_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"icono/internal/asking"
	"icono/internal/chat/chattest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const planted = "sk-planted-0123456789"

// noKeyIn fails where a file holds the key.
func noKeyIn(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(planted)) {
			t.Errorf("the key is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Whatever a server does, every row ends as an answer or a stated fault, and no
// answer that came is paid twice.
func TestAnyTrouble(t *testing.T) {
	const rows = 400
	var mu sync.Mutex
	lost := 0 // answers that were made and cut off
	s := chattest.Start(t, chattest.Options{Key: planted, EchoKey: true, Script: chattest.Storm(300*time.Millisecond, 700*time.Millisecond, func(c *chattest.Call) chattest.Behaviour {
		if c.Turn > 1 {
			return chattest.Good()
		}
		switch c.Seq % 16 {
		case 1:
			return chattest.TooMany(20 * time.Millisecond)
		case 2:
			return chattest.Trouble(500)
		case 3:
			return chattest.Page(502)
		case 4:
			return chattest.Dropped()
		case 5:
			mu.Lock()
			lost++
			mu.Unlock()
			return chattest.HalfAnAnswer()
		case 6:
			return chattest.Slow(200 * time.Millisecond)
		case 7:
			return chattest.WrongType()
		case 8:
			return chattest.Refuses()
		case 9:
			return chattest.CutOff()
		case 10:
			return chattest.Behaviour{Pause: 50 * time.Millisecond}
		case 11:
			return chattest.Silent()
		case 12:
			return chattest.Behaviour{Header: http.Header{"X-Echo": {planted}}, NoUsage: true}
		}
		return chattest.Good()
	})})
	folder := t.TempDir()
	asked := 0
	for round := range 2 {
		d := desk(t, folder, 0)
		coded, faults, end := askAll(t.Context(), line(t, d, s.URL), rows)
		account := d.Spending()
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if end != nil || coded+len(faults) != rows || len(faults) == 0 {
			t.Fatalf("%d coded, %d faults: %v", coded, len(faults), end)
		}
		for _, f := range faults {
			if text := f.Error(); strings.Contains(text, planted) || !strings.Contains(text, "refused: ") && !strings.Contains(text, "truncated: ") && !strings.Contains(text, "invalid: ") {
				t.Errorf("%v", f)
			}
		}
		mu.Lock()
		if n := s.PaidTwice(); n != lost {
			t.Errorf("%d answers paid twice, %d were lost on their way", n, lost)
		}
		mu.Unlock()
		if round == 1 && (s.Asked() != asked || account.Asked != 0) {
			t.Errorf("%d requests in a run of what is stored: %+v", s.Asked()-asked, account)
		}
		asked = s.Asked()
	}
	noKeyIn(t, folder)
}

// Answers that are lost are counted as paid, and asked again only as far as the
// budget allows that too.
func TestLostAnswersAreWithinTheBudget(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour {
		if c.Seq%2 == 0 {
			return chattest.HalfAnAnswer()
		}
		b := chattest.Says("indoors")
		b.Usage = &chattest.Usage{Input: 390, Output: mostOut}
		return b
	}})
	const limit = 0.1
	d := desk(t, t.TempDir(), limit)
	coded, faults, end := askAll(t.Context(), line(t, d, s.URL), 60)
	account := d.Spending()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if paid := float64(s.Answers()) * (390*priceIn + mostOut*priceOut) / 1e6; paid > limit || float64(account.Cost)/1e9 > limit {
		t.Errorf("%f paid of %f; %s", paid, limit, account)
	}
	if coded == 0 || end == nil && coded+len(faults) != 60 {
		t.Errorf("%d coded, %v, %v", coded, faults, end)
	}
}

// Everything ends soon after a run is cancelled, whatever a server is at.
func TestCancel(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour {
		switch c.Seq % 4 {
		case 0:
			return chattest.Slow(time.Minute)
		case 1:
			return chattest.TooMany(time.Minute)
		case 2:
			return chattest.Behaviour{Pause: time.Minute}
		}
		return chattest.Trouble(503)
	}})
	for _, dollars := range []float64{0, 5} { // with a budget, most wait for the first
		d := desk(t, t.TempDir(), dollars)
		l := line(t, d, s.URL)
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("interrupted")
		time.AfterFunc(100*time.Millisecond, func() { cancel(why) })
		ended := make(chan error, 1)
		go func() {
			_, _, end := askAll(ctx, l, 1000)
			ended <- errors.Join(end, d.Close())
		}()
		select {
		case err := <-ended:
			if !errors.Is(err, why) {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("it does not end")
		}
	}
}

// A server that is not there stops the run, with the reason.
func TestNoServer(t *testing.T) {
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	d := desk(t, t.TempDir(), 0)
	coded, _, end := askAll(t.Context(), line(t, d, "http://"+gone.Addr().String()+"/v1"), 10_000)
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if coded != 0 || end == nil || !strings.Contains(end.Error(), "in a row") || !strings.Contains(end.Error(), "refused") {
		t.Errorf("%v", end)
	}
}

// A server that points elsewhere stops the run at once.
func TestRedirected(t *testing.T) {
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n++
		http.Redirect(w, r, "https://elsewhere.example/v1?key=secret", http.StatusMovedPermanently)
	}))
	defer s.Close()
	d := desk(t, t.TempDir(), 0)
	_, err := line(t, d, s.URL).Ask(t.Context(), question(1))
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if err == nil || !strings.Contains(err.Error(), "must be the base URL") || strings.Contains(err.Error(), "secret") || n != 1 {
		t.Errorf("%v after %d requests", err, n)
	}
}

// The key goes where the server wants it, and nowhere without one.
func TestKeys(t *testing.T) {
	const reply = `{"model":"local-vision","choices":[{"message":{"content":"indoors"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2}}`
	for _, c := range []struct {
		name           string
		server         asking.Server
		path           string
		bearer, apiKey string
	}{
		{"compatible", asking.Server{Key: "K"}, "/v1/chat/completions", "Bearer " + planted, ""},
		{"compatible without a key", asking.Server{}, "/v1/chat/completions", "", ""},
		{"azure", asking.Server{Key: "K", APIVersion: "2025-04-01-preview"}, "/openai/deployments/local-vision/chat/completions?api-version=2025-04-01-preview", "", planted},
		{"azure, deployment", asking.Server{Key: "K", APIVersion: "2024-10-21", Deployment: "my vision"}, "/openai/deployments/my%20vision/chat/completions?api-version=2024-10-21", "", planted},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got *http.Request
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprint(w, reply)
			}))
			defer s.Close()
			folder := t.TempDir()
			d := desk(t, folder, 0)
			c.server.BaseURL, c.server.Model, c.server.Concurrency = s.URL, "local-vision", 1
			l, err := d.Line(t.Context(), "frames", c.server)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.Ask(t.Context(), question(1)); err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			if got.RequestURI != c.path || got.Header.Get("Authorization") != c.bearer || got.Header.Get("Api-Key") != c.apiKey {
				t.Errorf("%s, %v", got.RequestURI, got.Header)
			}
			noKeyIn(t, folder)
		})
	}
}
