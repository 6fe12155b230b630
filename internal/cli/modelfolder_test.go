package cli

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/clip/cliptest"
	"icono/internal/onnx"
)

// modelStudy writes a study of two pictures with a model in its folder.
func modelStudy(t *testing.T, dir, stage string) {
	t.Helper()
	if library, _ := onnx.Locate(); library == "" {
		t.Skip("skipped: needs ONNX Runtime, which `make setup` fetches")
	}
	if err := cliptest.Write(filepath.Join(dir, "m"), cliptest.Options{}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]color.RGBA{"a.png": {200, 0, 0, 255}, "b.png": {0, 0, 200, 255}} {
		paintPicture(t, filepath.Join(dir, "p", name), c)
	}
	writeText(t, filepath.Join(dir, "pipeline.yaml"), `version: 1
name: folder
stages:
  - {id: pics, kind: load, with: {path: p}}
  - {id: c, kind: clip, with: `+stage+`}
  - {id: o, kind: save, with: {path: o.csv}}
  - {id: page, kind: report, from: c, with: {path: page.html, pictures: none}}
`)
}

// paintPicture writes a picture of one colour.
func paintPicture(t *testing.T, path string, c color.RGBA) {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 20, 20))
	for i := range 400 {
		m.SetRGBA(i%20, i/20, c)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
}

// holds reports whether any file below a folder holds a text.
func holds(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), text) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A study whose model lies in a folder is the same wherever it lies: it computes nothing
// anew, is as its lock says, and holds no path of the machine. A model in a folder of
// another name is the same model.
func TestModelFolderMoves(t *testing.T) {
	const labels = `labels: {Red: a red picture, Blue: [blau]}`
	for name, model := range map[string]string{"beside": "./m", "absolute": "INSIDE/m", "out of the study": "OUTSIDE/m"} {
		top := t.TempDir()
		one, two := filepath.Join(top, "one"), filepath.Join(top, "two")
		modelStudy(t, one, "{model: "+strings.NewReplacer("INSIDE", one, "OUTSIDE", top).Replace(model)+", "+labels+"}")
		if err := cliptest.Write(filepath.Join(top, "m"), cliptest.Options{}); err != nil {
			t.Fatal(err)
		}
		must := func(args ...string) string {
			t.Helper()
			code, out, errs := run(t, args...)
			if code != exitDone {
				t.Fatalf("%s: %v: exit code %d\n%s%s", name, args, code, out, errs)
			}
			return out + errs
		}
		must("run", one)
		must("answers", "export", "--vectors", one)
		written := holds(t, one, top)
		if model != "./m" { // the pipeline itself has it, and the lock what the pipeline says
			written = append(holds(t, filepath.Join(one, "cassettes"), top), holds(t, filepath.Join(one, ".icono"), top)...)
		}
		if len(written) > 0 {
			t.Errorf("%s: the path of the machine is in %q", name, written)
		}
		if err := os.Rename(one, two); err != nil {
			t.Fatal(err)
		}
		if name == "absolute" {
			continue // there is no such folder any more
		}
		if out := must("plan", "--json", two); !strings.Contains(out, `"stored": 2`) || !strings.Contains(out, `"to_compute": 0`) {
			t.Errorf("%s: %s", name, out)
		}
		must("run", "--locked", two)
		must("verify", two)
		must("run", "--record", "none", "--locked", two)
		if name != "beside" {
			continue
		}
		// The folder has another name, and then other files.
		if err := os.Rename(filepath.Join(two, "m"), filepath.Join(two, "n")); err != nil {
			t.Fatal(err)
		}
		edit := func(old, new string) {
			t.Helper()
			file := filepath.Join(two, "pipeline.yaml")
			writeText(t, file, strings.Replace(readText(t, file), old, new, 1))
		}
		edit("./m", "./n")
		if out := must("plan", "--json", two); !strings.Contains(out, `"stored": 2`) || !strings.Contains(out, `"to_compute": 0`) {
			t.Errorf("another name: %s", out)
		} else if strings.Contains(out, "to compute anew") {
			t.Errorf("another name, of which nothing is computed: %s", out)
		}
		must("run", "--no-lock", "--record", "none", two)
		t.Setenv(onnx.LibraryVariable, "/nowhere.so")
		misses(t, two, "row \"p/a.png\": no vector of the picture p/a.png (model: ./n here, ./m recorded) is recorded for the stage `c`")
		edit("model: ./n", "model: ./m, precision: fp16")
		misses(t, two, "(precision: fp16 here, fp32 recorded)")
		edit("model: ./m, precision: fp16", "model: palette, column: Mood")
		misses(t, two, "(model: palette here, ./m recorded)")
		t.Setenv(onnx.LibraryVariable, "")
		if err := cliptest.Write(filepath.Join(two, "n"), cliptest.Options{Mask: true}); err != nil {
			t.Fatal(err)
		}
		edit("model: palette, column: Mood", "model: ./n")
		misses(t, two, "(textual/model.onnx: sha256:")
	}
}

// misses checks that a replay ends because a vector is not recorded.
func misses(t *testing.T, dir, says string) {
	t.Helper()
	code, out, errs := run(t, "run", "--record", "none", dir)
	if code != exitFailed || !strings.Contains(errs, says) || !strings.Contains(errs, "a replay computes nothing") {
		t.Errorf("%s: exit code %d\n%s%s", says, code, out, errs)
	}
}

// What a replay lacks of palette is told as it is: the option that changed, not a phrase
// that is recorded. Where nothing is recorded, it says how that is done.
func TestReplayTellsTheOption(t *testing.T) {
	dir := t.TempDir()
	const labels = `labels: {Dark: dark, Red: [red]}`
	modelStudy(t, dir, "{model: palette, "+labels+"}")
	for _, args := range [][]string{{"run", dir}, {"answers", "export", "--vectors", dir}} {
		if code, out, errs := run(t, args...); code != exitDone {
			t.Fatalf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
	}
	modelStudy(t, dir, "{model: palette, orient: true, "+labels+"}")
	misses(t, dir, "row \"p/a.png\": no vector of the picture p/a.png (orient: true here, false recorded) is recorded for the stage `c`")
	modelStudy(t, dir, "{model: clip-vit-b-32, "+labels+"}")
	t.Setenv(onnx.LibraryVariable, "/nowhere.so")
	misses(t, dir, "(model: clip-vit-b-32 here, palette recorded)")
	if err := os.RemoveAll(filepath.Join(dir, cassetteFolder)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, storeFolder)); err != nil {
		t.Fatal(err)
	}
	for _, model := range []string{"palette", "./m"} {
		t.Setenv(onnx.LibraryVariable, "")
		modelStudy(t, dir, "{model: "+model+", "+labels+"}")
		t.Setenv(onnx.LibraryVariable, "/nowhere.so")
		if code, _, errs := run(t, "run", "--record", "none", dir); code != exitMissing || !strings.Contains(errs, "icono answers export --vectors") {
			t.Errorf("%s: exit code %d\n%s", model, code, errs)
		}
		t.Setenv(onnx.LibraryVariable, "")
	}
}
