package cli

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"icono/internal/clip"
	"icono/internal/clip/cliptest"
	"icono/internal/onnx"
	"icono/internal/sharedtest"
)

// namedModels lets named models come from a local hub that serves the folder as
// the repository, and be kept in a folder of the test.
func namedModels(t *testing.T, repo, dir string, downloads *int) {
	t.Helper()
	library, _ := onnx.Locate()
	if library == "" {
		t.Skip("skipped: needs ONNX Runtime, which `make setup` fetches")
	}
	cache := t.TempDir()
	t.Setenv(onnx.LibraryVariable, library)
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	t.Setenv(clip.HubVariable, hubOf(t, repo, dir, downloads))
}

// readTable reads a CSV file as columns by name.
func readTable(t *testing.T, path string) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string][]string{}
	for i, name := range rows[0] {
		for _, row := range rows[1:] {
			columns[name] = append(columns[name], row[i])
		}
	}
	return columns
}

// TestImageTypes runs the example study of image types with the pipeline file
// that users get. The model that it downloads has the layout of the named one,
// and knows nothing of image types: what is checked is the form of what comes
// out, not the codes.
func TestImageTypes(t *testing.T) {
	model, top, downloads := t.TempDir(), t.TempDir(), 0
	if err := cliptest.WriteTransformers(model); err != nil {
		t.Fatal(err)
	}
	namedModels(t, "Xenova/clip-vit-base-patch32", model, &downloads)
	text, err := os.ReadFile("../../examples/image-types/pipeline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	study := filepath.Join(top, "image-types")
	if err := os.Mkdir(study, 0o755); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"../../examples/image-types/data": filepath.Join(study, "data"), "../../examples/colour-mood": filepath.Join(top, "colour-mood")} {
		absolute, err := filepath.Abs(from)
		if err == nil {
			err = os.Symlink(absolute, to)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	writeText(t, filepath.Join(study, "pipeline.yaml"), string(text))
	if code, out, errs := run(t, "run", study); code != exitDone {
		t.Fatalf("exit code %d:\n%s%s", code, out, errs)
	}
	if downloads != 3 {
		t.Errorf("%d downloads for 3 files", downloads)
	}
	posts, coded := readTable(t, filepath.Join(study, "data/posts.csv")), readTable(t, filepath.Join(study, "out/posts.csv"))
	for name, column := range posts {
		if !slices.Equal(column, coded[name]) {
			t.Errorf("the column %q has changed", name)
		}
	}
	checkTypes(t, string(text), coded)
	report, err := os.ReadFile(filepath.Join(study, "out/report.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Image types of four accounts", "Social Media Moderation", "clip-vit-b-32", "ONNX Runtime", "EXIF orientation", "aggregate", "template", "precision", "device"} {
		if !bytes.Contains(report, []byte(want)) {
			t.Errorf("the report does not hold %q", want)
		}
	}
	if bytes.Contains(report, []byte("batch size")) {
		t.Error("the report tells a batch size")
	}
	if data, err := os.ReadFile(filepath.Join(study, "out/posts.parquet")); err != nil || !bytes.HasPrefix(data, []byte("PAR1")) {
		t.Errorf("posts.parquet: %d bytes, %v", len(data), err)
	}
}

// checkTypes compares the columns of the stage with the categories and phrases
// of the pipeline: every picture that can be read has a code.
func checkTypes(t *testing.T, pipeline string, coded map[string][]string) {
	t.Helper()
	faults := map[string]int{}
	for i, status := range coded["types_status"] {
		code, label, p := coded["Classification"][i], coded["Classification Label"][i], coded["Classification Probability"][i]
		if status != "ok" {
			faults[status]++
			if code+label+p != "" || coded["types_error"][i] == "" {
				t.Errorf("row %d is %s with the code %q and the error %q", i+1, status, code, coded["types_error"][i])
			}
			continue
		}
		at := slices.IndexFunc([]string{"        " + code + ":\n", "        \"" + code + "\":\n"}, func(line string) bool { return code != "" && strings.Contains(pipeline, line) })
		if at < 0 || label == "" || !strings.Contains(pipeline, "          - \""+label+"\"\n") {
			t.Errorf("row %d has the code %q by the phrase %q", i+1, code, label)
		}
		if share, err := strconv.ParseFloat(p, 64); err != nil || share <= 0 || share > 1 {
			t.Errorf("row %d has the probability %q", i+1, p)
		}
	}
	if len(coded["types_status"]) == 0 || len(faults) != 2 || faults["missing"] != 1 || faults["unreadable"] != 1 {
		t.Errorf("%d rows, of which faults %v", len(coded["types_status"]), faults)
	}
}

// TestModelFolderMissing: a folder of models that is not there is something
// that the machine lacks.
func TestModelFolderMissing(t *testing.T) {
	if library, _ := onnx.Locate(); library == "" {
		t.Skip("skipped: needs ONNX Runtime, which `make setup` fetches")
	}
	dir := t.TempDir()
	writeText(t, filepath.Join(dir, "posts.csv"), "ID,File\n1,a.png\n")
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for model, want := range map[string]string{"./nope": "there is no folder ", "./empty": "there is no .onnx file in the folder "} {
		writeText(t, filepath.Join(dir, "pipeline.yaml"), strings.ReplaceAll(`version: 1
name: missing
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID, image: File}}
  - {id: types, kind: clip, with: {model: MODEL, labels: {red: [red]}}}
  - {id: out, kind: save, with: {path: out.csv}}
`, "MODEL", model))
		code, _, errs := run(t, "run", dir)
		if code != exitMissing || !strings.Contains(errs, want+filepath.Join(dir, model)) || !strings.Contains(errs, "holds an ONNX export of a CLIP model") {
			t.Errorf("%s: exit code %d:\n%s", model, code, errs)
		}
	}
}

// TestReportWhateverTheBatchSize: table and report of a run are the same for
// every batch size, but for the override that the report names.
func TestReportWhateverTheBatchSize(t *testing.T) {
	if library, _ := onnx.Locate(); library == "" {
		t.Skip("skipped: needs ONNX Runtime, which `make setup` fetches")
	}
	folder, data := sharedtest.Path(t, "models", "cococlip"), sharedtest.Path(t, "data")
	pictures, err := filepath.Glob(filepath.Join(data, "images", "group_photo*"))
	if err != nil || len(pictures) == 0 {
		t.Fatalf("%d pictures, %v", len(pictures), err)
	}
	posts := "ID,File\n"
	for i := range 17 { // alone in a batch of 2 or 16 is the last
		p := pictures[(i+1)%len(pictures)]
		posts += fmt.Sprintf("%02d,%s\n", i, p)
	}
	dir := t.TempDir()
	writeText(t, filepath.Join(dir, "posts.csv"), posts)
	whole := strings.ReplaceAll(`version: 1
name: sizes
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID, image: File}}
  - {id: types, kind: clip, with: {model: MODEL, scores: phrases, labels: {Person: ["A photo of a person, smiling at the photographer."], Crowd: [a crowd of people], Screen: [a screenshot], Nature: [plants and sky]}}}
  - {id: out, kind: save, with: {path: out.csv}}
  - {id: report, kind: report, from: types, with: {path: report.html, pictures: none}}
`, "MODEL", folder)
	writeText(t, filepath.Join(dir, "pipeline.yaml"), whole)
	want := map[string]string{}
	for _, size := range []string{"16", "1", "2", "7"} {
		if code, _, errs := run(t, "run", dir, "--set", "types.batch_size="+size); code != exitDone {
			t.Fatalf("exit code %d:\n%s", code, errs)
		}
		for _, name := range []string{"out.csv", "report.html"} {
			got, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(string(got), "batch_size="+size, "batch_size=N") // the override itself
			if want[name] == "" {
				want[name] = text
			} else if want[name] != text {
				t.Errorf("%s differs at batch size %s", name, size)
			}
		}
	}
}
