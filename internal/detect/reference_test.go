package detect_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/detect"
	"icono/internal/onnx"
	"icono/internal/sharedtest"
)

// seen is what OpenCV sees in a picture; see testdata/reference.py.
type seen struct {
	Width, Height int
	Input         string
	Objects       []struct {
		Class int
		Score float64
		Box   [4]float64
	}
}

func runtime(t testing.TB) *onnx.Runtime {
	t.Helper()
	if path, _ := onnx.Locate(); path == "" {
		t.Skip("skipped: needs ONNX Runtime")
	}
	r, err := onnx.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func nano(t testing.TB, o detect.Options) *detect.Detector {
	t.Helper()
	o.Path, o.Device = sharedtest.Path(t, "models/detect/yolox_nano.onnx"), "cpu"
	d, err := detect.Open(runtime(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func prepare(t testing.TB, d *detect.Detector, name string) detect.Prepared {
	t.Helper()
	data, err := os.ReadFile(sharedtest.Path(t, "data/images", name))
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Prepare(data, nil)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return p
}

func one(t testing.TB, d *detect.Detector, p detect.Prepared) []detect.Object {
	t.Helper()
	found, err := d.Detect(t.Context(), []detect.Prepared{p})
	if err != nil {
		t.Fatal(err)
	}
	return found[0]
}

func reference(t *testing.T) map[string]seen {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]seen{}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Of PNG and WebP the model's input is that of OpenCV byte for byte, and so are
// the objects but for rounding. JPEG is decoded by another inverse cosine
// transform: nearly all objects are the same, and where two boxes of one thing
// score alike, the other may be kept.
func TestSeesWhatOpenCVSees(t *testing.T) {
	d := nano(t, detect.Options{})
	var exact, near tally
	for name, want := range reference(t) {
		p := prepare(t, d, name)
		if p.Width != want.Width || p.Height != want.Height {
			t.Errorf("%s: %d x %d pixels, not %d x %d", name, p.Width, p.Height, want.Width, want.Height)
			continue
		}
		got := one(t, d, p)
		if strings.HasSuffix(name, ".jpg") {
			near.add(want, p, got)
			continue
		}
		if sum := sha256.Sum256(p.Pixels); hex.EncodeToString(sum[:]) != want.Input {
			t.Errorf("%s: the model's input is another", name)
		}
		exact.add(want, p, got)
	}
	t.Logf("PNG and WebP: %+v; JPEG: %+v", exact, near)
	if exact.Pictures < 10 || exact.Objects < 50 || exact.Lost+exact.More > 0 || exact.Pixels > 0.1 || exact.Score > 0.001 {
		t.Error("PNG and WebP differ")
	}
	if near.Pictures < 10 || near.Lost+near.More > near.Objects/10 || near.Score > 0.02 {
		t.Error("JPEG differs by more than its decoder explains")
	}
}

// tally counts what is equal: objects of one class whose edges are at most a
// pixel apart.
type tally struct {
	Pictures, Objects, Lost, More int
	Pixels, Score                 float64 // the largest differences
}

func (s *tally) add(want seen, p detect.Prepared, got []detect.Object) {
	s.Pictures++
	used := make([]bool, len(got))
	for _, w := range want.Objects {
		at, near := -1, 1.0
		for i, g := range got {
			if far := apart(g, p, w.Box); !used[i] && g.Class == w.Class && far <= near {
				at, near = i, far
			}
		}
		if at < 0 {
			s.Lost++
			continue
		}
		used[at] = true
		s.Objects++
		s.Pixels, s.Score = max(s.Pixels, near), max(s.Score, math.Abs(got[at].Score-w.Score))
	}
	for _, u := range used {
		if !u {
			s.More++
		}
	}
}

// apart is the farthest distance of two boxes' edges in pixels.
func apart(o detect.Object, p detect.Prepared, box [4]float64) float64 {
	w, h := float64(p.Width), float64(p.Height)
	return max(math.Abs(o.Box.Left*w-box[0]), math.Abs(o.Box.Top*h-box[1]), math.Abs(o.Box.Right*w-box[2]), math.Abs(o.Box.Bottom*h-box[3]))
}
