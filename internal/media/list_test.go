package media

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestList(t *testing.T) {
	dir := study(t)
	abs := filepath.ToSlash(dir)
	l := library(t, dir)
	all := "media/B.JPG media/[odd] name.jpg media/a.jpg media/sub/c.png media/sub/deep/d.webp media/x.heic"
	inPhotos := "photos.zip/../secret.jpg photos.zip/a/b.jpg photos.zip/a/c.png photos.zip/e.jpg photos.zip/win/d.jpg photos.zip/z.gif"
	for pattern, want := range map[string]string{
		"media":                      all,
		"media/":                     all,
		"./media":                    all,
		"media/**":                   all,
		"media/*.jpg":                "media/[odd] name.jpg media/a.jpg",
		"media/**/*.[pw]*":           "media/sub/c.png media/sub/deep/d.webp",
		"**/d.webp":                  "media/sub/deep/d.webp",
		"media/[odd] name.jpg":       "media/[odd] name.jpg",
		"top.jpg":                    "top.jpg",
		abs + "/media/*.jpg":         strings.ReplaceAll("@media/[odd] name.jpg @media/a.jpg", "@", abs+"/"),
		"photos.zip":                 inPhotos,
		"*.zip":                      inPhotos,
		"photos.zip/a":               "photos.zip/a/b.jpg photos.zip/a/c.png",
		"photos.zip/a/b.jpg":         "photos.zip/a/b.jpg",
		"photos.zip/**/*.jpg":        "photos.zip/../secret.jpg photos.zip/a/b.jpg photos.zip/e.jpg photos.zip/win/d.jpg",
		"*/*.ZIP/in/*.jpg":           "exports/2021.ZIP/in/two.jpg",
		"exports/*":                  "exports/2021.ZIP/in/two.jpg exports/2021.ZIP/one.jpg",
		abs + "/exports/2021.ZIP/in": abs + "/exports/2021.ZIP/in/two.jpg",
	} {
		list, err := l.List(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		var got []string
		for _, e := range list {
			got = append(got, e.Path)
			r, err := l.Open(e.Path)
			if err != nil {
				t.Errorf("%s: cannot be opened: %v", e.Path, err)
				continue
			}
			buf := make([]byte, 1000)
			if n, _ := r.Read(buf); int64(n) != e.Size {
				t.Errorf("%s: %d bytes, Size %d", e.Path, n, e.Size)
			}
			r.Close()
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s:\n got %s\nwant %s", pattern, strings.Join(got, " "), want)
		}
	}
}

func TestListErrors(t *testing.T) {
	dir := study(t)
	write(t, filepath.Join(dir, "texts", "a.txt"), nil)
	if err := os.Mkdir(filepath.Join(dir, "void"), 0o755); err != nil {
		t.Fatal(err)
	}
	l := library(t, dir)
	for pattern, says := range map[string]string{
		"":                  "empty",
		"nothing":           "not exist",
		"nothing/*.jpg":     "not exist",
		"void":              "no pictures",
		"texts":             "none of the 1 files there is a picture that fits (texts/a.txt, for one)",
		"media/*.bmp":       "none of the",
		"media/[":           "no ]",
		"media/note.txt":    "neither a folder",
		"photos.zip/none":   "not in the archive",
		"photos.zip/*.tiff": "none of the",
		"none.zip":          "not exist",
	} {
		list, err := l.List(pattern)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %v; should say %q", pattern, list, err, says)
		}
	}
}

func TestListFollowsLinksOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped: links need rights on Windows")
	}
	dir := study(t)
	for link, to := range map[string]string{"link": "media", "media/sub/up": "..", "media/gone.jpg": "nowhere", "media/l.jpg": "../top.jpg"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := library(t, dir).List("link")
	if err != nil || len(list) != 7 {
		t.Errorf("%v, %v", list, err)
	}
}

// A pattern fits the name it was made from, and only a name with as many
// parts if it has no "**".
func TestMatchGlobProperty(t *testing.T) {
	part := rapid.StringMatching(`[a-c]{1,3}`)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SliceOfN(part, 1, 6).Draw(t, "name")
		pattern, deep := []string{}, false
		for i := 0; i < len(name); i++ {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				pattern = append(pattern, name[i])
			case 1:
				pattern = append(pattern, "*")
			case 2:
				pattern = append(pattern, name[i][:1]+"*")
			case 3:
				pattern, deep = append(pattern, "**"), true
				i += rapid.IntRange(-1, len(name)-i-1).Draw(t, "swallowed")
			}
			if len(pattern) > 20 {
				t.Skip("too many empty **")
			}
		}
		p, n := strings.Join(pattern, "/"), strings.Join(name, "/")
		if !matchGlob(p, n) {
			t.Fatalf("%s does not fit %s", p, n)
		}
		if !deep && matchGlob(p, n+"/x") {
			t.Fatalf("%s fits %s", p, n+"/x")
		}
		if matchGlob(p+"/zzz", n) {
			t.Fatalf("%s fits %s", p+"/zzz", n)
		}
	})
}

func TestMatchGlobIsFast(t *testing.T) {
	pattern := strings.Repeat("**/a/", 40) + "b"
	if matchGlob(pattern, strings.Repeat("a/", 400)+"c") {
		t.Error("fits")
	}
}

func FuzzMatchGlob(f *testing.F) {
	f.Add("a/**/b", "a/c/b")
	f.Add("[", "a")
	f.Add("**", "")
	f.Fuzz(func(t *testing.T, pattern, name string) { matchGlob(pattern, name) })
}
