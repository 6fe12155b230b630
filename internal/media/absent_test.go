package media

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"icono/internal/picture"
)

func TestAbsent(t *testing.T) {
	dir := t.TempDir()
	known := picture.Known{SHA256: picture.Hash([]byte("a")), Bytes: 1, Format: "jpeg", Width: 3, Height: 2, Orientation: 6}
	want := Absent{"a/é <b>.jpg": known, "here.jpg": known}
	var b strings.Builder
	if err := want.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadAbsent("list", strings.NewReader("\n"+b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if err := os.WriteFile(filepath.Join(dir, "here.jpg"), []byte("real"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "forged.jpg"), known.StandIn(), 0o644); err != nil {
		t.Fatal(err)
	}
	l := NewLibrary(dir)
	defer l.Close()
	l.SetAbsent("pictures.jsonl", got)
	data, err := ReadPicture(l.Open, "a/é <b>.jpg")
	if err != nil || picture.Hash(data) != known.SHA256 {
		t.Errorf("%q, %v", data, err)
	}
	if data, err := ReadPicture(l.Open, "here.jpg"); err != nil || string(data) != "real" {
		t.Errorf("a picture that is here gives %q, %v", data, err)
	}
	if _, err := ReadPicture(l.Open, "none.jpg"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a picture that nobody knows: %v", err)
	}
	// A file cannot speak for another picture.
	if data, err := ReadPicture(l.Open, "forged.jpg"); !errors.Is(err, ErrStandIn) {
		t.Errorf("%q, %v", data, err)
	}
}

func TestWrongAbsent(t *testing.T) {
	sum := picture.Hash(nil)
	line := `{"path":"a","sha256":"` + sum + `","bytes":1,"width":1,"height":1}` + "\n"
	for text, want := range map[string]string{
		line + "x":                   "list:2: ",
		line + line:                  `list:2: the path "a"`,
		`{"sha256":"` + sum + `"}`:   "list:1: the path",
		`{"path":"a","sha256":"12"}`: "list:1: `sha256`",
		strings.Replace(line, "}", `,"colour":1}`, 1):       "colour",
		strings.Replace(line, `"width":1`, `"width":-1`, 1): "list:1: ",
	} {
		if _, err := ReadAbsent("list", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
