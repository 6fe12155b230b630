package clip_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"icono/internal/clip"
	"icono/internal/fetch"
	"icono/internal/stage"
)

const named = "clip-vit-b-32"

// hub serves the files of clip-vit-b-32 as model hubs do: by way of a redirect
// that announces the SHA-256.
type hub struct {
	*httptest.Server
	mu      sync.Mutex
	files   map[string][]byte // by path in the repository
	lie     map[string]bool   // files announced with another hash
	silent  map[string]bool   // files announced with none
	cut     map[string]int    // files whose connection breaks after so many bytes, once
	ranges  []string          // of the requests for contents
	fetched []string
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{lie: map[string]bool{}, silent: map[string]bool{}, cut: map[string]int{}, files: map[string][]byte{
		"preprocessor_config.json": []byte(`{"crop_size": 224}`), "onnx/vision_model.onnx": bytes.Repeat([]byte("vision "), 40_000),
		"onnx/text_model.onnx": bytes.Repeat([]byte("text "), 30_000), "onnx/vision_model_fp16.onnx": []byte("half the vision"),
		"onnx/text_model_fp16.onnx": []byte("half the text")}}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	const resolve = "/Xenova/clip-vit-base-patch32/resolve/main/"
	name, redirected := strings.CutPrefix(r.URL.Path, "/blobs/")
	if !redirected {
		name = strings.TrimPrefix(r.URL.Path, resolve)
	}
	data, ok := h.files[name]
	if !ok || !redirected && !strings.HasPrefix(r.URL.Path, resolve) {
		http.NotFound(w, r)
		return
	}
	if !redirected {
		sum := sha256.Sum256(data)
		if h.lie[name] {
			sum = sha256.Sum256([]byte("other bytes"))
		}
		if !h.silent[name] {
			w.Header().Set("X-Linked-ETag", `"`+hex.EncodeToString(sum[:])+`"`)
		}
		http.Redirect(w, r, "/blobs/"+name, http.StatusFound)
		return
	}
	h.ranges, h.fetched = append(h.ranges, r.Header.Get("Range")), append(h.fetched, name)
	if n := h.cut[name]; n > 0 {
		delete(h.cut, name)
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data[:n])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func (h *hub) seen() (fetched, ranges []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	fetched, ranges = h.fetched, h.ranges
	h.fetched, h.ranges = nil, nil
	return fetched, ranges
}

// A download that broke off goes on where it was; what is there is not asked
// for again; another precision brings its own files only.
func TestInstallResumes(t *testing.T) {
	h := newHub(t)
	h.cut["onnx/vision_model.onnx"] = 100_000
	s := clip.Store{Dir: t.TempDir(), Hub: h.URL + "/"}
	if s.Has(named, "fp32") {
		t.Error("an empty folder has the model")
	}
	dir, err := s.Install(context.Background(), named, "fp32")
	if err != nil {
		t.Fatal(err)
	}
	fetched, ranges := h.seen()
	if want := []string{"preprocessor_config.json", "onnx/vision_model.onnx", "onnx/vision_model.onnx", "onnx/text_model.onnx"}; !slices.Equal(fetched, want) {
		t.Errorf("fetched %v", fetched)
	}
	var from int
	if _, err := fmt.Sscanf(ranges[2], "bytes=%d-", &from); err != nil || from <= 0 || from > 100_000 {
		t.Errorf("the second request asks for %q", ranges[2])
	}
	for name, data := range h.files {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if half := strings.Contains(name, "fp16"); half != (err != nil) || !half && !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if !s.Has(named, "fp32") || s.Has(named, "fp16") || s.Has("clip-vit-b-16", "fp32") || s.Has("nothing", "fp32") {
		t.Error("the store does not know what it has")
	}
	if _, err := s.Install(context.Background(), named, "fp32"); err != nil {
		t.Fatal(err)
	}
	if again, _ := h.seen(); len(again) != 0 {
		t.Errorf("fetched again: %v", again)
	}
	if _, err := s.Install(context.Background(), named, "fp16"); err != nil {
		t.Fatal(err)
	}
	if fetched, _ := h.seen(); !slices.Equal(fetched, []string{"onnx/vision_model_fp16.onnx", "onnx/text_model_fp16.onnx"}) {
		t.Errorf("fetched for fp16: %v", fetched)
	}
}

// sumsOf reads the pinned hashes, as sha256sum would.
func sumsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		sum, name, ok := strings.Cut(line, "  ")
		if !ok {
			t.Fatalf("line %q", line)
		}
		sums[name] = sum
	}
	return sums
}

func TestInstallPins(t *testing.T) {
	h := newHub(t)
	s := clip.Store{Dir: t.TempDir(), Hub: h.URL}
	dir, err := s.Install(context.Background(), named, "")
	if err != nil {
		t.Fatal(err)
	}
	sums := sumsOf(t, dir)
	var files []clip.File
	for _, name := range []string{"preprocessor_config.json", "onnx/vision_model.onnx", "onnx/text_model.onnx"} {
		want := sha256.Sum256(h.files[name])
		if sums[name] != hex.EncodeToString(want[:]) {
			t.Errorf("%s is pinned to %q", name, sums[name])
		}
		files = append(files, clip.File{Name: name, SHA256: sums[name]})
	}
	if len(sums) != 3 {
		t.Errorf("pinned: %v", sums)
	}
	if err := s.Check(dir, files); err != nil {
		t.Error(err)
	}
	files[1].SHA256 = strings.Repeat("0", 64)
	if err := s.Check(dir, files); err == nil || !strings.Contains(err.Error(), "onnx/vision_model.onnx has changed since it was downloaded") || !strings.Contains(err.Error(), dir) {
		t.Errorf("a changed file: %v", err)
	}

	// The file is lost, and the hub has another one with its own right hash.
	if err := os.Remove(filepath.Join(dir, "onnx", "text_model.onnx")); err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	h.files["onnx/text_model.onnx"] = []byte("a newer text tower")
	h.mu.Unlock()
	_, err = s.Install(context.Background(), named, "")
	var hash *fetch.HashError
	if !errors.As(err, &hash) || hash.Want != sums["onnx/text_model.onnx"] {
		t.Errorf("another file than the pinned one: %v", err)
	}
	if s.Has(named, "") {
		t.Error("the other file was kept")
	}
	if got := sumsOf(t, dir); got["onnx/text_model.onnx"] != sums["onnx/text_model.onnx"] {
		t.Error("another hash was pinned")
	}
}

