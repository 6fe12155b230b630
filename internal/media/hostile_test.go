package media

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

// rawArchive makes an archive whose names are the bytes given, as programs
// write it that know no UTF-8.
func rawArchive(t *testing.T, extra func(name string) []byte, files ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := 0; i < len(files); i += 2 {
		h := &zip.FileHeader{Name: files[i], NonUTF8: true}
		if extra != nil {
			h.Extra = extra(files[i])
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// unicodePath is Info-ZIP's extra field for a name.
func unicodePath(name, real string) []byte {
	body := binary.LittleEndian.AppendUint32([]byte{1}, crc32.ChecksumIEEE([]byte(name)))
	body = append(body, real...)
	out := binary.LittleEndian.AppendUint16(nil, 0x7075)
	return append(binary.LittleEndian.AppendUint16(out, uint16(len(body))), body...)
}

func TestNamesOfOldArchives(t *testing.T) {
	dir := t.TempDir()
	// "Übermut/größe.jpg" and "plain.jpg" in code page 437.
	write(t, filepath.Join(dir, "old.zip"), rawArchive(t, nil, "\x9abermut/gr\x94\xe1e.jpg", "a", "plain.jpg", "b"))
	write(t, filepath.Join(dir, "utf8.zip"), rawArchive(t, nil, "Übermut/größe.jpg", "c"))
	write(t, filepath.Join(dir, "mac.zip"), rawArchive(t, nil, norm.NFD.String("Übermut/größe.jpg"), "d"))
	write(t, filepath.Join(dir, "extra.zip"), rawArchive(t, func(name string) []byte { return append([]byte{1, 0, 2, 0, 9, 9}, unicodePath(name, "Łódź.jpg")...) }, "\x9d\xe4d\xab.jpg", "e"))
	write(t, filepath.Join(dir, "stale.zip"), rawArchive(t, func(string) []byte { return unicodePath("other", "Łódź.jpg") }, "\x81.jpg", "f"))
	l := library(t, dir)
	for name, want := range map[string]string{"old.zip/Übermut/größe.jpg": "a", "old.zip/plain.jpg": "b", "utf8.zip/Übermut/größe.jpg": "c",
		"mac.zip/Übermut/größe.jpg": "d", "extra.zip/Łódź.jpg": "e", "stale.zip/ü.jpg": "f"} {
		f, err := l.Open(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := io.ReadAll(f)
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		_ = f.Close()
		folder := name[:strings.LastIndexByte(name, '/')]
		if list, err := l.List(folder[:strings.Index(folder, ".zip")+4]); err != nil || !slices.ContainsFunc(list, func(e Entry) bool { return norm.NFC.String(e.Path) == name }) {
			t.Errorf("%s is not listed: %v, %v", name, list, err)
		}
	}
}

// TestNamesTwice: which of two files is meant nobody knows, unless they are
// one.
func TestNamesTwice(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.zip"), rawArchive(t, nil, "x/a.jpg", "one", "./x/a.jpg", "two", "x/b.jpg", "same", `x\b.jpg`, "same", "c.txt", "1", "c.txt", "2", "d.jpg", "d"))
	l := library(t, dir)
	for name, wrong := range map[string]bool{"a.zip/x/a.jpg": true, "a.zip/x/b.jpg": false, "a.zip/c.txt": true, "a.zip/d.jpg": false} {
		f, err := l.Open(name)
		if err == nil {
			_ = f.Close()
		}
		if wrong != (err != nil) || wrong && !strings.Contains(err.Error(), name+": stands several times in the archive, with different content") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for pattern, wrong := range map[string]bool{"a.zip": true, "a.zip/x": true, "a.zip/x/a.jpg": true, "a.zip/x/b.jpg": false, "a.zip/d*.jpg": false, "*.zip": true} {
		list, err := l.List(pattern)
		if wrong != (err != nil) || wrong && !strings.Contains(err.Error(), "a.zip/x/a.jpg: stands several times") {
			t.Errorf("%s: %v, %v", pattern, list, err)
		}
	}
}

func TestPipes(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.jpg", "b.zip"} {
		if err := exec.Command("mkfifo", filepath.Join(dir, name)).Run(); err != nil {
			t.Skip("skipped: no pipes here:", err)
		}
	}
	l := library(t, dir)
	for _, name := range []string{"a.jpg", "b.zip", "b.zip/a.jpg"} {
		if _, err := l.Open(name); err == nil || !strings.Contains(err.Error(), "pipe") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := l.List("b.zip"); err == nil || !strings.Contains(err.Error(), "pipe") {
		t.Errorf("list: %v", err)
	}
}

// counted counts what is read of a file.
type counted struct {
	io.Reader
	n    int64
	size int64 // -1 where the file does not tell
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func (*counted) Close() error { return nil }

func (c *counted) Stat() (fs.FileInfo, error) {
	if c.size < 0 {
		return nil, fs.ErrInvalid
	}
	return sized(c.size), nil
}

type sized int64

func (s sized) Size() int64 { return int64(s) }

// The rest of fs.FileInfo is not asked for.
func (sized) Name() string       { return "" }
func (sized) Mode() fs.FileMode  { return 0 }
func (sized) ModTime() time.Time { return time.Time{} }
func (sized) IsDir() bool        { return false }
func (sized) Sys() any           { return nil }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestFakePictures: what is no picture, or too large for the picture that it
// says to be, is not read whole.
func TestFakePictures(t *testing.T) {
	var small bytes.Buffer
	if err := jpeg.Encode(&small, image.NewGray(image.Rect(0, 0, 30, 20)), nil); err != nil {
		t.Fatal(err)
	}
	const size = 250 << 20
	for _, c := range []struct {
		name  string
		head  []byte
		size  int64
		tells bool
		most  int64  // bytes that may be read
		want  string // error; "" for the first bytes
	}{
		{"zeros", nil, size, true, 64 << 10, ""},
		{"a page", []byte("<!doctype html>"), size, false, 64 << 10, ""},
		{"a video", []byte("\x00\x00\x00\x18ftypmp42"), size, true, 64 << 10, ""},
		{"behind a small picture", small.Bytes(), size, true, 64 << 10, "the file is larger than 32 MB, and says to be a picture of 30 x 20 pixels: it is damaged or no picture"},
		{"behind one in an archive", small.Bytes(), size, false, 33 << 20, "the file is larger than 32 MB, and says to be a picture of 30 x 20 pixels: it is damaged or no picture"},
		{"a moving picture", []byte("GIF89a\x10\x00\x10\x00\x00\x00\x00"), 300 << 20, true, 64 << 10, "the file is larger than 256 MB"},
	} {
		f := &counted{Reader: io.LimitReader(io.MultiReader(bytes.NewReader(c.head), zeros{}), c.size), size: -1}
		if c.tells {
			f.size = c.size
		}
		data, err := ReadPicture(func(string) (io.ReadCloser, error) { return f, nil }, "x")
		if f.n > c.most {
			t.Errorf("%s: %d bytes were read", c.name, f.n)
		}
		if c.want == "" && (err != nil || !bytes.HasPrefix(data, c.head)) || c.want != "" && (err == nil || err.Error() != c.want) {
			t.Errorf("%s: %d bytes, %v", c.name, len(data), err)
		}
	}
	// A true one with much behind it is read to the end.
	long := append(bytes.Clone(small.Bytes()), make([]byte, 5<<20)...)
	name := filepath.Join(t.TempDir(), "a.jpg")
	write(t, name, long)
	data, err := ReadPicture(func(p string) (io.ReadCloser, error) { return os.Open(p) }, name)
	if err != nil || !bytes.Equal(data, long) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}
