package detect_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"icono/internal/detect"
	"icono/internal/fetch"
	"icono/internal/sharedtest"
	"icono/internal/stage"
)

// release serves files at the paths of the authors' release.
func release(t *testing.T, files map[string][]byte) (server *httptest.Server, asked *[]string) {
	t.Helper()
	asked = new([]string)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.Path)
		data, ok := files[strings.TrimPrefix(r.URL.Path, "/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}))
	t.Cleanup(server.Close)
	return server, asked
}

// The hash of YOLOX-Nano is known: another file is refused, on the way and on
// the disk, and the right one is fetched once.
func TestInstallPinned(t *testing.T) {
	real, err := os.ReadFile(sharedtest.Path(t, "models/detect/yolox_nano.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"yolox_nano.onnx": []byte("another model")}
	server, asked := release(t, files)
	s := detect.Store{Dir: t.TempDir(), Hub: server.URL + "/", Warn: func(text string) { t.Errorf("warned: %s", text) }}
	var hash *fetch.HashError
	if _, err := s.Install(t.Context(), "yolox-nano"); !errors.As(err, &hash) || s.Has("yolox-nano") {
		t.Fatalf("another model is taken: %v", err)
	}
	files["yolox_nano.onnx"] = real
	path, err := s.Install(t.Context(), "yolox-nano")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, real) || !s.Has("yolox-nano") {
		t.Errorf("%s holds %d bytes: %v", path, len(got), err)
	}
	before := len(*asked)
	if again, err := s.Install(t.Context(), "yolox-nano"); err != nil || again != path || len(*asked) != before {
		t.Errorf("asked again: %v, %v", *asked, err)
	}
	if err := os.WriteFile(path, []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(t.Context(), "yolox-nano"); err == nil || !strings.Contains(err.Error(), "remove the folder "+filepath.Dir(path)) {
		t.Errorf("a changed file is taken: %v", err)
	}
}

// A model whose hash is not known is pinned by its first download, with a
// warning, and refused when it changes.
func TestInstallPinsTheFirst(t *testing.T) {
	server, _ := release(t, map[string][]byte{"yolox_s.onnx": []byte("small")})
	warned := 0
	s := detect.Store{Dir: t.TempDir(), Hub: server.URL, Warn: func(string) { warned++ }}
	path, err := s.Install(t.Context(), "yolox-s")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("small"))
	pinned, err := os.ReadFile(filepath.Join(filepath.Dir(path), "SHA256SUMS"))
	if err != nil || string(pinned) != hex.EncodeToString(sum[:])+"  yolox_s.onnx\n" || warned != 1 {
		t.Errorf("pinned %q, warned %d times: %v", pinned, warned, err)
	}
	if err := os.WriteFile(path, []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(t.Context(), "yolox-s"); err == nil || !strings.Contains(err.Error(), "download it anew") {
		t.Errorf("a changed file is taken: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(t.Context(), "yolox-s"); err != nil || warned != 1 {
		t.Errorf("the pinned file is not fetched in silence: %v, %d", err, warned)
	}
}

// Without a connection the error says which file to put where.
func TestInstallOffline(t *testing.T) {
	server, _ := release(t, nil)
	s := detect.Store{Dir: t.TempDir(), Hub: server.URL}
	_, err := s.Install(t.Context(), "yolox-tiny")
	var missing *stage.MissingError
	if !errors.As(err, &missing) || !strings.Contains(missing.Mend, server.URL+"/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_tiny.onnx") ||
		!strings.Contains(missing.Mend, filepath.Join(s.Dir, "yolox-tiny", "yolox_tiny.onnx")) {
		t.Errorf("offline: %v", err)
	}
	if _, err := s.Install(t.Context(), "yolox-z"); err == nil || s.Has("yolox-z") {
		t.Error("an unknown name is taken")
	}
	if d := detect.DefaultStore(); d.Dir == "" {
		t.Error("there is no default folder")
	}
}
