package cli

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	out, err := c.Output()
	return strings.TrimSuffix(string(out), "\n"), err
}

// checkOut writes the files of a commit to a folder, and links to those of the working
// tree that git does not keep.
func checkOut(ctx context.Context, top, commit, dir string) error {
	c := exec.CommandContext(ctx, "git", "archive", "--format=tar", commit)
	c.Dir = top
	var said bytes.Buffer
	c.Stderr = &said
	pipe, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	if err := errors.Join(unpack(pipe, dir), c.Wait()); err != nil {
		return fmt.Errorf("%w %s", err, strings.TrimSpace(said.String()))
	}
	others, err := git(ctx, top, "ls-files", "-z", "--others", "--directory")
	if err != nil {
		return err
	}
	for _, name := range strings.Split(strings.TrimSuffix(others, "\x00"), "\x00") {
		name = filepath.FromSlash(strings.TrimSuffix(name, "/"))
		if name == "" {
			continue
		}
		at := filepath.Join(dir, name)
		if _, err := os.Lstat(at); err == nil {
			continue // the revision has a file of this name
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.Symlink(filepath.Join(top, name), at); err != nil {
			return err
		}
	}
	return nil
}

// unpack writes the files of an archive below a folder, through no link.
func unpack(r io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // only a handle
	archive := tar.NewReader(r)
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := filepath.FromSlash(strings.TrimSuffix(h.Name, "/"))
		switch h.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(name, 0o755)
		case tar.TypeSymlink:
			err = root.Symlink(h.Linkname, name)
		case tar.TypeReg:
			err = write(root, name, archive)
		}
		if err != nil {
			return err
		}
	}
}

func write(root *os.Root, name string, r io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
