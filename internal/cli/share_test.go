package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// A study that is shared has none of its names any more, is verified, and gives the
// same bytes whatever the workers and batches, without model, key, picture or network.
func TestShare(t *testing.T) {
	study := plantedStudy(t)
	before := tree(t, study)
	to := filepath.Join(t.TempDir(), "shared")
	who := filepath.Join(t.TempDir(), "who.csv")
	args := []string{"share", study, "-o", to, "--who", who, "--date", "2026-11-30", "--author", "Muster, Erika <0000-0002-1825-0097>", "--license", "CC-BY-4.0"}
	code, out, text := run(t, args...)
	if code != exitDone {
		t.Fatalf("exit code %d:\n%s%s", code, out, text)
	}
	for _, want := range []string{"posts likes kept", "posts cdn left out", "data/examples.csv answer kept", "data/examples.csv full_name left out; what it names is replaced in texts", "values as in the study", "can still identify people"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if !strings.Contains(text, "warning: these names are words of the pipeline or a codebook too, or were given by --word: party") {
		t.Errorf("it does not warn of names that are words:\n%s", text)
	}
	if found := survivors(t, to); len(found) > 0 {
		t.Errorf("names survive:\n%s", strings.Join(found, "\n"))
	}
	if found := survivors(t, study); len(found) < 100 {
		t.Fatalf("the search finds only %d of the names in the study itself", len(found))
	}
	for name := range tree(t, to) {
		if strings.Contains(name, ".icono") || strings.HasSuffix(name, ".png") || strings.HasSuffix(name, ".key") {
			t.Errorf("%s is shared", name)
		}
	}
	key, err := os.ReadFile(filepath.Join(study, ".icono/share.key"))
	if err != nil || bytes.Contains([]byte(fmt.Sprint(tree(t, to))), bytes.TrimSpace(key)) {
		t.Errorf("the key: %v", err)
	}
	delete(before, ".icono/share.key")
	after := tree(t, study)
	delete(after, ".icono/share.key")
	for name, text := range after {
		if !strings.HasPrefix(name, ".icono/") && before[name] != text {
			t.Errorf("sharing changed %s", name)
		}
	}

	t.Setenv("ICONO_ONNXRUNTIME", filepath.Join(t.TempDir(), "none"))
	t.Setenv("SIGHT_KEY", "")
	if code, out, text := run(t, "verify", to); code != exitDone || !strings.Contains(out, "as in pipeline.lock") {
		t.Fatalf("verify: exit code %d\n%s%s", code, out, text)
	}
	want := tree(t, to)
	if head, _, _ := strings.Cut(want["data/examples.csv"], "\r"); head != "file,answer" || !strings.Contains(want["README.md"], "| data/examples.csv | answer |") {
		t.Errorf("more of the examples is shared than is used, or the folder does not say so: %s", head)
	}
	if text := want["study.yaml"]; !strings.Contains(text, "https://doi.org/10.1000/182 # ask [email ") || !strings.Contains(text, "prompt: |\n        Answer as JSON") || !strings.Contains(text, "base_url: \"http://127.0.0.1") {
		t.Errorf("prose is not what it was but for names:\n%s", text)
	}

	recorded := ""
	for name, text := range want {
		if path.Base(name) == "free.jsonl" {
			recorded += text
		}
	}
	if text := recorded; !strings.Contains(text, "[url ") || !strings.Contains(text, "[email ") {
		t.Errorf("the recorded questions have another prompt than the pipeline:\n%.2000s", text)
	}
	for _, batch := range []string{"1", "7", "512"} {
		code, _, text := run(t, "run", "--locked", "--record", "none", "--workers", batch, "--batch-rows", batch, to)
		if code != exitDone {
			t.Fatalf("batches of %s: exit code %d\n%s", batch, code, text)
		}
	}
	for name, text := range tree(t, to) {
		if want[name] != text && !strings.HasPrefix(name, ".icono/") {
			t.Errorf("%s changed when it was run again", name)
		}
	}

	// Who made it can tell who is who, and put pictures in their places: then they are
	// compared, and all is as it was.
	private, err := os.ReadFile(who)
	if err != nil || !strings.Contains(string(private), "Username,planted.handle,p") {
		t.Errorf("%v\n%s", err, private)
	}
	put := 0
	for line := range strings.Lines(string(private)) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		if cells[0] != "picture" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(study, cells[1]))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(to, cells[2])
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if put++; put == 1 { // a wrong one
			if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
			if code, out, _ := run(t, "verify", to); code != exitDiffers || !strings.Contains(out, filepath.Base(file)) {
				t.Errorf("a wrong picture: exit code %d\n%s", code, out)
			}
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if code, out, text := run(t, "verify", to); code != exitDone || put < 10 {
		t.Errorf("with %d pictures: exit code %d\n%s%s", put, code, out, text)
	}
	if code, _, text := run(t, "run", "--locked", "--record", "none", to); code != exitDone {
		t.Errorf("with pictures: exit code %d\n%s", code, text)
	}
	for line := range strings.Lines(string(private)) {
		if cells := strings.Split(strings.TrimSpace(line), ","); cells[0] == "picture" {
			if err := os.RemoveAll(filepath.Join(to, strings.Split(cells[2], "/")[0])); err != nil {
				t.Fatal(err)
			}
		}
	}

	// why and methods say that the rows were drawn and kept before.
	drawn := strings.Fields(want["data/pilot.drawn.csv"])
	row, _, _ := strings.Cut(drawn[1], ",")
	if code, out, text := run(t, "why", row, "--study", to); code != exitDone || !strings.Contains(out, "drawn before: its key is in the list data/pilot.drawn.csv") ||
		!strings.Contains(out, "kept before: its key is in the list data/letters.kept.csv") {
		t.Errorf("why: exit code %d\n%s%s", code, out, text)
	}
	if text := want["methods.md"]; !strings.Contains(text, "The draw was not made anew: the rows that were drawn are listed in `data/pilot.drawn.csv`") ||
		!strings.Contains(text, "The condition was not applied anew") {
		t.Errorf("methods.md does not say that rows are listed:\n%s", text)
	}

	// The same key makes the same folder; another one another.
	if code, _, text := run(t, args...); code != exitWrong || !strings.Contains(text, "--force") {
		t.Errorf("a folder is replaced unasked: exit code %d\n%s", code, text)
	}
	os.Unsetenv("ICONO_ONNXRUNTIME")
	if code, _, text := run(t, append(args, "--force")...); code != exitDone {
		t.Fatalf("again: exit code %d\n%s", code, text)
	}
	for name, text := range tree(t, to) {
		if want[name] != text {
			t.Errorf("%s is another when it is shared again", name)
		}
	}
	other := filepath.Join(t.TempDir(), "other")
	if code, _, text := run(t, "share", study, "-o", other, "--key-file", filepath.Join(t.TempDir(), "k")); code != exitDone {
		t.Fatalf("another key: exit code %d\n%s", code, text)
	}
	if one, two := want["data/posts.csv"], tree(t, other)["data/posts.csv"]; one == two || len(one) == 0 {
		t.Error("another key gives the same pseudonyms")
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(to), ".*partial*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// The codes of what is shared are those of the study, row for row.
func TestSharedCodes(t *testing.T) {
	study := plantedStudy(t)
	to := filepath.Join(t.TempDir(), "shared")
	if code, _, text := run(t, "share", study, "-o", to, "--keep", "Side"); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	columns := func(dir string) map[string]int {
		count := map[string]int{}
		lines := strings.Split(cells(t, filepath.Join(dir, "out/all.parquet")), "\n")
		for _, line := range lines {
			var row map[string]any
			if json.Unmarshal([]byte(line), &row) == nil {
				count[fmt.Sprintln(row["likes"], row["Mood"], row["Mood Probability"], row["Kind"], row["Kind_agreement"], row["kinds_status"], row["seen_status"], row["merged"], row["Side"], row["inclusion_probability"])]++
			}
		}
		return count
	}
	a, b := columns(study), columns(to)
	if len(a) < 10 || len(a) != len(b) {
		t.Fatalf("%d and %d different rows", len(a), len(b))
	}
	statuses := map[string]bool{}
	for row := range a {
		if b[row] != a[row] {
			t.Errorf("%s: %d times in the study, %d times in what is shared", row, a[row], b[row])
		}
		for _, s := range []string{"ok", "missing", "unreadable", "refused", "truncated"} {
			statuses[s] = statuses[s] || strings.Contains(row, s)
		}
	}
	for s, seen := range statuses {
		if !seen {
			t.Errorf("no row is %s: the test is weaker than it was meant", s)
		}
	}
}

// Every changed byte of every shared file is found and named; what cannot be shared is
// said, and leaves nothing.
func TestSharedBytes(t *testing.T) {
	study := ranExample(t)
	to := filepath.Join(t.TempDir(), "shared")
	if code, _, text := run(t, "share", study, "-o", to); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	for name, text := range tree(t, to) {
		for _, at := range []int{0, len(text) / 2, len(text) - 1} {
			changed := []byte(text)
			changed[at] ^= 1
			file := filepath.Join(to, name)
			if err := os.WriteFile(file, changed, 0o644); err != nil {
				t.Fatal(err)
			}
			code, out, errs := run(t, "verify", to)
			if code != exitDiffers || name != "SHA256SUMS" && !strings.Contains(out+errs, filepath.Base(name)) {
				t.Errorf("%s, byte %d: exit code %d\n%s%s", name, at, code, out, errs)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(to, "data/more.csv"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := run(t, "verify", to); code != exitDiffers || !strings.Contains(out, "more.csv") {
		t.Errorf("a file more: exit code %d\n%s", code, out)
	}
}

func TestShareRefuses(t *testing.T) {
	study := ranExample(t)
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "thesis.docx"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"a folder with something else": {[]string{"-o", full}, exitWrong, "holds something that `icono share` has not written"},
		"a folder above the study":     {[]string{"-o", filepath.Dir(study)}, exitWrong, "would be replaced"},
		"a column that is not there":   {[]string{"--keep", "Likes", "-o", out}, exitWrong, "--keep Likes: no table"},
		"a date":                       {[]string{"--date", "30.11.2026", "-o", out}, exitWrong, "write it as 2026-11-30"},
		"an ORCID":                     {[]string{"--author", "A, B <0000-0002-1825-0098>", "-o", out}, exitWrong, "is no ORCID"},
		"a licence":                    {[]string{"--license", "CC BY 4.0", "-o", out}, exitWrong, "SPDX"},
		"a key file":                   {[]string{"--key-file", filepath.Join(study, "pipeline.yaml"), "-o", out}, exitWrong, "holds no key"},
	} {
		code, _, text := run(t, append([]string{"share", study}, test.args...)...)
		if code != test.code || !strings.Contains(text, test.want) {
			t.Errorf("%s: exit code %d, want %d with %q\n%s", name, code, test.code, test.want, text)
		}
	}
	if code, text, _ := run(t, "share", study, "--dry-run", "-o", out); code != exitDone || !strings.Contains(text, "posts  Username         replaced by pseudonyms") {
		t.Errorf("dry run: exit code %d\n%s", code, text)
	}
	// Without all answers there is nothing to replay.
	if err := os.Remove(filepath.Join(study, "cassettes/caption.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(study, ".icono")); err != nil {
		t.Fatal(err)
	}
	if code, _, text := run(t, "share", study, "-o", out); code != exitDiffers || !strings.Contains(text, "the study is not as in pipeline.lock, and is not shared") || !strings.Contains(text, "caption") {
		t.Errorf("without answers: exit code %d\n%s", code, text)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("something was written")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var b bytes.Buffer
	if code := Main(ctx, []string{"share", study, "-o", out}, Streams{In: strings.NewReader(""), Out: &b, Err: &b}, "test"); code == exitDone {
		t.Errorf("interrupted: %s", b.String())
	}
}