// A file that is not what the hub announces is refused, and what came before
// it is kept.
func TestInstallRefusesOtherBytes(t *testing.T) {
	h := newHub(t)
	h.lie["onnx/text_model.onnx"] = true
	s := clip.Store{Dir: t.TempDir(), Hub: h.URL}
	_, err := s.Install(context.Background(), named, "fp32")
	var hash *fetch.HashError
	if !errors.As(err, &hash) || !strings.HasSuffix(hash.URL, "/onnx/text_model.onnx") {
		t.Fatalf("error %v", err)
	}
	dir := filepath.Join(s.Dir, named)
	left, err := filepath.Glob(filepath.Join(dir, "onnx", "text_model*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if sums := sumsOf(t, dir); len(sums) != 2 || sums["onnx/text_model.onnx"] != "" {
		t.Errorf("pinned: %v", sums)
	}
}

// Files that the hub announces no hash for are told once, when they come, also
// where a later file fails; they are pinned like the others.
func TestInstallWarns(t *testing.T) {
	h := newHub(t)
	h.silent["preprocessor_config.json"], h.silent["onnx/vision_model.onnx"] = true, true
	h.lie["onnx/text_model.onnx"] = true
	var told []string
	s := clip.Store{Dir: t.TempDir(), Hub: h.URL, Warn: func(text string) { told = append(told, text) }}
	if _, err := s.Install(t.Context(), named, "fp32"); err == nil {
		t.Error("other bytes were taken")
	}
	h.mu.Lock()
	h.lie = nil
	h.mu.Unlock()
	for range 2 {
		dir, err := s.Install(t.Context(), named, "fp32")
		if err != nil || len(sumsOf(t, dir)) != 3 {
			t.Fatalf("pinned %v, error %v", sumsOf(t, dir), err)
		}
	}
	if len(told) != 1 || !strings.Contains(told[0], "no SHA-256 for preprocessor_config.json, vision_model.onnx of the model "+named) || !strings.Contains(told[0], "SHA256SUMS") {
		t.Errorf("told %q", told)
	}
}

func TestInstallTellsProgress(t *testing.T) {
	h := newHub(t)
	type step struct{ done, total int64 }
	steps := map[string][]step{}
	s := clip.Store{Dir: t.TempDir(), Hub: h.URL, Progress: func(name string, done, total int64) { steps[name] = append(steps[name], step{done, total}) }}
	if _, err := s.Install(context.Background(), named, "fp32"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"preprocessor_config.json", "onnx/vision_model.onnx", "onnx/text_model.onnx"} {
		told, size := steps[filepath.Base(name)], int64(len(h.files[name]))
		if len(told) == 0 || told[len(told)-1] != (step{size, size}) {
			t.Errorf("%s: told %v of %d bytes", name, told, size)
		}
		if !slices.IsSortedFunc(told, func(a, b step) int { return int(a.done - b.done) }) {
			t.Errorf("%s goes back: %v", name, told)
		}
	}
}

// Without the hub's file the error lists all that is to be fetched by hand and
// where each file belongs; putting them there is enough.
func TestInstallByHand(t *testing.T) {
	h := newHub(t)
	vision := h.files["onnx/vision_model.onnx"]
	delete(h.files, "onnx/vision_model.onnx")
	s := clip.Store{Dir: t.TempDir(), Hub: h.URL}
	_, err := s.Install(context.Background(), named, "fp32")
	var missing *stage.MissingError
	if !errors.As(err, &missing) || !strings.Contains(missing.What, "404") || !strings.Contains(missing.What, named) || !strings.Contains(missing.What, "606 MB") {
		t.Fatalf("error %v", err)
	}
	for name, data := range map[string][]byte{"onnx/vision_model.onnx": vision, "onnx/text_model.onnx": h.files["onnx/text_model.onnx"]} {
		url, path := h.URL+"/Xenova/clip-vit-base-patch32/resolve/main/"+name, filepath.Join(s.Dir, named, filepath.FromSlash(name))
		if !strings.Contains(missing.Mend, url+"\n") || !strings.Contains(missing.Mend, path) {
			t.Errorf("%q does not say how %s comes to %s", missing.Mend, url, path)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(missing.Mend, "preprocessor_config.json") {
		t.Errorf("%q names a file that is there", missing.Mend)
	}
	h.Close()
	if _, err := s.Install(context.Background(), named, "fp32"); err != nil {
		t.Errorf("all files are there: %v", err)
	}
}

func TestInstallUnknown(t *testing.T) {
	if _, err := (clip.Store{Dir: t.TempDir()}).Install(context.Background(), "clip-vit-b-33", ""); err == nil || !strings.Contains(err.Error(), `"clip-vit-b-33"`) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := (clip.Store{Dir: t.TempDir(), Hub: newHub(t).URL}).Install(ctx, named, "fp32")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
