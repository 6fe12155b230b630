package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/sharedtest"
)

// TestRealPicturesEqualPillow compares what CLIP sees of real pictures with
// what Pillow makes of them at this moment.
func TestRealPicturesEqualPillow(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sharedtest.Path(t, "data", "images"), "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no pictures", err)
	}
	python := ""
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(p, "-c", "import PIL, numpy").Run() == nil {
			python = p
			break
		}
	}
	if python == "" {
		t.Skip("skipped: needs python3 with PIL and numpy (apt-get install python3-pil python3-numpy)")
	}
	const size = 224
	cmd := exec.Command(python, append([]string{"testdata/golden.py", "--size", "224"}, files...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]golden{}
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	var d Decoder
	got := make([]byte, 3*size*size)
	sum, n, exact, jpegs, worst := 0.0, 0, 0, 0, 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		w := want[file]
		pix, err := base64.StdEncoding.DecodeString(w.Crop)
		if err != nil || w.Error != "" {
			t.Fatalf("%s: %v %s", file, err, w.Error)
		}
		if err := d.DecodeCrop(data, size, Options{}, got); err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
			continue
		}
		n++
		if Sniff(data) != "jpeg" {
			if !bytes.Equal(got, pix) {
				mean, most := distance(t, got, pix)
				t.Errorf("%s: mean difference %.4f, largest %d, should be 0", filepath.Base(file), mean, most)
			}
			exact++
			continue
		}
		mean, most := distance(t, got, pix)
		sum, worst, jpegs = sum+mean, max(worst, most), jpegs+1
		if mean > 0.1 || most > 4 {
			t.Errorf("%s: mean difference %.4f, largest %d", filepath.Base(file), mean, most)
		}
		if strings.Contains(file, "portrait") {
			t.Logf("%s: mean %.4f max %d", filepath.Base(file), mean, most)
		}
	}
	t.Logf("%d pictures: %d exact formats, %d JPEG with mean difference %.4f and largest %d of 255", n, exact, jpegs, sum/float64(max(1, jpegs)), worst)
}
