package load

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/stage"
	"icono/internal/suggest"
)

// expand returns the files that a path or glob names, sorted.
func expand(study stage.Study, path string) ([]string, error) {
	full := study.Resolve(path)
	info, err := os.Stat(full)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a folder; name its tables, such as `%s/*.csv`", path, strings.TrimSuffix(path, "/"))
	case err == nil:
		return []string{path}, nil
	case opens(study, path):
		return []string{path}, nil // in an archive, or with letters written in another way
	case !strings.ContainsAny(path, "*?["):
		return nil, missing(study, path, err)
	}
	found, err := filepath.Glob(full)
	if err != nil {
		return nil, fmt.Errorf("%q is no pattern: %w", path, err)
	}
	found = slices.DeleteFunc(found, func(f string) bool {
		info, err := os.Stat(f)
		return err == nil && info.IsDir()
	})
	if len(found) == 0 {
		return nil, fmt.Errorf("no file matches %s", path)
	}
	// Keep the way in which the pipeline writes the folder.
	dir := path[:strings.LastIndex(path, "/")+1]
	if strings.ContainsAny(dir, "*?[") {
		return found, nil
	}
	for i, f := range found {
		found[i] = dir + filepath.Base(f)
	}
	slices.Sort(found)
	return found, nil
}

// opens reports whether a file can be opened that the file system does not
// have under its path.
func opens(study stage.Study, path string) bool {
	f, err := study.Open(path)
	return err == nil && f.Close() == nil
}

// missing words why a file is not there, with the file that may be meant.
func missing(study stage.Study, path string, err error) error {
	full := study.Resolve(path)
	if strings.Contains(strings.ToLower(path), ".zip/") {
		if _, err := study.Open(path); err != nil { // it says what is wrong with the archive
			return err
		}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return fmt.Errorf("%s cannot be read: %w", path, err)
	}
	entries, dirErr := os.ReadDir(filepath.Dir(full))
	if dirErr != nil {
		return fmt.Errorf("there is no file %s, nor the folder that it should be in", path)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	if near := suggest.Nearest(filepath.Base(full), names); near != "" {
		return fmt.Errorf("there is no file %s; did you mean `%s`?", path, near)
	}
	return fmt.Errorf("there is no file %s", path)
}
