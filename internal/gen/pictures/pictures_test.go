package main

import (
	"bytes"
	"encoding/csv"
	"image"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const study = "../../../examples/colour-mood"

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// distance is the mean absolute difference of two pictures' channels, 0 to 255;
// 255 if they differ in size.
func distance(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 255
	}
	x, y := image.NewRGBA(a.Bounds()), image.NewRGBA(b.Bounds())
	draw.Draw(x, x.Rect, a, a.Bounds().Min, draw.Src)
	draw.Draw(y, y.Rect, b, b.Bounds().Min, draw.Src)
	sum := 0
	for i, v := range x.Pix {
		sum += max(int(v)-int(y.Pix[i]), int(y.Pix[i])-int(v))
	}
	return float64(sum) / float64(len(x.Pix)) * 4 / 3 // opacity never differs
}

// The pictures in the study are those that the generator draws. Another Go
// version may write a JPEG's bytes differently and another processor may round
// differently, so pixels are compared, with a little room.
func TestStudyIsCurrent(t *testing.T) {
	files := 0
	for _, p := range posts() {
		path := filepath.Join(study, "media", "images", p.account, p.file())
		data, err := os.ReadFile(path)
		if p.missing {
			if !os.IsNotExist(err) {
				t.Errorf("%s should be missing: %v", path, err)
			}
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		files++
		if p.photo != "" {
			decode(t, data)
			continue
		}
		drawn, err := encode(p.draw(), p.ext)
		if err != nil {
			t.Fatal(err)
		}
		if p.broken {
			if _, _, err := image.Decode(bytes.NewReader(data)); err == nil {
				t.Errorf("%s can be decoded and should be cut off", path)
			}
			continue
		}
		if d := distance(decode(t, data), decode(t, drawn)); d > 1 {
			t.Errorf("%s differs from what is drawn by %.2f of 255", path, d)
		}
	}
	held, err := filepath.Glob(filepath.Join(study, "media", "images", "*", "*"))
	if err != nil || len(held) != files {
		t.Errorf("the study holds %d pictures, its table names %d (%v)", len(held), files, err)
	}
}

// Drawing twice gives the same bytes.
func TestDeterministic(t *testing.T) {
	for _, p := range []post{{ext: "jpg", draw: autumn}, {ext: "png", draw: lines}, {ext: "gif", draw: posterShapes}} {
		a, err := encode(p.draw(), p.ext)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := encode(p.draw(), p.ext); !bytes.Equal(a, b) {
			t.Errorf("a .%s is drawn differently the second time", p.ext)
		}
	}
}

func TestTables(t *testing.T) {
	var posts, licences bytes.Buffer
	if err := writePosts(&posts); err != nil {
		t.Fatal(err)
	}
	if err := writeLicences(&licences); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"data/posts.csv": posts.String(), "media/LICENCES.md": licences.String()} {
		got, err := os.ReadFile(filepath.Join(study, filepath.FromSlash(name)))
		if err != nil || string(got) != want {
			t.Errorf("%s is not what the generator writes (%v); run: go run ./internal/gen/pictures", name, err)
		}
	}
	rows, err := csv.NewReader(&posts).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		media, user, ok := strings.Cut(row[0], "_")
		if !ok || len(media) != 19 || len(user) != 10 || seen[row[0]] {
			t.Errorf("the id %q is not a new one of 19 and 10 digits", row[0])
		}
		seen[row[0]] = true
	}
	if len(seen) < 40 {
		t.Errorf("the study has %d posts", len(seen))
	}
}

// The study of image types names the same pictures, by a path.
func TestImageTypes(t *testing.T) {
	f, err := os.Open("../../../examples/image-types/data/posts.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := posts()
	if len(rows)-1 != len(want) {
		t.Fatalf("%d rows for %d posts", len(rows)-1, len(want))
	}
	for i, p := range want {
		if row := rows[i+1]; row[0] != p.id() || row[1] != p.account || row[2] != p.caption || row[3] != "media/images/"+p.account+"/"+p.file() {
			t.Errorf("row %d is %q, want the post %s of %s", i+1, row, p.file(), p.account)
		}
	}
}
