package media

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// FuzzArchive holds that an archive lists what can be opened, whatever its
// names.
func FuzzArchive(f *testing.F) {
	f.Add(archiveOf(f, "a/b.jpg", "a/c.png", "../secret.jpg", `win\d.jpg`, "./e.jpg", "e.jpg"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "x.zip"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		l := NewLibrary(dir)
		defer l.Close()
		list, err := l.List("x.zip")
		if err != nil {
			return
		}
		for _, e := range list {
			r, err := l.Open(e.Path)
			if err != nil {
				continue // encrypted, of an unknown method or damaged
			}
			_, _ = io.Copy(io.Discard, io.LimitReader(r, 1<<20))
			_ = r.Close()
		}
	})
}
