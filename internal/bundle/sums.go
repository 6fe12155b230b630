package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/lock"
	"icono/internal/media"
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

// names are the files of a bundle, sorted, but for that of the sums and what a run
// keeps for itself.
func names(dir string) (out []string, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case e.IsDir() && (name == ".icono" || name == ".git"):
			return filepath.SkipDir
		case e.Type().IsRegular() && name != Sums:
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
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	differ := func(name, locked, found string) {
		differences = append(differences, lock.Difference{Sort: lock.Cause, What: "the file of the bundle", Name: name, Locked: locked, Found: found})
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
		if err != nil || found != want[name] {
			differ(name, string(want[name]), string(found))
		}
	}
	there, err := names(dir)
	if err != nil {
		return nil, 0, err
	}
	for _, name := range there {
		if _, known := want[name]; !known && !strings.Contains(name, ".partial.") {
			differ(name, "", "a file that is not in "+Sums)
		}
	}
	return differences, len(want), nil
}
