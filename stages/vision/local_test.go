package vision_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/sharedtest"
	"icono/internal/stagetest"
	"icono/stages/vision"
)

func local(change func(*vision.Config)) *vision.Config {
	c := vision.Kind(nil).NewConfig().(*vision.Config)
	c.Provider, c.Features = "local", []string{"text"}
	if change != nil {
		change(c)
	}
	return c
}

func needTesseract(t *testing.T) {
	t.Helper()
	out, err := exec.Command("tesseract", "--list-langs").Output()
	if err != nil || !strings.Contains(string(out), "deu") {
		t.Skip("skipped: needs the program tesseract with German (apt-get install tesseract-ocr tesseract-ocr-deu)")
	}
}

// posters are pictures of this repository with German text, and what it says.
const posters = "../../examples/colour-mood/media/images/partei.morgenrot"

func TestGermanText(t *testing.T) {
	needTesseract(t)
	const poster = "2657603459207909986_2149321043.jpg"
	files := stagetest.Folder(posters)
	in := [][]any{{"1", poster}, {"2", "gone.jpg"}, {"3", poster}}
	folder := t.TempDir()
	first := readers(t, folder, nil)
	c := local(func(c *vision.Config) { c.LanguageHints, c.Boxes = []string{"de"}, true })
	got, ledger, err := seen(t, first, c, files, in, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Zeit für\nMorgen.\n\nGemeinsam früh aufstehen"; got[0]["OCR"] != want || got[2]["OCR"] != want || got[1]["seen_status"] != "missing" {
		t.Errorf("%q", got)
	}
	if sure, _ := got[0]["OCR_confidence"].(float64); sure < 0.8 || sure > 1 {
		t.Errorf("confidence %v", got[0]["OCR_confidence"])
	}
	words, _ := got[0]["OCR_words"].([]any)
	if len(words) != 6 || words[1].(map[string]any)["name"] != "für" {
		t.Errorf("words %v", words)
	}
	for _, w := range words {
		m := w.(map[string]any)
		l, r, top, b := m["left"].(float64), m["right"].(float64), m["top"].(float64), m["bottom"].(float64)
		if !(0 <= l && l < r && r <= 1 && 0 <= top && top < b && b <= 1) {
			t.Errorf("a box out of place: %v", m)
		}
	}
	if f := ledger.Facts(); !strings.HasPrefix(f["model"], "tesseract ") || f["languages"] != "deu" || !regexp.MustCompile(`^(Leptonica \S+, )?deu.traineddata sha256:[0-9a-f]{64}$`).MatchString(f["model files of text"]) {
		t.Errorf("facts %v", f)
	}
	modelFiles := ledger.Facts()["model files of text"]
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	// The second run needs no program, and another language is another question.
	t.Setenv("PATH", "")
	replay := readers(t, folder, func(o *asking.Options) { o.Mode = answers.None })
	again, ledger, err := seen(t, replay, c, files, in, 1)
	if d := cmp.Diff(got, again); err != nil || d != "" || ledger.Facts()["model files of text"] != modelFiles {
		t.Errorf("%v %s, facts %v", err, d, ledger.Facts())
	}
	live := readers(t, folder, nil)
	_, _, err = seen(t, live, local(nil), files, in, 1)
	if err == nil || !strings.Contains(err.Error(), "tesseract") || !strings.Contains(err.Error(), "apt-get install tesseract-ocr") {
		t.Errorf("without the program: %v", err)
	}
}

// Pictures with known text are read well enough: few of their words are missing.
func TestKnownTexts(t *testing.T) {
	needTesseract(t)
	images := sharedtest.Path(t, "data/images")
	text, err := os.ReadFile(sharedtest.Path(t, "data/ocr_ground_truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var truth map[string][]string
	if err := json.Unmarshal(text, &truth); err != nil {
		t.Fatal(err)
	}
	var in [][]any
	for name := range truth {
		found, _ := filepath.Glob(filepath.Join(images, "*_"+name+".*"))
		if len(found) == 0 {
			t.Fatalf("there is no picture %s", name)
		}
		path, err := filepath.Rel(images, found[0])
		if err != nil {
			t.Fatal(err)
		}
		in = append(in, []any{name, path})
	}
	got, _, err := seen(t, readers(t, t.TempDir(), nil), local(func(c *vision.Config) { c.LanguageHints = []string{"de", "en"} }), stagetest.Folder(images), in, 3)
	if err != nil {
		t.Fatal(err)
	}
	all, read := 0, 0
	for _, row := range got {
		ocr, _ := row["OCR"].(string)
		for _, word := range strings.Fields(strings.Join(truth[row["ID"].(string)], " ")) {
			all++
			if strings.Contains(ocr, word) {
				read++
			}
		}
	}
	t.Logf("%d of %d words", read, all)
	if read*4 < all*3 {
		t.Errorf("%d of %d words were read", read, all)
	}
}

func TestObjects(t *testing.T) {
	model := sharedtest.Path(t, "models/detect/yolox_nano.onnx")
	const coffee, cat = "2660960345248786382_2149321043.jpg", "2665366780363391798_2149321043.jpg"
	files := stagetest.Folder(posters)
	in := [][]any{{"1", coffee}, {"2", cat}}
	folder := t.TempDir()
	conf := func(score float64) *vision.Config {
		return local(func(c *vision.Config) {
			c.Features, c.Detector, c.MinScore = []string{"objects"}, model, &score
		})
	}
	d := readers(t, folder, nil)
	got, ledger, err := seen(t, d, conf(0.5), files, in, 2)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got[0]["Objects"].(string), "1x Cup") || got[1]["Objects"] != "1x Cat" {
		t.Errorf("%v", got)
	}
	if f := ledger.Facts(); f["model"] != "yolox_nano.onnx sha256:695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14" {
		t.Errorf("facts %v", f)
	}
	// A lower score has more objects, and looks at no picture again.
	asked := d.Spending().Asked
	more, _, err := seen(t, d, conf(0.05), files, in, 1)
	if err != nil || d.Spending().Asked != asked || len(more[1]["Object_list"].([]any)) <= len(got[1]["Object_list"].([]any)) {
		t.Errorf("%v, %d asked, %v", more, d.Spending().Asked-asked, err)
	}
}

// A file whose head is that of a picture and whose rest is not is its row's fault,
// and is not looked at again.
func TestBrokenPicture(t *testing.T) {
	needTesseract(t)
	dir := t.TempDir()
	whole, err := os.ReadFile(study(t).Resolve("red.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "half.png"), whole[:len(whole)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	first := readers(t, folder, nil)
	got, _, err := seen(t, first, local(nil), stagetest.Folder(dir), [][]any{{"1", "half.png"}}, 1)
	if err != nil || got[0]["seen_status"] != "unreadable" || got[0]["OCR"] != nil {
		t.Fatalf("%v, %v", got, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	replay := readers(t, folder, func(o *asking.Options) { o.Mode = answers.None })
	again, _, err := seen(t, replay, local(nil), stagetest.Folder(dir), [][]any{{"1", "half.png"}}, 1)
	if d := cmp.Diff(got, again); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}
