// Package media finds and opens the files of a study by the paths that its
// pipeline and its tables name: relative to the pipeline file, absolute, or
// inside a zip archive that is written like a folder ("photos.zip/a/b.jpg").
package media

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/text/unicode/norm"
)

// ErrFolder is what opening a folder gives.
var ErrFolder = errors.New("is a folder, not a file")

var errNoFile = errors.New("is a device or pipe, not a file: write it to a file first")

// Library opens files. It is safe for concurrent use.
type Library struct {
	dir      string
	mu       sync.Mutex
	archives map[string]*archive // by absolute path
	closed   bool
	absent   Absent
	list     string // the name of absent
	// withdrawn are pictures of absent that go before the files at their paths.
	withdrawn map[string]bool
}

// NewLibrary gives a library whose relative paths start at dir.
func NewLibrary(dir string) *Library {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return &Library{dir: dir, archives: map[string]*archive{}}
}

// Resolve gives the absolute path of a file on this machine. For a path inside
// an archive it is the path as if the archive were a folder; only Open reads
// such a file.
func (l *Library) Resolve(name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(l.dir, name)
}

// Open opens a file or an entry of a zip archive, or the stand-in of a picture that
// is not here. The error is an *fs.PathError that wraps fs.ErrNotExist,
// fs.ErrPermission, ErrFolder or what else kept it from being read.
func (l *Library) Open(name string) (io.ReadCloser, error) {
	if l.withdrawn[name] {
		return l.inPlace(name), nil
	}
	r, err := l.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		if s := l.inPlace(name); s != nil {
			return s, nil
		}
	}
	return r, err
}

func (l *Library) open(name string) (io.ReadCloser, error) {
	if name == "" {
		return nil, fault(name, fmt.Errorf("the path is empty: %w", fs.ErrNotExist))
	}
	if scheme, _, ok := strings.Cut(name, "://"); ok && !strings.ContainsAny(scheme, `/\.`) {
		return nil, fault(name, fmt.Errorf("a web address, not a file: download it first: %w", fs.ErrNotExist))
	}
	a, entry, err := l.inArchive(name)
	switch {
	case err != nil:
		return nil, fault(name, err)
	case a != nil:
		r, err := a.open(entry)
		if err != nil {
			return nil, fault(name, err)
		}
		return r, nil
	}
	// Stat comes first because opening a pipe would wait for its writer.
	file, info, err := stat(l.Resolve(name))
	switch {
	case err != nil:
		return nil, fault(name, cause(err))
	case info.IsDir():
		return nil, fault(name, ErrFolder)
	case !info.Mode().IsRegular():
		return nil, fault(name, errNoFile)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fault(name, cause(err))
	}
	return f, nil
}

// stat finds a file. Tables and file systems write letters such as ü in one
// character or in two: where there is no file, the other way is tried.
func stat(file string) (found string, info fs.FileInfo, err error) {
	info, err = os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			other := form.String(file)
			if info, err := os.Stat(other); other != file && err == nil {
				return other, info, nil
			}
		}
	}
	return file, info, err
}

// Close closes the archives. Files that are open from them fail from then on.
func (l *Library) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	var errs []error
	for _, a := range l.archives {
		errs = append(errs, a.close())
	}
	clear(l.archives)
	return errors.Join(errs...)
}

// inArchive splits a path at the first folder that is a zip archive. It gives
// nil if there is none. The part behind the archive is not cleaned, so that
// ".." in it cannot lead out of the archive.
func (l *Library) inArchive(name string) (a *archive, entry string, err error) {
	name = filepath.ToSlash(name)
	for at := 0; ; {
		i := strings.IndexByte(name[at:], '/')
		if i < 0 {
			return nil, "", nil
		}
		at += i + 1
		if !isZip(name[:at-1]) {
			continue
		}
		a, err := l.archive(l.Resolve(name[:at-1]))
		if a != nil || err != nil {
			return a, name[at:], err
		}
	}
}

// archive opens the archive at an absolute path, once. It gives nil if there
// is no file, so that a folder may be called "x.zip".
func (l *Library) archive(file string) (*archive, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, fs.ErrClosed
	}
	if a := l.archives[file]; a != nil {
		return a, nil
	}
	info, err := os.Stat(file)
	switch {
	case err != nil && errors.Is(cause(err), fs.ErrNotExist), err == nil && info.IsDir():
		return nil, nil
	case err != nil:
		return nil, cause(err)
	case !info.Mode().IsRegular():
		return nil, errNoFile // opening a pipe would wait for its writer
	}
	a, err := openArchive(file)
	if err != nil {
		return nil, fmt.Errorf("the archive %s cannot be read: %w", path.Base(filepath.ToSlash(file)), cause(err))
	}
	l.archives[file] = a
	return a, nil
}

func isZip(name string) bool { return strings.EqualFold(path.Ext(name), ".zip") }

func fault(name string, err error) error {
	return &fs.PathError{Op: "open", Path: name, Err: err}
}

// cause takes the path off an error of package os and words the usual two
// alike on all systems. A path that leads through a file, or that is too long
// to exist, names nothing.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG) {
		return fmt.Errorf("%w (%v)", fs.ErrNotExist, err)
	}
	for _, usual := range []error{fs.ErrNotExist, fs.ErrPermission} {
		if errors.Is(err, usual) {
			return usual
		}
	}
	return err
}
