package picture

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A stand-in tells all of a picture's file that a question is named by, for files of
// every format and with every fault, and gives no pixels.
func TestStandIn(t *testing.T) {
	files := map[string][]byte{"empty": nil, "text": []byte("hello"), "page": []byte("<!doctype html>"), "zeros": make([]byte, 99)}
	err := filepath.WalkDir("testdata", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = data
		if len(data) > 200 { // cut off
			files[path+" (half)"] = data[:len(data)/2]
		}
		return err
	})
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for name, data := range files {
		k := Describe(data)
		if err := k.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s := k.StandIn()
		if !IsStandIn(s) || IsStandIn(data) {
			t.Errorf("%s: a stand-in is not told from a picture", name)
		}
		if d := cmp.Diff(k, Describe(s)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if Sum(s) != Sum(data) || Hash(s) != Hash(data) || Size(s) != len(data) || Sniff(s) != Sniff(data) {
			t.Errorf("%s: sum, size or format differ", name)
		}
		h, err := ReadHeader(data)
		sh, serr := ReadHeader(s)
		if h != sh || text(err) != text(serr) || ReasonOf(err) != ReasonOf(serr) {
			t.Errorf("%s: header %+v %v, of the stand-in %+v %v", name, h, err, sh, serr)
		}
		if a, b := Whole(data), Whole(s); text(a) != text(b) || ReasonOf(a) != ReasonOf(b) {
			t.Errorf("%s: %v, of the stand-in %v", name, a, b)
		}
		_, err = Decode(s, Options{})
		if want := k.Reason; want == "" && ReasonOf(err) != NotHere || want != "" && ReasonOf(err) != want {
			t.Errorf("%s: decoding gives %v", name, err)
		}
		if _, _, _, err := Thumbnail(s, 10, 80, Options{}); err == nil {
			t.Errorf("%s: a thumbnail of nothing", name)
		}
		if (Here(s) == nil) || Here(data) != nil {
			t.Errorf("%s: here is %v and %v", name, Here(s), Here(data))
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestKnownCheck(t *testing.T) {
	good := Known{SHA256: Hash(nil), Width: 1, Height: 1}
	for name, change := range map[string]func(*Known){
		"no sum": func(k *Known) { k.SHA256 = "" }, "half a sum": func(k *Known) { k.SHA256 = k.SHA256[:62] },
		"no size and no fault": func(k *Known) { k.Width = 0 }, "negative": func(k *Known) { k.Height = -1 }, "turned": func(k *Known) { k.Orientation = 9 },
	} {
		k := good
		change(&k)
		if k.Check() == nil {
			t.Errorf("%s is let pass", name)
		}
	}
	if err := errors.Join(good.Check()); err != nil {
		t.Error(err)
	}
}
