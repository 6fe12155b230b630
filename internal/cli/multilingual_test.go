package cli

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"icono/internal/clip"
	"icono/internal/clip/cliptest"
	"icono/internal/onnx"
)

const multilingualModel = "clip-xlm-roberta-b-32"

// multilingualRepo is where the model hub has the model.
const multilingualRepo = "immich-app/XLM-Roberta-Base-ViT-B-32__laion5b_s13b_b90k"

// hubOf serves a model's folder as the repository of a model hub, with the
// hashes of files, and counts the downloads.
func hubOf(t *testing.T, repo, dir string, downloads *int) string {
	t.Helper()
	prefix := "/" + repo + "/resolve/main/"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := strings.CutPrefix(r.URL.Path, prefix)
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if !ok || err != nil {
			http.NotFound(w, r)
			return
		}
		*downloads++
		sum := sha256.Sum256(data)
		w.Header().Set("X-Linked-ETag", `"`+hex.EncodeToString(sum[:])+`"`)
		_, _ = w.Write(data)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestMultilingualModel downloads a tiny model of the named one's layout and
// classifies pictures of one colour by German and English phrases.
func TestMultilingualModel(t *testing.T) {
	library, _ := onnx.Locate()
	if library == "" {
		t.Skip("skipped: needs ONNX Runtime, which `make setup` fetches")
	}
	model, study, downloads := t.TempDir(), t.TempDir(), 0
	if err := cliptest.Write(model, cliptest.Options{Length: 12}); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	t.Setenv(onnx.LibraryVariable, library)
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	t.Setenv(clip.HubVariable, hubOf(t, multilingualRepo, model, &downloads))

	colours := map[string]color.RGBA{"red": {200, 0, 190, 255}, "green": {10, 90, 80, 255}, "blue": {0, 100, 101, 255}}
	rows := "ID,File\n"
	for name, c := range colours {
		picture := image.NewRGBA(image.Rect(0, 0, 24, 16))
		draw.Draw(picture, picture.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
		f, err := os.Create(filepath.Join(study, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, picture); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		rows += fmt.Sprintf("%s,%s.png\n", name, name)
	}
	writeText(t, filepath.Join(study, "posts.csv"), rows)
	file := filepath.Join(study, "pipeline.yaml")
	text := fmt.Sprintf(`version: 1
name: colours
stages:
  - id: posts
    kind: load
    with: {path: posts.csv, key: ID, image: File}
  - id: types
    kind: clip
    with:
      model: %s
      labels:
        red: [ein rotes Bild]
        green: [a green picture]
        blue: [ein  blaues Bild]
  - id: out
    kind: save
    with: {path: out.csv}
`, multilingualModel)
	writeText(t, file, text)
	for range 2 { // the second run finds the model on the machine
		if code, out, errs := run(t, "run", file); code != exitDone {
			t.Fatalf("exit code %d:\n%s%s", code, out, errs)
		}
	}
	if downloads != 5 {
		t.Errorf("%d downloads for 5 files", downloads)
	}
	checkColours(t, filepath.Join(study, "out.csv"), colours)

	long := strings.Replace(text, "ein rotes Bild", strings.Repeat("rot ", 11), 1)
	writeText(t, file, long)
	if code, _, errs := run(t, "validate", file); code != exitDone {
		t.Errorf("validate counts CLIP's tokens of another model: exit code %d:\n%s", code, errs)
	}
	if code, _, errs := run(t, "run", file); code == exitDone || !strings.Contains(errs, "11 tokens, and the model reads at most 10") {
		t.Errorf("exit code %d:\n%s", code, errs)
	}
	if _, out, _ := run(t, "doctor"); !strings.Contains(out, "ok       "+multilingualModel) {
		t.Errorf("doctor does not find the model:\n%s", out)
	}
}

// checkColours compares with the softmax over 100 times the cosines between
// the mean colour and red, green and blue.
func checkColours(t *testing.T, path string, colours map[string]color.RGBA) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	table, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	index := map[string]int{}
	for i, name := range table[0] {
		index[name] = i
	}
	if len(table) != len(colours)+1 {
		t.Fatalf("%d rows", len(table)-1)
	}
	for _, row := range table[1:] {
		c := colours[row[index["ID"]]]
		length := math.Sqrt(float64(c.R)*float64(c.R) + float64(c.G)*float64(c.G) + float64(c.B)*float64(c.B))
		names, sum, best, at := []string{"red", "green", "blue"}, 0.0, 0.0, 0
		for i, v := range []uint8{c.R, c.G, c.B} {
			e := math.Exp(100 * float64(v) / length)
			if sum += e; e > best {
				best, at = e, i
			}
		}
		got, err := strconv.ParseFloat(row[index["Classification Probability"]], 64)
		if err != nil || row[index["Classification"]] != names[at] || math.Abs(got-best/sum) > 1e-3 {
			t.Errorf("%v gives %v; want %s with probability %.5f", c, row, names[at], best/sum)
		}
	}
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), fs.FileMode(0o644)); err != nil {
		t.Fatal(err)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
