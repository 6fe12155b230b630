package media

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"golang.org/x/text/unicode/norm"
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
	twice   map[string]bool // names of several entries with different content
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
	a := &archive{reader: r, entries: make(map[string]*zip.File, len(r.File)), folders: map[string]bool{"": true}, twice: map[string]bool{}}
	for _, f := range r.File {
		name := entryName(decodedName(f))
		for i := strings.LastIndexByte(name, '/'); i > 0 && !a.folders[name[:i]]; i = strings.LastIndexByte(name[:i], '/') {
			a.folders[name[:i]] = true
		}
		if strings.HasSuffix(name, "/") {
			continue
		}
		if other := a.entries[name]; other != nil && (other.CRC32 != f.CRC32 || other.UncompressedSize64 != f.UncompressedSize64) {
			a.twice[name] = true
		}
		a.entries[name] = f // the last of equal ones counts, as unzip has it
	}
	return a, nil
}

func (a *archive) close() error { return a.reader.Close() }

// errTwice is what an entry gives whose name several have: which one a table
// means, nobody knows.
var errTwice = errors.New("stands several times in the archive, with different content: unpack it and give each file a name of its own")

// find returns the entry with a name. Letters such as ü may be written in one
// character or in two, as in stat.
func (a *archive) find(name string) (string, *zip.File) {
	for _, other := range []string{name, norm.NFC.String(name), norm.NFD.String(name)} {
		if f := a.entries[other]; f != nil {
			return other, f
		}
	}
	return name, nil
}

// entryName gives a name with forward slashes and without "./" before it.
func entryName(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	for strings.HasPrefix(name, "./") {
		name = name[2:]
	}
	return name
}

func (a *archive) open(name string) (io.ReadCloser, error) {
	name, f := a.find(entryName(name))
	switch {
	case a.twice[name]:
		return nil, errTwice
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
