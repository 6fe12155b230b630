package media

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
)

// MaxPicture is the size in bytes above which a picture file is not read.
const MaxPicture = 256 << 20

// ReadPicture reads a whole picture file through open. A file above MaxPicture
// is an error.
func ReadPicture(open func(path string) (io.ReadCloser, error), path string) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(f, MaxPicture+1))
	if err == nil && len(data) > MaxPicture {
		err = errors.New("the file is larger than 256 MB")
	}
	return data, err
}

// Reason words why a file could not be read, without paths of the machine, and
// tells whether it is because there is no such file.
func Reason(err error) (why string, missing bool) {
	if errors.Is(err, fs.ErrNotExist) {
		return "there is no such file", true
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return err.Error(), false
}

// Explain words why a picture could not be read, with its name, and tells
// whether it is because there is no such file.
func Explain(name string, err error) (why string, missing bool) {
	why, missing = Reason(err)
	switch {
	case strings.Contains(name, "://"):
		return name + " is a web address: download the picture first", true
	case missing:
		return "there is no file " + name, true
	}
	return name + ": " + why, false
}

// Under joins the path of a picture with the folder that relative ones start at.
// An absolute path and a web address stay.
func Under(root, name string) string {
	if root == "" || path.IsAbs(name) || strings.Contains(name, "://") {
		return name
	}
	return path.Join(root, name)
}

// IsPicture reports whether a file's name ends as those of pictures do.
func IsPicture(name string) bool { return isPicture(name) }

// Matches reports whether a path is one that a pattern stands for. A pattern
// has `*`, `?` and `[...]` within a part, and `**` for any number of parts.
func Matches(pattern, path string) bool { return hasMeta(pattern) && matchGlob(pattern, path) }
