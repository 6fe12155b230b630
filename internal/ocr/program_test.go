package ocr_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"icono/internal/ocr"
	"icono/internal/stage"
)

// script is a program that says it is tesseract with eng and osd, and does body
// with a picture.
func script(t *testing.T, version, body string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("skipped: needs a shell")
	}
	path := filepath.Join(t.TempDir(), "tesseract")
	text := "#!/bin/sh\ncase $1 in\n--version) echo 'tesseract " + version + "'; exit;;\n--list-langs) printf 'List of available languages (2):\\neng\\nosd\\n'; exit;;\nesac\n" + body + "\n"
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// A program that hangs is ended after its time, or when the run ends; one that
// fails, floods or writes something else is an error of that picture.
func TestProgramsThatMisbehave(t *testing.T) {
	picture := written(t, 300, 20, "x")
	for name, c := range map[string]struct {
		body, says string
		limit      time.Duration
	}{
		"hangs":            {"exec sleep 60", "took longer than 200ms", 200 * time.Millisecond},
		"hangs in a child": {"sleep 5", "took longer than 200ms", 200 * time.Millisecond},
		"fails":            {"printf 'Estimating resolution as 80\\n\\033[31mError in pixRead\\033[0m\\n' >&2; exit 3", "tesseract failed (exit status 3): [31mError in pixRead[0m", 0},
		"complains much":   {"yes complaint | head -c 1000000 >&2; exit 1", "complaint; complaint", 0},
		"floods":           {"exec yes", "wrote more than 64 MB", 0},
		"writes nothing":   {"cat >/dev/null", "no table of words", 0},
		"other columns":    {"cat >/dev/null; printf 'level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext\\n5\\t1\\t1\\t1\\t1\\t1\\tx\\t0\\t0\\t0\\t90\\tword\\n'", "\"x\" is no number", 0},
		"reads no input":   {"exit 0", "", 0},
		"killed":           {"kill -9 $$", "tesseract failed (signal: killed)", 0},
	} {
		e, err := ocr.Open(t.Context(), ocr.Options{Program: script(t, "5.3.0", c.body), Timeout: c.limit})
		if err != nil {
			t.Fatal(err)
		}
		_, err = e.Read(t.Context(), picture)
		var failed *ocr.Error
		if !errors.As(err, &failed) || !strings.Contains(err.Error(), c.says) || failed.Timeout != (c.limit > 0) || len(err.Error()) > 500 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// When the run is cancelled, its processes end.
func TestCancelKills(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "pid")
	e, err := ocr.Open(t.Context(), ocr.Options{Program: script(t, "5.3.0", "echo $$ > '"+mark+"'; exec sleep 60")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { _, err := e.Read(ctx, written(t, 300, 20, "x")); ended <- err }()
	var pid string
	for strings.TrimSpace(pid) == "" {
		if text, err := os.ReadFile(mark); err == nil {
			pid = string(text)
		}
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := os.Stat("/proc/" + strings.TrimSpace(pid)); runtime.GOOS == "linux" && err == nil {
		t.Error("the process lives on")
	}
}

// The program is given one thread, and nothing of the environment that it does
// not need.
func TestEnvironment(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "secret-key")
	t.Setenv("OMP_THREAD_LIMIT", "8")
	e, err := ocr.Open(t.Context(), ocr.Options{Program: script(t, "5.3.0", "env | grep -E 'KEY|OMP|PATH' >&2; exit 1")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Read(t.Context(), written(t, 300, 20, "x"))
	if text := fmt.Sprint(err); strings.Contains(text, "secret") || !strings.Contains(text, "OMP_THREAD_LIMIT=1") || !strings.Contains(text, "PATH=") {
		t.Errorf("environment: %s", text)
	}
}

// What the machine lacks is named with the packages that bring it.
func TestOpenNamesPackages(t *testing.T) {
	real, old, other := script(t, "5.3.0", ""), script(t, "3.04.01", ""), filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte("#!/bin/sh\necho 'other 1.0'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		o       ocr.Options
		says    []string
		missing bool
	}{
		"no program":   {ocr.Options{Program: "no-such-program"}, []string{"apt-get install tesseract-ocr", "brew install tesseract"}, true},
		"no languages": {ocr.Options{Program: real, Languages: []string{"de", "zh-TW", "en"}}, []string{"for deu, chi_tra; it has eng, osd", "apt-get install tesseract-ocr-deu tesseract-ocr-chi-tra\n", "brew install tesseract-lang"}, true},
		"a script":     {ocr.Options{Program: real, Languages: []string{"script/Latin"}}, []string{"brew install tesseract-lang"}, true},
		"own data":     {ocr.Options{Program: real, Data: "/nowhere", Languages: []string{"de"}}, []string{"put deu.traineddata there"}, true},
		"an old one":   {ocr.Options{Program: old}, []string{"3.04.01 of tesseract, which is too old"}, true},
		"version 4":    {ocr.Options{Program: script(t, "4.1.1", ""), Threshold: ocr.Sauvola}, []string{"needs version 5"}, true},
		"another":      {ocr.Options{Program: other}, []string{"is not tesseract"}, false},
		"a mode":       {ocr.Options{Program: real, Mode: 2}, []string{"mode 2 reads no text"}, false},
		"a threshold":  {ocr.Options{Program: real, Threshold: "best"}, []string{"none of otsu"}, false},
		"a scale":      {ocr.Options{Program: real, Enlarge: 3000, Reduce: 2000}, []string{"enlarged to 3000"}, false},
	} {
		_, err := ocr.Open(t.Context(), c.o)
		var missing *stage.MissingError
		if err == nil || errors.As(err, &missing) != c.missing {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, says := range c.says {
			if !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// Languages are named as ISO 639-1 or as Tesseract does.
func TestCode(t *testing.T) {
	for hint, want := range map[string]string{"de": "deu", "DE": "deu", "de-AT": "deu", "en_US": "eng", "zh": "chi_sim", "zh-Hant": "chi_tra", "zh_TW": "chi_tra",
		"sr-Latn": "srp_latn", "af": "afr", "yo": "yor", "deu": "deu", "deu_latf": "deu_latf", "script/Latin": "script/Latin", "chi_sim": "chi_sim",
		"xx": "", "": "", "-l": "", "../deu": "", "deu/../x": "", "d e": "", "=": "", "af=afr": ""} {
		got, err := ocr.Code(hint)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v", hint, got, err)
		}
	}
	if got, err := ocr.Codes([]string{"de+en", "deu", "fr"}); err != nil || !slices.Equal(got, []string{"deu", "eng", "fra"}) {
		t.Errorf("codes: %v, %v", got, err)
	}
	if got, err := ocr.Codes(nil); err != nil || !slices.Equal(got, []string{"eng"}) {
		t.Errorf("no codes: %v, %v", got, err)
	}
	if err := (ocr.Options{Languages: []string{"osd"}, Mode: 99}).Check(); err == nil || !strings.Contains(err.Error(), "osd") || !strings.Contains(err.Error(), "99") {
		t.Errorf("check: %v", err)
	}
}

// Processes beside each other read what one reads.
func TestBesideEachOther(t *testing.T) {
	e := open(t, ocr.Options{})
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			want := fmt.Sprintf("This is page %d", 11*(i+1))
			if r, err := e.Read(t.Context(), written(t, 500, 40, want)); err != nil || r.Text != want {
				t.Errorf("read %q: %v", r.Text, err)
			}
		})
	}
	group.Wait()
}
