package detect_test

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"icono/internal/detect"
	"icono/internal/onnx/graph"
	"icono/internal/picture"
	"icono/internal/sharedtest"
	"icono/internal/stage"
)

// On real pictures the model finds what their labels promise: the label says
// what a picture is of, and the names are those that stand for it.
func TestFindsWhatTheLabelsSay(t *testing.T) {
	d := nano(t, detect.Options{})
	f, err := os.Open(sharedtest.Path(t, "data/images.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	promised := map[string]string{"portrait": "person", "group_photo": "person", "meeting": "person", "crowd_audience": "person", "stage_speech": "person",
		"panel_interview": "person", "video_call": "person", "animal": "cat"}
	least := map[string]float64{"person": 0.95, "cat": 1}
	all, found := map[string]int{}, map[string]int{}
	people, textures := 0, 0
	for _, row := range rows[1:] {
		name, label := row[0], row[1]
		want, ok := promised[label]
		flat := label == "texture" || strings.HasPrefix(label, "chart")
		if !ok && !flat {
			continue
		}
		objects := one(t, d, prepare(t, d, name))
		if flat {
			textures++
			if slices.ContainsFunc(objects, func(o detect.Object) bool { return o.Name == "person" }) {
				people++
			}
			continue
		}
		all[want]++
		if slices.ContainsFunc(objects, func(o detect.Object) bool { return o.Name == want }) {
			found[want]++
		} else {
			t.Logf("%s: no %s among %v", name, want, objects)
		}
	}
	for want, n := range all {
		t.Logf("%s: in %d of %d pictures", want, found[want], n)
		if float64(found[want]) < least[want]*float64(n) {
			t.Errorf("%s: in %d of %d pictures only", want, found[want], n)
		}
	}
	t.Logf("persons in %d of %d charts and textures", people, textures)
	if people > textures/5 {
		t.Errorf("persons in %d of %d charts and textures", people, textures)
	}
}

// toy is a YOLOX model of 32 x 32 pixels with one class (21 anchors of 6
// values): each value is the sum of a picture's pixels times a fixed noise.
func toy(t *testing.T, batch graph.Dim, anchors, channels int64) string {
	t.Helper()
	g := graph.New("toy")
	in := g.Input("images", graph.Float, batch, graph.Fixed(3), graph.Fixed(32), graph.Fixed(32))
	noise := make([]float32, 3*32*32*anchors*channels)
	state := uint32(1)
	for i := range noise {
		state = state*1664525 + 1013904223
		noise[i] = (float32(state>>8)/(1<<24) - 0.5) / 40000
	}
	flat := g.Node("Flatten", []string{in}, []string{"flat"}, graph.Int("axis", 1))
	// The matrix is computed, if only by adding nothing: one row is then
	// multiplied by other code than several.
	sum := g.Node("ReduceSum", []string{in}, []string{"sum"}, graph.Int("keepdims", 0))
	nothing := g.Node("Mul", []string{sum, g.Floats("times", nil, 0)}, []string{"nothing"})
	matrix := g.Node("Add", []string{g.Floats("noise", []int64{3 * 32 * 32, anchors * channels}, noise...), nothing}, []string{"matrix"})
	raw := g.Node("MatMul", []string{flat, matrix}, []string{"raw"})
	shifted := g.Node("Add", []string{raw, g.Floats("shift", nil, 0.7)}, []string{"shifted"})
	g.Node("Reshape", []string{shifted, g.Int64s("shape", []int64{3}, -1, anchors, channels)}, []string{"output"})
	g.Output("output", graph.Float, batch, graph.Fixed(anchors), graph.Fixed(channels))
	model, err := g.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "toy.onnx"), model, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "classes.txt"), []byte("thing\r\n\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What is found in a picture does not depend on the pictures beside it, whether
// the model takes one, three or any number of them.
func TestBatchesDoNotMatter(t *testing.T) {
	r := runtime(t)
	for _, batch := range []graph.Dim{graph.Fixed(1), graph.Fixed(3), graph.Sym("N")} {
		d, err := detect.Open(r, detect.Options{Path: toy(t, batch, 21, 6), Device: "cpu", MinScore: 0.5})
		if err != nil {
			t.Fatal(err)
		}
		var pictures []detect.Prepared
		for i := range 10 {
			p := detect.Prepared{Pixels: make([]byte, d.PreparedBytes()), Width: 30 + i, Height: 40}
			for k := range p.Pixels {
				p.Pixels[k] = byte(k * (i*7 + 1))
			}
			pictures = append(pictures, p)
		}
		var want [][]detect.Object
		total := 0
		for _, size := range []int{10, 1, 2, 3, 7} {
			var got [][]detect.Object
			for part := range slices.Chunk(pictures, size) {
				some, err := d.Detect(t.Context(), part)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, some...)
			}
			if want == nil {
				want = got
				for _, objects := range got {
					total += len(objects)
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%d at a time: other objects", size)
			}
		}
		if total < 10 || total > 150 {
			t.Errorf("%d objects: the test tells nothing", total)
		}
		if none, err := d.Detect(t.Context(), nil); err != nil || len(none) != 0 {
			t.Errorf("no pictures: %v, %v", none, err)
		}
		if _, err := d.Detect(t.Context(), []detect.Prepared{{}}); err == nil {
			t.Error("a picture that was not prepared is taken")
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Files and folders that hold no model for this are refused with what is wrong.
func TestOpenRefuses(t *testing.T) {
	r := runtime(t)
	empty, two, other := t.TempDir(), toy(t, graph.Fixed(1), 21, 6), filepath.Join(t.TempDir(), "x.onnx")
	for _, file := range []string{filepath.Join(two, "more.onnx"), other} {
		if err := os.WriteFile(file, []byte("no model"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		path, says string
		missing    bool
	}{
		{filepath.Join(empty, "nothing"), "there is no file or folder", true},
		{empty, "there is no .onnx file", true},
		{two, "several models: more.onnx, toy.onnx", false},
		{other, "cannot be read", false},
		{toy(t, graph.Fixed(1), 20, 6), "20 boxes for a picture of 32 x 32", false},
		{toy(t, graph.Fixed(1), 21, 8), "3 classes, but 1 names", false},
	} {
		_, err := detect.Open(r, detect.Options{Path: c.path, Device: "cpu"})
		var missing *stage.MissingError
		if err == nil || !strings.Contains(err.Error(), c.says) || errors.As(err, &missing) != c.missing {
			t.Errorf("%s: %v", c.path, err)
		}
	}
	if _, err := detect.Open(r, detect.Options{Path: two, MinScore: 2}); err == nil {
		t.Error("a least score of 2 is taken")
	}
}

// A folder is as good as the file in it; what decides the answer is told.
func TestFacts(t *testing.T) {
	path := sharedtest.Path(t, "models/detect/yolox_nano.onnx")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "yolox_nano.onnx"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := detect.Open(runtime(t), detect.Options{Path: dir, Device: "cpu", MinScore: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	const sum = "695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14"
	facts := d.Facts()
	for _, want := range []stage.Fact{{Name: "picture size", Value: "416 x 416"}, {Name: "classes", Value: "80"}, {Name: "least score", Value: "0.5"}, {Name: "device", Value: "cpu"}, {Name: "yolox_nano.onnx", Value: "sha256:" + sum}} {
		if !slices.Contains(facts, want) {
			t.Errorf("no fact %v in %v", want, facts)
		}
	}
	if c := d.Canonical(); !strings.Contains(c, sum) || !strings.Contains(c, `"min_score":0.5`) || strings.Contains(c, "cpu") {
		t.Errorf("canonical: %s", c)
	}
	if got := d.Files(); len(got) != 1 || got[0].SHA256 != sum {
		t.Errorf("files: %v", got)
	}
	if names := detect.Classes(); len(names) != 80 || names[0] != "person" || names[15] != "cat" || names[62] != "tv" || names[79] != "toothbrush" {
		t.Errorf("classes: %d, %v", len(names), names)
	}
}

// What is no picture is an error of internal/picture; a picture of one pixel is
// one like any other.
func TestHostilePictures(t *testing.T) {
	d := nano(t, detect.Options{MaxPixels: 10_000})
	for _, data := range [][]byte{nil, []byte("<html>"), []byte("\x89PNG\r\n\x1a\n0000IHDR"), {0xff, 0xd8, 0xff}} {
		if _, err := d.Prepare(data, nil); picture.ReasonOf(err) == "" {
			t.Errorf("%q: %v", data, err)
		}
	}
	big, err := os.ReadFile(sharedtest.Path(t, "data/images/animal__skimage_chelsea.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Prepare(big, nil); picture.ReasonOf(err) != picture.TooLarge {
		t.Errorf("over the limit of pixels: %v", err)
	}
	one(t, d, detect.Prepared{Pixels: make([]byte, d.PreparedBytes()), Width: 1, Height: 1})
}

func BenchmarkPrepare(b *testing.B) {
	d := nano(b, detect.Options{})
	data, err := os.ReadFile(sharedtest.Path(b, "data/images/meeting__18f_0214_fec-meeting.jpg"))
	if err != nil {
		b.Fatal(err)
	}
	into := make([]byte, d.PreparedBytes())
	for b.Loop() {
		if _, err := d.Prepare(data, into); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDetect(b *testing.B) {
	d := nano(b, detect.Options{})
	p := prepare(b, d, "meeting__18f_0214_fec-meeting.jpg")
	for b.Loop() {
		one(b, d, p)
	}
}
