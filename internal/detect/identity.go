package detect

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"icono/internal/picture"
)

// Identity names the model of a path, or the named model, by what decides its
// answers: the file's name and hash, and that of its classes where they are its
// own. It opens no model. A named model that is pinned on its first download is
// known by its name alone.
func Identity(pathOrName string) (string, error) {
	if n, ok := find(pathOrName); ok {
		if n.sha256 == "" {
			return n.Name, nil
		}
		return n.Name + " sha256:" + n.sha256, nil
	}
	path, err := modelFile(pathOrName)
	if err != nil {
		return "", err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	id := filepath.Base(path) + " sha256:" + picture.Hash(content)
	classes, err := os.ReadFile(filepath.Join(filepath.Dir(path), "classes.txt"))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return id, nil
	case err != nil:
		return "", err
	}
	return id + " classes sha256:" + picture.Hash(bytes.TrimSpace(classes)), nil
}
