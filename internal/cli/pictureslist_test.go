package cli

import (
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A list of pictures that contradicts a picture which is here is told by run and verify,
// and where the picture is not, the list is named and not the picture.
func TestOutdatedListOfPictures(t *testing.T) {
	t.Setenv("CI", "") // else nothing is computed
	dir := t.TempDir()
	must := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := run(t, args...)
		if code != want {
			t.Fatalf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
		return out + errs
	}
	modelStudy(t, dir, "{model: palette, labels: {Dark: dark, Red: [red], Blue: [blue]}}")
	file := filepath.Join(dir, "pipeline.yaml")
	writeText(t, file, strings.Replace(readText(t, file), "with: {path: p}", "with: {path: posts.csv, key: ID, image: File}", 1))
	writeText(t, filepath.Join(dir, "posts.csv"), "ID,File\na,p/a.png\nb,p/b.png\n")
	writeText(t, file, strings.Replace(readText(t, file), "stages:", "pictures: pictures.jsonl\nstages:", 1))
	// The list that the pipeline names is written where it is not there.
	if said := must(exitWrong, "run", dir); !strings.Contains(said, "`icono answers export --vectors --pictures` writes the list") {
		t.Error(said)
	}
	if said := must(exitDone, "answers", "export", "--vectors", "--pictures", dir); strings.Contains(said, "put the line") {
		t.Error(said)
	}
	if said := must(exitDone, "run", dir); strings.Contains(said, "pictures.jsonl says") {
		t.Error(said)
	}
	must(exitDone, "verify", dir)

	paintPicture(t, filepath.Join(dir, "p", "a.png"), color.RGBA{0, 0, 220, 255})
	said := must(exitDone, "run", dir)
	if strings.Count(said, "pictures.jsonl says something else of 1 picture than what is there") != 1 || !strings.Contains(said, "p/a.png") {
		t.Error(said)
	}
	must(exitDone, "answers", "export", "--vectors", dir)
	if said := must(exitDiffers, "verify", dir); !strings.Contains(said, "what pictures.jsonl says of the picture p/a.png changed") || !strings.Contains(said, "icono answers export --vectors --pictures") || !strings.Contains(said, "1 difference") {
		t.Error(said)
	}
	for _, name := range []string{"p", storeFolder} { // as in a clone
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(dir, "away"+name)); err != nil {
			t.Fatal(err)
		}
	}
	if said := must(exitDiffers, "verify", dir); !strings.Contains(said, "what pictures.jsonl says of the picture p/a.png changed") ||
		!strings.Contains(said, "no vector of the picture p/a.png as the list of pictures describes it") {
		t.Error(said)
	}
	for _, name := range []string{"p", storeFolder} {
		if err := os.Rename(filepath.Join(dir, "away"+name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	must(exitDone, "answers", "export", "--vectors", "--pictures", dir)
	must(exitDone, "verify", dir)
	if said := must(exitDone, "run", dir); strings.Contains(said, "pictures.jsonl says") {
		t.Error(said)
	}
}

// Pipelines of one folder share their list of pictures: what one writes leaves what is
// known of pictures of others, unless these are others by now.
func TestListOfPicturesIsShared(t *testing.T) {
	dir := t.TempDir()
	modelStudy(t, dir, "{model: palette, labels: {Dark: dark, Red: [red]}}")
	text := readText(t, filepath.Join(dir, "pipeline.yaml"))
	for _, name := range []string{"a", "b"} {
		writeText(t, filepath.Join(dir, name+".csv"), "ID,File\n"+name+",p/"+name+".png\n")
		writeText(t, filepath.Join(dir, name+".yaml"), strings.Replace(text, "with: {path: p}", "with: {path: "+name+".csv, key: ID, image: File}", 1))
	}
	export := func(name string) string {
		t.Helper()
		if code, out, errs := run(t, "answers", "export", "--vectors", "--pictures", filepath.Join(dir, name+".yaml")); code != exitDone {
			t.Fatalf("exit code %d\n%s%s", code, out, errs)
		}
		return readText(t, filepath.Join(dir, "pictures.jsonl"))
	}
	of := func(list, path string) string {
		for _, line := range strings.Split(list, "\n") {
			if strings.Contains(line, path) {
				return line
			}
		}
		return ""
	}
	first := export("a")
	both := export("b")
	if of(first, "p/a.png") == "" || of(both, "p/a.png") != of(first, "p/a.png") || of(both, "p/b.png") == "" {
		t.Errorf("%s\n%s", first, both)
	}
	paintPicture(t, filepath.Join(dir, "p", "a.png"), color.RGBA{0, 0, 220, 255})
	if again := export("b"); of(again, "p/a.png") == of(both, "p/a.png") || of(again, "p/a.png") == "" {
		t.Errorf("of a picture that was replaced: %s", again)
	}
	if err := os.Remove(filepath.Join(dir, "p", "a.png")); err != nil {
		t.Fatal(err)
	}
	if again := export("b"); of(again, "p/a.png") == "" {
		t.Errorf("of a picture that is not here: %s", again)
	}
}

// What a killed export leaves of files that it has not finished is removed by the next
// export or run.
func TestUnfinishedFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	modelStudy(t, dir, "{model: palette, labels: {Dark: dark, Red: [red]}}")
	if code, out, errs := run(t, "run", dir); code != exitDone {
		t.Fatal(out + errs)
	}
	for _, args := range [][]string{{"answers", "export", "--vectors", dir}, {"run", dir}} {
		for _, name := range []string{".pictures.jsonl.icono-tmp-1-0", "cassettes/.c.jsonl.icono-tmp-1-0"} {
			if err := put(filepath.Join(dir, name), []byte("half")); err != nil {
				t.Fatal(err)
			}
		}
		if code, out, errs := run(t, args...); code != exitDone {
			t.Fatal(out + errs)
		}
		for _, pattern := range []string{".*icono-tmp*", "cassettes/.*"} {
			if left, err := filepath.Glob(filepath.Join(dir, pattern)); err != nil || len(left) > 0 {
				t.Errorf("%v leaves %v, %v", args, left, err)
			}
		}
	}
}
