package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func content() ([]byte, string) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	sum := sha256.Sum256(data)
	return data, hex.EncodeToString(sum[:])
}

// get downloads from a handler into a fresh folder.
func get(t *testing.T, h http.HandlerFunc, hash string) (path string, err error) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	path = filepath.Join(t.TempDir(), "models", "m.onnx")
	_, err = new(Client).Get(context.Background(), Request{URL: s.URL, Path: path, SHA256: hash})
	return path, err
}

func serve(w http.ResponseWriter, r *http.Request, data []byte) {
	http.ServeContent(w, r, "m.onnx", time.Time{}, bytes.NewReader(data))
}

func TestGetWhole(t *testing.T) {
	data, hash := content()
	path, err := get(t, func(w http.ResponseWriter, r *http.Request) { serve(w, r, data) }, hash)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
		t.Error("other bytes")
	}
	if _, err := os.Stat(path + ".part"); err == nil {
		t.Error("the part is left")
	}
}

// cut sends the first half of an answer and breaks the connection.
func cut(w http.ResponseWriter, data []byte) {
	w.Header().Set("Content-Length", "320000")
	_, _ = w.Write(data[:len(data)/2])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func TestGetResumesAfterACut(t *testing.T) {
	data, hash := content()
	var calls, resumed atomic.Int32
	path, err := get(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			cut(w, data)
		}
		if strings.HasPrefix(r.Header.Get("Range"), "bytes=") && r.Header.Get("Range") != "bytes=0-" {
			resumed.Add(1)
		}
		serve(w, r, data)
	}, hash)
	if err != nil {
		t.Fatal(err)
	}
	if resumed.Load() != 1 {
		t.Errorf("%d resumed requests of %d", resumed.Load(), calls.Load())
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
		t.Error("other bytes")
	}
}

func TestGetRestartsWhereTheServerKnowsNoRanges(t *testing.T) {
	data, hash := content()
	var calls atomic.Int32
	path, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			cut(w, data)
		}
		_, _ = w.Write(data)
	}, hash)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
		t.Error("other bytes")
	}
}

func TestGetTriesAgainAfterServerErrors(t *testing.T) {
	data, hash := content()
	var calls atomic.Int32
	if _, err := get(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) < 3 {
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		serve(w, r, data)
	}, hash); err != nil || calls.Load() != 3 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
}

func TestGetRefusesOtherBytes(t *testing.T) {
	data, _ := content()
	path, err := get(t, func(w http.ResponseWriter, r *http.Request) { serve(w, r, data) }, strings.Repeat("0", 64))
	var hash *HashError
	if !errors.As(err, &hash) {
		t.Fatalf("got %v", err)
	}
	for _, p := range []string{path, path + ".part"} {
		if _, err := os.Stat(p); err == nil {
			t.Errorf("%s is there", filepath.Base(p))
		}
	}
}

func TestGetChecksTheHashOfARedirect(t *testing.T) {
	data, hash := content()
	for announced, good := range map[string]bool{hash: true, strings.Repeat("f", 64): false} {
		_, err := get(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/blob" {
				w.Header().Set("X-Linked-ETag", `"`+announced+`"`)
				http.Redirect(w, r, "/blob", http.StatusFound)
				return
			}
			serve(w, r, data)
		}, "")
		if (err == nil) != good {
			t.Errorf("announced %s: %v", announced[:4], err)
		}
	}
}

func TestGetGivesUpAtOnceWhereNothingIs(t *testing.T) {
	var calls atomic.Int32
	_, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.WriteHeader(http.StatusNotFound)
	}, "")
	var status *StatusError
	if !errors.As(err, &status) || status.Code != 404 || calls.Load() != 1 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
}

func TestGetEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("some"))
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	}))
	defer s.Close()
	_, err := new(Client).Get(ctx, Request{URL: s.URL, Path: filepath.Join(t.TempDir(), "f")})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
