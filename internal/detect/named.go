package detect

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/clip"
	"icono/internal/fetch"
	"icono/internal/stage"
)

// Named is a model that can be downloaded.
type Named struct {
	Name, About string
	// Megabytes is about how much is downloaded.
	Megabytes int
	// file is the model's name among the authors' releases.
	file string
	// sha256 is the file's hash, "" where it is pinned on its first download.
	sha256 string
}

// releases is where the authors publish their models; the path stands on other
// servers too.
const (
	publisher = "https://github.com"
	releases  = "/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/"
)

// Catalogue lists the named models: YOLOX of Megvii, trained on COCO, under the
// licence Apache-2.0. Sizes and precisions are those that the authors state.
func Catalogue() []Named {
	return []Named{
		{"yolox-nano", "YOLOX-Nano, pictures of 416 x 416, the fastest (25.8 AP on COCO)", 4, "yolox_nano.onnx",
			"695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14"},
		{"yolox-tiny", "YOLOX-Tiny, pictures of 416 x 416 (32.8 AP)", 20, "yolox_tiny.onnx", ""},
		{"yolox-s", "YOLOX-S, pictures of 640 x 640, better at small things (40.5 AP)", 36, "yolox_s.onnx", ""},
	}
}

// Store is the folder of downloaded models.
type Store struct {
	// Dir holds a folder for each model.
	Dir string
	// Hub is the address of a server that has the models at the same paths; ""
	// is that of the authors.
	Hub string
	// Progress is told how far a file is.
	Progress func(name string, done, total int64)
	// Warn is told of a file that came with no hash to check it against; it may
	// be nil.
	Warn func(text string)
}

// DefaultStore is the store in the user's cache folder, where all downloaded
// models are.
func DefaultStore() Store {
	s := clip.DefaultStore()
	return Store{Dir: s.Dir, Hub: s.Hub}
}

// sumFile holds the hash of a model's file, in the form of sha256sum.
const sumFile = "SHA256SUMS"

func find(name string) (Named, bool) {
	all := Catalogue()
	at := slices.IndexFunc(all, func(n Named) bool { return n.Name == name })
	if at < 0 {
		return Named{}, false
	}
	return all[at], true
}

func (s Store) path(n Named) string { return filepath.Join(s.Dir, n.Name, n.file) }

// Has reports whether a named model is there.
func (s Store) Has(name string) bool {
	n, ok := find(name)
	if !ok {
		return false
	}
	_, err := os.Stat(s.path(n))
	return err == nil
}

// Install downloads a named model unless it is there, and returns the path of
// its file, whose hash is the one that is pinned: by the program or, where that
// knows none, by the first download.
func (s Store) Install(ctx context.Context, name string) (path string, err error) {
	n, ok := find(name)
	if !ok {
		return "", fmt.Errorf("there is no model %q", name)
	}
	path = s.path(n)
	pinned, err := s.pinned(n)
	if err != nil {
		return "", err
	}
	if got, err := fetch.Sum(path); err == nil {
		if pinned != "" && got != pinned {
			return "", fmt.Errorf("%s is not the model %s: its SHA-256 is %s, not %s; remove the folder %s to download it anew", path, name, got, pinned, filepath.Dir(path))
		}
		return path, s.pin(n, got)
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	client := fetch.Client{Progress: s.Progress, Unchecked: func(string) {
		if s.Warn != nil {
			s.Warn(fmt.Sprintf("the server announced no SHA-256 for %s of the model %s, so that nothing could be compared; what came is pinned in %s from now on",
				n.file, name, filepath.Join(filepath.Dir(path), sumFile)))
		}
	}}
	got, err := client.Get(ctx, fetch.Request{URL: s.url(n), Path: path, SHA256: pinned})
	if err != nil {
		return "", s.explain(ctx, err, n)
	}
	return path, s.pin(n, got)
}

func (s Store) url(n Named) string {
	base := s.Hub
	if base == "" {
		base = publisher
	}
	return strings.TrimSuffix(base, "/") + releases + n.file
}

// pinned is the hash that the model's file must have, "" where none is known.
func (s Store) pinned(n Named) (string, error) {
	if n.sha256 != "" {
		return n.sha256, nil
	}
	text, err := os.ReadFile(filepath.Join(s.Dir, n.Name, sumFile))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	sum, _, _ := strings.Cut(string(text), "  ")
	return sum, err
}

func (s Store) pin(n Named, sum string) error {
	return os.WriteFile(filepath.Join(s.Dir, n.Name, sumFile), []byte(sum+"  "+n.file+"\n"), 0o644)
}

// explain turns a failed download into what the user can do by hand.
func (s Store) explain(ctx context.Context, err error, n Named) error {
	var hash *fetch.HashError
	if ctx.Err() != nil || errors.As(err, &hash) {
		return err
	}
	return &stage.MissingError{
		What: fmt.Sprintf("the model %s (about %d MB) is not on this machine, and cannot be downloaded: %v", n.Name, n.Megabytes, err),
		Mend: fmt.Sprintf("with a connection, run this again: it goes on where it stopped\nor fetch by hand\n  %s\n    to %s", s.url(n), s.path(n)),
	}
}
