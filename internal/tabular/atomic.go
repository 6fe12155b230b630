package tabular

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// tempMark stands in the names of unfinished files: .NAME.icono-tmp-NUMBER.
const tempMark = ".icono-tmp-"

// AtomicFile is a file that appears under its name at Commit, whole, or not at
// all: until then a file that had the name stays as it was.
type AtomicFile struct {
	*os.File
	path string
	made []string // folders that were made for it, the outermost first
	done bool
}

// Partial names the file of a run that was interrupted or limited, beside the one
// of a complete run: out/a.csv gives out/a.partial.csv.
func Partial(name string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + ".partial" + ext
}

// Create starts a file that will lie at path. It makes the folder, and removes
// what runs that were killed left of the same file. The caller ends with
// Commit or Abort; an Abort after Commit does nothing, so it can be deferred.
func Create(path string) (*AtomicFile, error) {
	mode := fs.FileMode(0o666)
	switch info, err := os.Lstat(path); {
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		// The link stays; what it points to is replaced.
		target, err := filepath.EvalSymlinks(path)
		if err != nil {
			return nil, fmt.Errorf("%s is a link that leads nowhere: %w", path, plain(err))
		}
		return Create(target)
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a folder: a file's name is wanted", path)
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no ordinary file, and cannot be replaced", path)
	case err == nil:
		mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR):
		return nil, fmt.Errorf("%s cannot be written: %w", path, plain(err))
	}
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	made := missing(dir)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("the folder of %s cannot be made: %w", path, plain(err))
	}
	removeStale(dir, name)
	f, err := createTemp(dir, name, mode)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", path, plain(err))
	}
	return &AtomicFile{File: f, path: path, made: made}, nil
}

// missing lists the folder and those that it stands in, as far as they are not
// there, the outermost first.
func missing(dir string) []string {
	var out []string
	for dir = filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			slices.Reverse(out)
			return out
		}
		out = append(out, dir)
	}
}

// createTemp makes the file with the permissions of the one that it will
// replace, or those that the umask leaves, and locks it.
func createTemp(dir, name string, mode fs.FileMode) (*os.File, error) {
	existed := mode != 0o666
	for try := 0; ; try++ {
		temp := filepath.Join(dir, fmt.Sprintf(".%s%s%d-%d", shorten(name), tempMark, os.Getpid(), try))
		f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) && try < 10000 {
			continue
		}
		if err != nil {
			return nil, err
		}
		if existed {
			err = f.Chmod(mode)
		}
		if err == nil {
			err = lock(f)
		}
		if err != nil {
			return nil, errors.Join(err, f.Close(), os.Remove(temp))
		}
		return f, nil
	}
}

// shorten keeps the temporary name within the 255 bytes of common file systems.
func shorten(name string) string {
	if len(name) > 200 {
		return name[:200]
	}
	return name
}

// RemoveUnfinished removes what programs that were killed left of files of a folder.
// What cannot be removed is left: it does no harm.
func RemoveUnfinished(dir string) {
	removeUnfinished(dir, func(name string) bool { return strings.HasPrefix(name, ".") && strings.Contains(name, tempMark) })
}

// removeStale removes unfinished files of the same name that nobody holds.
func removeStale(dir, name string) {
	removeUnfinished(dir, func(other string) bool { return strings.HasPrefix(other, "."+shorten(name)+tempMark) })
}

func removeUnfinished(dir string, wanted func(name string) bool) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !wanted(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		temp := filepath.Join(dir, e.Name())
		f, err := os.OpenFile(temp, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if lock(f) == nil {
			_ = os.Remove(temp) // see RemoveUnfinished
		}
		_ = f.Close() // nothing was written
	}
}

// lock takes the lock that tells a file in use from one left by a killed run,
// without waiting.
func lock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// Write writes to the unfinished file.
func (a *AtomicFile) Write(p []byte) (int, error) {
	n, err := a.File.Write(p)
	if err != nil {
		return n, fmt.Errorf("%s cannot be written: %w", a.path, plain(err))
	}
	return n, nil
}

// Commit makes the file durable and gives it its name. After an error nothing
// is left of it.
func (a *AtomicFile) Commit() error {
	err := a.Sync()
	if err == nil {
		err = os.Rename(a.File.Name(), a.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s cannot be written: %w", a.path, plain(err)), a.Abort())
	}
	a.done = true
	return errors.Join(a.File.Close(), syncFolder(filepath.Dir(a.path)))
}

// Abort removes the unfinished file, and the folders that were made for it and
// hold nothing else.
func (a *AtomicFile) Abort() error {
	if a.done {
		return nil
	}
	a.done = true
	err := errors.Join(os.Remove(a.File.Name()), a.File.Close())
	for _, dir := range slices.Backward(a.made) {
		if os.Remove(dir) != nil {
			break // it holds something else
		}
	}
	return err
}

// syncFolder makes the new name durable. Some file systems cannot; the file
// itself is safe then too.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil //nolint:nilerr // a folder that may be written but not read
	}
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return errors.Join(fmt.Errorf("the folder %s cannot be synced: %w", dir, plain(err)), d.Close())
	}
	return d.Close()
}

// plain strips the temporary name and the system call from an error.
func plain(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
