package clip

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/fetch"
	"icono/internal/stage"
)

// HubVariable is the environment variable that names another server with the
// files of named models, at the same paths.
const HubVariable = "ICONO_MODELS_URL"

// hub is where named models are downloaded from.
const hub = "https://huggingface.co"

// sumsFile lists the hashes of a model's files, in the form of sha256sum. A
// file's hash is pinned on its first download, which is checked against the one
// that the hub announces, if it does; from then on a file that changes is
// refused. The program itself knows no hash of a model.
const sumsFile = "SHA256SUMS"

// Store is the folder of downloaded models.
type Store struct {
	// Dir holds a folder for each model.
	Dir string
	// Hub is the address of the server; "" is the public one.
	Hub string
	// Progress is told how far each file is.
	Progress func(name string, done, total int64)
	// Warn is told, once for a download, of files whose hash the hub did not
	// announce; it may be nil.
	Warn func(text string)
}

// DefaultStore is the store in the user's cache folder.
func DefaultStore() Store {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return Store{Dir: filepath.Join(dir, "icono", "models"), Hub: os.Getenv(HubVariable)}
}

// Has reports whether all files of a named model are there.
func (s Store) Has(name, precision string) bool {
	model, ok := find(name)
	if !ok {
		return false
	}
	files, err := model.files(precision)
	for _, f := range files {
		if _, err := os.Stat(s.path(name, f)); err != nil {
			return false
		}
	}
	return err == nil
}

func (s Store) path(name, file string) string {
	return filepath.Join(s.Dir, name, filepath.FromSlash(file))
}

// Install downloads what is missing of a named model and returns its folder.
func (s Store) Install(ctx context.Context, name, precision string) (dir string, err error) {
	model, ok := find(name)
	if !ok {
		return "", fmt.Errorf("there is no model %q", name)
	}
	files, err := model.files(precision)
	if err != nil {
		return "", err
	}
	dir = filepath.Join(s.Dir, name)
	pinned, err := readSums(dir)
	if err != nil {
		return "", err
	}
	var unchecked []string
	client := fetch.Client{Progress: s.Progress, Unchecked: func(name string) { unchecked = append(unchecked, name) }}
	defer func() {
		if len(unchecked) > 0 && s.Warn != nil {
			s.Warn(fmt.Sprintf("the server announced no SHA-256 for %s of the model %s, so that nothing could be compared; what came is pinned in %s from now on",
				strings.Join(unchecked, ", "), name, filepath.Join(s.Dir, name, sumsFile)))
		}
	}()
	for _, f := range files {
		if _, err := os.Stat(s.path(name, f)); err == nil {
			continue
		}
		sum, err := client.Get(ctx, fetch.Request{URL: s.url(model, f), Path: s.path(name, f), SHA256: pinned[f]})
		if err != nil {
			return "", s.explain(ctx, err, model, files)
		}
		pinned[f] = sum
		if err := writeSums(dir, pinned); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// url is the address of one of a model's files.
func (s Store) url(m Named, file string) string {
	base := s.Hub
	if base == "" {
		base = hub
	}
	return strings.TrimSuffix(base, "/") + "/" + path.Join(m.repo, "resolve/main", file)
}

// explain turns a failed download into what the user can do by hand, for all
// files that are not there yet.
func (s Store) explain(ctx context.Context, err error, m Named, files []string) error {
	var hash *fetch.HashError
	if ctx.Err() != nil || errors.As(err, &hash) {
		return err
	}
	var byHand strings.Builder
	for _, f := range files {
		if _, err := os.Stat(s.path(m.Name, f)); err != nil {
			fmt.Fprintf(&byHand, "\n  %s\n    to %s", s.url(m, f), s.path(m.Name, f))
		}
	}
	return &stage.MissingError{
		What: fmt.Sprintf("the model %s (about %d MB) is not on this machine, and cannot be downloaded: %v", m.Name, m.Megabytes, err),
		Mend: "with a connection, run this again: it goes on where it stopped\nor fetch by hand" + byHand.String(),
	}
}

// Check compares the files of an open model with the pinned hashes.
func (s Store) Check(dir string, files []File) error {
	pinned, err := readSums(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		for name, want := range pinned {
			if name == f.Name && want != f.SHA256 {
				return fmt.Errorf("%s has changed since it was downloaded: its SHA-256 is %s, not %s; remove the folder %s to download it anew", f.Name, f.SHA256, want, dir)
			}
		}
	}
	return nil
}

func readSums(dir string) (map[string]string, error) {
	sums := map[string]string{}
	f, err := os.Open(filepath.Join(dir, sumsFile))
	if errors.Is(err, os.ErrNotExist) {
		return sums, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if sum, name, ok := strings.Cut(lines.Text(), "  "); ok {
			sums[name] = sum
		}
	}
	return sums, lines.Err()
}

func writeSums(dir string, sums map[string]string) error {
	var b strings.Builder
	names := []string{}
	for name := range sums {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s  %s\n", sums[name], name)
	}
	return os.WriteFile(filepath.Join(dir, sumsFile), []byte(b.String()), 0o644)
}
