package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/lock"
	"icono/internal/media"
)

// materialise returns the path of a pipeline file as it was in a version: a path as it
// is, or a git revision of the file, written to a temporary folder with the files that
// git does not keep (pictures, stored answers) in their places. remove ends it.
func materialise(ctx context.Context, file, version string) (path string, remove func(), err error) {
	if exists(version) {
		path, err := locate([]string{version})
		return path, func() {}, err
	}
	if path, err = locate([]string{file}); err != nil {
		return "", nil, err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", nil, wrong("%v", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", nil, wrong("%v", err)
	}
	top, err := git(ctx, filepath.Dir(path), "rev-parse", "--show-toplevel")
	if err != nil {
		return "", nil, wrong("there is no file or folder %s, and %s is not in a git repository", version, path)
	}
	commit, err := git(ctx, top, "rev-parse", "--verify", "--quiet", "--end-of-options", version+"^{commit}")
	if err != nil {
		return "", nil, wrong("there is no file, folder or git revision %s", version)
	}
	rel, err := filepath.Rel(top, path)
	if err != nil {
		return "", nil, failed(err)
	}
	dir, err := os.MkdirTemp("", "icono-revision-")
	if err != nil {
		return "", nil, failed(err)
	}
	remove = func() { _ = os.RemoveAll(dir) }
	if err := checkOut(ctx, top, commit, dir); err != nil {
		remove()
		return "", nil, failed(fmt.Errorf("the revision %s cannot be read: %w", version, err))
	}
	if path = filepath.Join(dir, rel); !exists(path) {
		remove()
		return "", nil, wrong("the revision %s has no file %s", version, filepath.ToSlash(rel))
	}
	return path, remove, nil
}

// git returns what a git command says in a folder.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, "git", args...)
	c.Dir = dir
	return output(c)
}

func output(c *exec.Cmd) (string, error) {
	var fault bytes.Buffer
	c.Stderr = &fault
	out, err := c.Output()
	if text := strings.TrimSpace(fault.String()); err != nil && text != "" {
		err = fmt.Errorf("%w: %s", err, text)
	}
	return strings.TrimSuffix(string(out), "\n"), err
}

// checkOut writes the files of a commit to a folder, by way of an index of its own, and
// links to those of the working tree that git does not keep. Unlike an archive that has
// the files too that are marked not to be exported.
func checkOut(ctx context.Context, top, commit, dir string) error {
	index, err := os.CreateTemp("", "icono-index-")
	if err != nil {
		return err
	}
	_ = index.Close() // only its name is used
	defer func() { _ = os.Remove(index.Name()) }()
	if err := os.Remove(index.Name()); err != nil { // git takes no empty file for an index
		return err
	}
	for _, args := range [][]string{{"read-tree", commit}, {"checkout-index", "--all", "--prefix=" + dir + "/"}} {
		c := exec.CommandContext(ctx, "git", args...)
		c.Dir = top
		c.Env = append(os.Environ(), "GIT_INDEX_FILE="+index.Name())
		if _, err := output(c); err != nil {
			return err
		}
	}
	others, err := git(ctx, top, "ls-files", "-z", "--others", "--directory")
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // only a handle
	for _, name := range strings.Split(strings.TrimSuffix(others, "\x00"), "\x00") {
		name = filepath.FromSlash(strings.TrimSuffix(name, "/"))
		if name == "" {
			continue
		}
		if err := supply(root, top, name); err != nil {
			return err
		}
	}
	return nil
}

// supply makes a file or folder of the working tree stand in a revision, where the
// revision has none of its name: a folder that it has too is filled up. What the
// revision has comes first, also where it is a link that leads out of it.
func supply(root *os.Root, top, name string) error {
	switch here, err := root.Lstat(name); {
	case err == nil && here.IsDir():
		all, err := os.ReadDir(filepath.Join(top, name))
		if err != nil {
			return nil // a file where the revision has a folder
		}
		for _, one := range all {
			if err := supply(root, top, filepath.Join(name, one.Name())); err != nil {
				return err
			}
		}
		return nil
	case err == nil, !errors.Is(err, fs.ErrNotExist):
		return nil
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil // a file where the working tree has a folder
	}
	return root.Symlink(filepath.Join(top, name), name)
}

// unlike names the pictures at hand that are others than those which an earlier version
// of a study was run with, by its list. Where the version has what is known of them, that
// goes before the file.
func unlike(l *media.Library, pipeline string) (names []string, err error) {
	text, err := os.ReadFile(lock.ListPath(pipeline))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sums, err := lock.ParseList(string(text))
	if err != nil {
		return nil, nil //nolint:nilerr // a list that cannot be read says nothing
	}
	for _, path := range slices.Sorted(maps.Keys(sums)) {
		found, err := lock.SumFile(l, path)
		if err != nil || found == sums[path] {
			continue
		}
		if !l.Withdraw(path, strings.TrimPrefix(string(sums[path]), "sha256:")) {
			names = append(names, path)
		}
	}
	return names, nil
}
