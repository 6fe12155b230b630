package media

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"icono/internal/stage"
)

var _ stage.Study = (*Library)(nil)

// study makes a folder with files and two archives.
func study(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{
		"media/a.jpg", "media/B.JPG", "media/note.txt", "media/.hidden.jpg", "media/.metadata.json", "media/sub/c.png",
		"media/sub/deep/d.webp", "media/sub/__MACOSX/e.jpg", "media/x.heic", "media/[odd] name.jpg", "top.jpg", "secret.jpg",
	} {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), []byte("file "+name))
	}
	write(t, filepath.Join(dir, "photos.zip"), archiveOf(t, "a/b.jpg", "a/c.png", "a/note.txt", "__MACOSX/a/._b.jpg", "z.gif", "../secret.jpg", `win\d.jpg`, "./e.jpg"))
	write(t, filepath.Join(dir, "exports", "2021.ZIP"), archiveOf(t, "one.jpg", "in/two.jpg"))
	return dir
}

func write(t testing.TB, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func archiveOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, name := range names {
		e, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(e, "entry %s", name)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func library(t testing.TB, dir string) *Library {
	l := NewLibrary(dir)
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestOpen(t *testing.T) {
	dir := study(t)
	l := library(t, dir)
	for name, want := range map[string]string{
		"media/a.jpg":                        "file media/a.jpg",
		"./media/../top.jpg":                 "file top.jpg",
		filepath.Join(dir, "top.jpg"):        "file top.jpg",
		"photos.zip/a/b.jpg":                 "entry a/b.jpg",
		"./photos.zip/z.gif":                 "entry z.gif",
		"photos.zip/../secret.jpg":           "entry ../secret.jpg",
		"photos.zip/win/d.jpg":               `entry win\d.jpg`,
		"photos.zip/e.jpg":                   "entry ./e.jpg",
		"exports/2021.ZIP/in/two.jpg":        "entry in/two.jpg",
		dir + "/exports/2021.ZIP/in/two.jpg": "entry in/two.jpg",
	} {
		r, err := l.Open(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		data, err := io.ReadAll(r)
		if err != nil || string(data) != want {
			t.Errorf("%s: %q, %v; want %q", name, data, err, want)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := study(t)
	write(t, filepath.Join(dir, "broken.zip"), []byte("not a zip"))
	write(t, filepath.Join(dir, "locked.jpg"), nil)
	if err := os.Chmod(filepath.Join(dir, "locked.jpg"), 0); err != nil {
		t.Fatal(err)
	}
	l := library(t, dir)
	for _, c := range []struct {
		name string
		is   error
		says string
	}{
		{"", fs.ErrNotExist, "empty"},
		{"media/none.jpg", fs.ErrNotExist, "media/none.jpg"},
		{"media/a.jpg/b.jpg", fs.ErrNotExist, "media/a.jpg/b.jpg"},
		{strings.Repeat("x", 5000) + ".jpg", fs.ErrNotExist, "xxx"},
		{"https://example.org/a.jpg", fs.ErrNotExist, "download"},
		{"media", ErrFolder, "folder"},
		{"photos.zip/a", ErrFolder, "folder"},
		{"photos.zip/a/", ErrFolder, "folder"},
		{"photos.zip/", ErrFolder, "folder"},
		{"photos.zip/top.jpg", fs.ErrNotExist, "archive"},
		{"photos.zip/../top.jpg", fs.ErrNotExist, "archive"},
		{"photos.zip/a/../../top.jpg", fs.ErrNotExist, "archive"},
		{"missing.zip/a.jpg", fs.ErrNotExist, "missing.zip"},
		{"broken.zip/a.jpg", zip.ErrFormat, "broken.zip"},
		{"/dev/null", nil, "device"},
	} {
		if c.says == "device" && runtime.GOOS == "windows" {
			continue
		}
		r, err := l.Open(c.name)
		if err == nil {
			r.Close()
			t.Errorf("%s: opened", c.name)
			continue
		}
		if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.40s: %v", c.name, err)
		}
		if strings.Contains(err.Error(), dir) {
			t.Errorf("%s: the error names a folder of this machine: %v", c.name, err)
		}
	}
	if os.Getuid() != 0 && runtime.GOOS != "windows" {
		if _, err := l.Open("locked.jpg"); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("locked: %v", err)
		}
	}
}

func TestFolderCalledZip(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "x.zip", "a.jpg"), []byte("plain"))
	l := library(t, dir)
	r, err := l.Open("x.zip/a.jpg")
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if list, err := l.List("x.zip"); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestArchiveIsSharedByManyReaders(t *testing.T) {
	l := library(t, study(t))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				r, err := l.Open("photos.zip/a/b.jpg")
				if err != nil {
					t.Error(err)
					return
				}
				if data, err := io.ReadAll(r); err != nil || string(data) != "entry a/b.jpg" {
					t.Errorf("%q, %v", data, err)
				}
				r.Close()
			}
		})
	}
	wg.Wait()
	if n := len(l.archives); n != 1 {
		t.Errorf("%d archives open", n)
	}
}

func TestClosed(t *testing.T) {
	l := NewLibrary(study(t))
	if _, err := l.Open("photos.zip/z.gif"); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Open("photos.zip/z.gif"); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestEntryLimit(t *testing.T) {
	b := &bounded{ReadCloser: io.NopCloser(bytes.NewReader(make([]byte, 100))), left: 60}
	if data, err := io.ReadAll(b); !errors.Is(err, ErrEntryTooLarge) || len(data) > 60 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	b = &bounded{ReadCloser: io.NopCloser(bytes.NewReader(make([]byte, 60))), left: 60}
	if data, err := io.ReadAll(b); err != nil || len(data) != 60 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	// An entry that declares 5 GB is refused before a byte is read.
	data := archiveOf(t, "bomb.jpg")
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	copy(data[at+24:], []byte{0, 0, 0, 0xf0})
	dir := t.TempDir()
	write(t, filepath.Join(dir, "b.zip"), data)
	if _, err := library(t, dir).Open("b.zip/bomb.jpg"); !errors.Is(err, ErrEntryTooLarge) {
		t.Error(err)
	}
}

func TestEncryptedAndOddMethods(t *testing.T) {
	for says, change := range map[string]func(dir []byte){
		"encrypted": func(d []byte) { d[8] |= 1 },
		"method 99": func(d []byte) { d[10] = 99 },
	} {
		data := archiveOf(t, "a.jpg")
		change(data[bytes.LastIndex(data, []byte("PK\x01\x02")):])
		dir := t.TempDir()
		write(t, filepath.Join(dir, "b.zip"), data)
		if _, err := library(t, dir).Open("b.zip/a.jpg"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// A letter with a mark is one character in most tables and two in the names of
// files from macOS.
func TestNormalForms(t *testing.T) {
	dir := t.TempDir()
	for disk, table := range map[string]string{"scho\u0308n.jpg": "sch\u00f6n.jpg", "b\u00e4r.jpg": "ba\u0308r.jpg"} {
		if err := os.WriteFile(filepath.Join(dir, disk), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := NewLibrary(dir).Open(table)
		if err != nil {
			t.Errorf("%q: %v", table, err)
			continue
		}
		_ = f.Close()
	}
}
