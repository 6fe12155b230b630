package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/lock"
	"icono/internal/media"
	"icono/internal/tabular"
)

// WriteSums writes the checksums of all files of a bundle, in the form of sha256sum.
func WriteSums(dir string) error {
	sums, err := sums(dir)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, Sums), lock.List(sums), 0o644)
}

// sums are of all files in a folder but that of the sums and what a run keeps for
// itself, by their paths from it.
func sums(dir string) (map[string]lock.Sum, error) {
	library := media.NewLibrary(dir)
	defer func() { _ = library.Close() }() // only read
	out := map[string]lock.Sum{}
	names, err := names(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if out[name], err = lock.SumFile(library, name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// left reports whether a file is what an interrupted run left of an output.
func left(name string, want map[string]lock.Sum) bool {
	for known := range want {
		if name == tabular.Partial(known) {
			return true
		}
	}
	return false
}

// made reports whether a folder was written by this package.
func made(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, Pipeline))
	return err == nil && strings.HasPrefix(string(text), overlayHead)
}

// Foreign names a file in a folder that this package did not write there, "" where there
// is none: such a folder may be replaced.
func Foreign(dir string) (string, error) {
	if !made(dir) {
		return "it has no " + Pipeline + " of a shared study", nil
	}
	text, err := os.ReadFile(filepath.Join(dir, Sums))
	if err != nil {
		return Sums + " is gone", nil //nolint:nilerr // then nothing is known of what is there
	}
	want, err := lock.ParseList(string(text))
	if err != nil {
		return Sums, nil //nolint:nilerr // see above
	}
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
		return ".git", nil
	}
	there, err := names(dir)
	if err != nil {
		return "", err
	}
	for _, name := range there {
		if _, known := want[name]; !known && !left(name, want) {
			return name, nil
		}
	}
	return "", nil
}

// pictures are those that a bundle knows, none where its list cannot be read: that is
// told by what reads it.
func pictures(library *media.Library) (media.Absent, error) {
	r, err := library.Open(Pictures)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // only read
	list, err := media.ReadAbsent(Pictures, r)
	if err != nil {
		return nil, nil //nolint:nilerr // see above
	}
	return list, nil
}

// names are the files of a bundle, sorted, but for that of the sums and what a run
// keeps for itself.
func names(dir string) (out []string, err error) {
	err = filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case e.IsDir() && (name == ".icono" || name == ".git"):
			return filepath.SkipDir
		case !e.IsDir() && name != Sums:
			out = append(out, name)
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}

// CheckSums compares the files of a bundle with its checksums; n is how many there
// are. A folder without checksums is no bundle: n is 0.
func CheckSums(dir string) (differences []lock.Difference, n int, err error) {
	text, err := os.ReadFile(filepath.Join(dir, Sums))
	differ := func(name, locked, found string) {
		differences = append(differences, lock.Difference{Sort: lock.Cause, What: "the file of the bundle", Name: name, Locked: locked, Found: found})
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && made(dir):
		differ(Sums, "its sums", "")
		return differences, 1, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	}
	want, err := lock.ParseList(string(text))
	if err != nil {
		differ(Sums, "", err.Error())
		return differences, 1, nil
	}
	library := media.NewLibrary(dir)
	defer func() { _ = library.Close() }() // only read
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if filepath.IsAbs(name) || strings.HasPrefix(filepath.ToSlash(filepath.Clean(name)), "../") {
			return nil, 0, fmt.Errorf("%s names %s, which is no file of the bundle", Sums, name)
		}
		found, err := lock.SumFile(library, name)
		if info, missing := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); missing == nil && !info.Mode().IsRegular() {
			found = "a link or a folder"
		}
		if err != nil || found != want[name] {
			differ(name, string(want[name]), string(found))
		}
	}
	there, err := names(dir)
	if err != nil {
		return nil, 0, err
	}
	pictures, err := pictures(library)
	if err != nil {
		return nil, 0, err
	}
	for _, name := range there {
		// Who has the pictures may put them in their places; they have sums of their own.
		_, picture := pictures[name]
		if _, known := want[name]; !known && !picture && !left(name, want) && !strings.HasPrefix(path.Base(name), ".") {
			differ(name, "", "a file that is not in "+Sums)
		}
	}
	return differences, len(want), nil
}
