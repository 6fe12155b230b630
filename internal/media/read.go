package media

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"icono/internal/picture"
)

// MaxPicture is the size in bytes above which a picture file is not read.
const MaxPicture = 256 << 20

// What a picture file may have in bytes besides those of its pixels: profiles,
// previews, a moving picture behind it.
const (
	headBytes     = 64 << 10
	ampleBytes    = 32 << 20
	bytesPerPixel = 16
)

// ReadPicture reads a whole picture file through open. A file above MaxPicture
// is an error, and so is one that is far too large for the picture that it
// says to be. Of a file that is no picture, the first bytes are given, from
// which a decoder says so.
func ReadPicture(open func(path string) (io.ReadCloser, error), path string) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	data := make([]byte, headBytes)
	n, err := io.ReadFull(f, data)
	data = data[:n]
	if _, made := f.(interface{ SHA256() string }); !made && picture.IsStandIn(data) {
		return nil, ErrStandIn
	}
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return data, nil
	case err != nil:
		return nil, err
	}
	h, err := picture.ReadHeader(data)
	switch picture.ReasonOf(err) {
	case picture.NotPicture, picture.Unsupported:
		return data, nil
	}
	most := int64(MaxPicture)
	if err == nil && (h.Format == "jpeg" || h.Format == "png" || h.Format == "bmp") { // the others may hold several pictures
		most = min(most, ampleBytes+bytesPerPixel*int64(h.Width)*int64(h.Height))
	}
	if s, ok := f.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := s.Stat(); err == nil {
			if info.Size() > most {
				return nil, tooLarge(h, most)
			}
			data = slices.Grow(data, int(info.Size())-len(data)+bytes.MinRead)
		}
	}
	buf := bytes.NewBuffer(data)
	if _, err := buf.ReadFrom(io.LimitReader(f, most+1-int64(len(data)))); err != nil {
		return nil, err
	}
	if int64(buf.Len()) > most {
		return nil, tooLarge(h, most)
	}
	return buf.Bytes(), nil
}

func tooLarge(h picture.Header, most int64) error {
	if most == MaxPicture {
		return errors.New("the file is larger than 256 MB")
	}
	return fmt.Errorf("the file is larger than %d MB, and says to be a picture of %d x %d pixels: it is damaged or no picture", most>>20, h.Width, h.Height)
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
