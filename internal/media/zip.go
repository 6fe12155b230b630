package media

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// maxEntry bounds how much is read from one entry of an archive.
const maxEntry = 512 << 20

// ErrEntryTooLarge is what reading more than 512 MiB from one entry of an
// archive gives.
var ErrEntryTooLarge = errors.New("is over the limit of 512 MiB for a file in an archive")

// archive is an open zip archive with its entries by name. Names are only
// compared, never made into paths of this machine.
type archive struct {
	reader  *zip.ReadCloser
	entries map[string]*zip.File
	folders map[string]bool
}

func openArchive(file string) (*archive, error) {
	r, err := zip.OpenReader(file)
	if r == nil {
		return nil, err
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		r.Close()
		return nil, err
	}
	a := &archive{reader: r, entries: make(map[string]*zip.File, len(r.File)), folders: map[string]bool{"": true}}
	for _, f := range r.File {
		name := entryName(f.Name)
		for i := strings.LastIndexByte(name, '/'); i > 0 && !a.folders[name[:i]]; i = strings.LastIndexByte(name[:i], '/') {
			a.folders[name[:i]] = true
		}
		if !strings.HasSuffix(name, "/") {
			a.entries[name] = f // the last of equal names counts, as unzip has it
		}
	}
	return a, nil
}

func (a *archive) close() error { return a.reader.Close() }

// entryName gives a name with forward slashes and without "./" before it.
func entryName(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	for strings.HasPrefix(name, "./") {
		name = name[2:]
	}
	return name
}

func (a *archive) open(name string) (io.ReadCloser, error) {
	name = entryName(name)
	f := a.entries[name]
	switch {
	case f == nil && a.folders[strings.TrimRight(name, "/")]:
		return nil, ErrFolder
	case f == nil:
		return nil, fmt.Errorf("not in the archive: %w", fs.ErrNotExist)
	case f.Flags&1 != 0:
		return nil, errors.New("is encrypted in its archive: unpack it with the password first")
	case f.UncompressedSize64 > maxEntry:
		return nil, ErrEntryTooLarge
	}
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, fmt.Errorf("is compressed by method %d of its archive, which is not supported: unpack it first", f.Method)
	}
	if err != nil {
		return nil, err
	}
	return &bounded{ReadCloser: r, left: maxEntry}, nil
}

// bounded fails once more was read than an entry may hold, whatever the
// archive says about its size.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		return int(b.left), ErrEntryTooLarge
	}
	b.left -= int64(n)
	return n, err
}
