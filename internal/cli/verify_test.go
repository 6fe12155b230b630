package cli

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// examples copies the whole-method example with the pictures that it uses, runs it
// from its recorded answers, and returns its folder.
func ranExample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"ensemble", "colour-mood"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("../../examples", name))); err != nil {
			t.Fatal(err)
		}
	}
	study := filepath.Join(dir, "ensemble")
	for _, name := range []string{"out", ".icono", "pipeline.lock", "pipeline.pictures.sha256"} {
		if err := os.RemoveAll(filepath.Join(study, name)); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, text := run(t, "run", "--record", "none", study); code != exitDone {
		t.Fatalf("exit code %d:\n%s", code, text)
	}
	return study
}

// Whatever byte of a study is changed, verify finds it and names the file.
func TestEveryChangedByteIsFound(t *testing.T) {
	study := ranExample(t)
	if code, out, text := run(t, "verify", study); code != exitDone || !strings.Contains(out, "as in pipeline.lock") {
		t.Fatalf("unchanged: exit code %d\n%s%s", code, out, text)
	}
	list, err := os.ReadFile(filepath.Join(study, "pipeline.pictures.sha256"))
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"../colour-mood/data/posts.csv"}
	for line := range strings.Lines(string(list)) {
		files = append(files, strings.TrimSpace(line[66:]))
	}
	err = filepath.WalkDir(study, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(study, path)
		other := strings.HasPrefix(rel, "hand") || strings.HasPrefix(rel, "cassettes/google") || strings.HasSuffix(rel, ".md") || rel == "google.yaml"
		if err == nil && d.Type().IsRegular() && !other {
			files = append(files, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(20, 3))
	for i, name := range files {
		if strings.Contains(name, "media/") && i%6 != 0 && testing.Short() {
			continue
		}
		path := filepath.Join(study, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tries := 3
		if strings.HasSuffix(name, ".lock") {
			tries = 40
		}
		for try := range tries {
			at := random.IntN(len(whole))
			if try == 0 {
				at = len(whole) - 1 // a line end, mostly
			}
			changed := append([]byte{}, whole...)
			changed[at] ^= byte(1 << random.IntN(7))
			if err := os.WriteFile(path, changed, 0o644); err != nil {
				t.Fatal(err)
			}
			code, out, text := run(t, "verify", study)
			said := out + text
			if strings.HasSuffix(name, ".lock") && strings.Contains(said, "by pipeline.lock it was written by icono") {
				continue // the version of the program, which may be another
			}
			if code != exitDiffers || !strings.Contains(said, filepath.Base(name)) {
				t.Errorf("%s, byte %d (%q for %q): exit code %d\n%s", name, at, changed[at], whole[at], code, said)
			}
		}
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d files", len(files))
	picture := filepath.Join(study, files[1]) // which a clone without Git LFS has as a pointer
	whole, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", string(whole)} {
		if err := os.WriteFile(picture, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, out, _ := run(t, "verify", study); strings.Contains(out, "git lfs pull") == (text == string(whole)) {
			t.Errorf("%.30q in the place of a picture:\n%s", text, out)
		}
	}
	for _, name := range []string{files[1], "out/merged.csv", "cassettes/scene.jsonl"} { // and what is gone
		path := filepath.Join(study, name)
		if err := os.Rename(path, path+".gone"); err != nil {
			t.Fatal(err)
		}
		if code, out, text := run(t, "verify", study); code != exitDiffers || !strings.Contains(out, filepath.Base(name)) {
			t.Errorf("%s is gone: exit code %d\n%s%s", name, code, out, text)
		}
		if err := os.Rename(path+".gone", path); err != nil {
			t.Fatal(err)
		}
	}
}

// A run that is held to its lock says what drifted, and where, before it asks or
// writes anything; writing the same in another way is no drift.
func TestLocked(t *testing.T) {
	study := ranExample(t)
	file := filepath.Join(study, "pipeline.yaml")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	output, err := os.ReadFile(filepath.Join(study, "out/merged.csv"))
	if err != nil {
		t.Fatal(err)
	}
	same := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	for name, c := range map[string]struct {
		edit func(string) string
		want string // "" where it is no drift
	}{
		"a comment":           {same("# CLIP: how a picture looks.", "# How it looks."), ""},
		"quotes":              {same(`"a dark picture"`, `'a dark picture'`), ""},
		"the order of keys":   {same("id: groups\n    kind: filter", "kind: filter\n    id: groups"), ""},
		"spaces":              {same("{n: 8, by: Username}", "{ by:   Username,  n: 8 }"), ""},
		"a default written":   {same("      model: palette\n", "      model: palette\n      aggregate: max\n"), ""},
		"speed":               {same("      model: palette\n", "      model: palette\n      batch_size: 7\n"), ""},
		"a phrase":            {same("a dark picture", "a gloomy picture"), "mood: the option labels changed"},
		"the order of labels": {same(`        Dark: ["a dark picture", "a black picture"]`+"\n"+`        Bright: ["a bright picture", "a white picture"]`, `        Bright: ["a bright picture", "a white picture"]`+"\n"+`        Dark: ["a dark picture", "a black picture"]`), "mood: the option labels changed"},
		"the sample":          {same("n: 8", "n: 7"), "pilot: the option n changed: locked 8, found 7"},
		"the seed":            {same("seed: 2021", "seed: 2022"), "seed changed: locked 2021, found 2022"},
		"a stage less":        {same("  - id: all\n    kind: save\n    from: coded\n    with: {path: out/posts.parquet}\n", ""), "all: the stage of kind save is gone"},
		"the input":           {same("    from: merged\n    with: {path: out/merged.csv}", "    from: caption\n    with: {path: out/merged.csv}"), "table: from changed: locked [merged], found [caption]"},
	} {
		text := c.edit(string(whole))
		if text == string(whole) {
			t.Errorf("%s: nothing was changed", name)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		code, out, said := run(t, "run", "--locked", "--record", "none", study)
		if c.want == "" && code != exitDone || c.want != "" && (code != exitDiffers || !strings.Contains(said, c.want) || !strings.Contains(said, "nothing was run")) {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out, said)
		}
		if c.want != "" && !strings.Contains(c.want, "seed") && !strings.Contains(c.want, "gone") && !strings.Contains(said, "pipeline.yaml:") {
			t.Errorf("%s: no place in\n%s", name, said)
		}
	}
	if err := os.WriteFile(file, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(filepath.Join(study, "out/merged.csv")); err != nil || string(now) != string(output) {
		t.Error("a refused run wrote")
	}
	for _, other := range [][]string{{"--only", "mood"}, {"--limit", "3"}, {"--set", "seed=3"}} {
		if code, _, said := run(t, append([]string{"run", "--locked", study}, other...)...); code != exitWrong || !strings.Contains(said, other[0]) {
			t.Errorf("%v: exit code %d\n%s", other, code, said)
		}
	}
}

// A lock does not depend on workers and batches, nor on how often a study is run; a
// trial leaves it as it is.
func TestSameLock(t *testing.T) {
	study := ranExample(t)
	read := func() string {
		a, err := os.ReadFile(filepath.Join(study, "pipeline.lock"))
		b, err2 := os.ReadFile(filepath.Join(study, "pipeline.pictures.sha256"))
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		return string(a) + string(b)
	}
	want := read()
	if regexp.MustCompile(`202[0-9]-|/tmp|` + regexp.QuoteMeta(filepath.Dir(study))).MatchString(want) {
		t.Errorf("a time or a place of this machine:\n%s", want)
	}
	for _, args := range [][]string{{"--workers", "1", "--batch-rows", "1"}, {"--workers", "8", "--batch-rows", "512"}, {"--limit", "49"}, {"--set", "pilot.n=3"}, {"--no-lock"}} {
		if code, _, said := run(t, append([]string{"run", "--record", "none", study}, args...)...); code != exitDone {
			t.Fatalf("%v: exit code %d\n%s", args, code, said)
		}
		if read() != want {
			t.Errorf("%v: another lock", args)
		}
	}
}

// Branches that edit different stages are merged by git alone where nothing hangs on
// both; where something does, the lock says so and a run settles it.
func TestLocksAreMerged(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: needs git")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git := func(args ...string) (string, error) {
		c := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"}, args...)...)
		c.Dir = dir
		out, err := c.CombinedOutput()
		return string(out), err
	}
	must := func(args ...string) {
		t.Helper()
		if out, err := git(args...); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	const study = `version: 1
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID}}
  - {id: long, kind: filter, with: {where: 'Likes > %d'}}
  - {id: first, kind: save, with: {path: first.csv}}
  - {id: marked, kind: select, from: posts, with: {derive: {Liked: 'Likes > %d'}}}
  - {id: second, kind: save, with: {path: second.csv}}
  - {id: both, kind: join, from: [posts, marked], with: {on: ID, prefix: m_}}
%s`
	write("posts.csv", "ID,Likes\na,1\nb,2\nc,3\nd,4\n")
	locked := func() {
		t.Helper()
		if code, _, said := run(t, "run", dir); code != exitDone {
			t.Fatalf("exit code %d\n%s", code, said)
		}
		must("add", "-A")
		must("commit", "-qm", "a change")
	}
	must("init", "-q")
	write("pipeline.yaml", fmt.Sprintf(study, 1, 1, ""))
	locked()
	must("checkout", "-qb", "filter")
	write("pipeline.yaml", fmt.Sprintf(study, 2, 1, ""))
	locked()
	must("checkout", "-q", "main")
	must("checkout", "-qb", "mark")
	write("pipeline.yaml", fmt.Sprintf(study, 1, 3, ""))
	locked()
	must("merge", "-q", "filter", "-m", "both")
	if code, out, said := run(t, "verify", dir); code != exitDone {
		t.Errorf("merged: exit code %d\n%s%s", code, out, said)
	}
	if code, _, said := run(t, "run", "--locked", dir); code != exitDone {
		t.Errorf("merged: exit code %d\n%s", code, said)
	}
	// Now both change what the same file is made from.
	must("checkout", "-q", "main")
	must("checkout", "-qb", "other")
	write("pipeline.yaml", fmt.Sprintf(study, 3, 1, ""))
	locked()
	if out, err := git("merge", "filter", "-m", "both"); err == nil {
		t.Fatalf("no conflict: %s", out)
	}
	must("checkout", "--ours", "pipeline.yaml", "first.csv")
	tell := func(file string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if code, _, said := run(t, "verify", dir); code != exitDiffers || !strings.Contains(said, "pipeline.lock:") || !strings.Contains(said, "conflicts by a merge") {
		t.Errorf("with conflicts: exit code %d\n%s", code, said)
	}
	locked() // a run settles it
	if code, out, said := run(t, "verify", dir); code != exitDone {
		t.Errorf("settled: exit code %d\n%s%s", code, out, said)
	}
	// With what init writes, git puts the locks together by itself.
	fresh := t.TempDir()
	if code, _, said := run(t, "init", filepath.Join(fresh, "study")); code != exitDone {
		t.Fatal(said)
	}
	attributes, err := os.ReadFile(filepath.Join(fresh, "study/.gitattributes"))
	if err != nil {
		t.Fatal(err)
	}
	must("checkout", "-q", "main")
	must("checkout", "-qb", "united")
	write(".gitattributes", string(attributes))
	write("pipeline.yaml", fmt.Sprintf(study, 3, 1, ""))
	locked()
	if out, err := git("merge", "filter", "-m", "both"); err == nil || strings.Contains(tell("pipeline.lock"), "<<<<") {
		t.Errorf("%v: %s\n%s", err, out, tell("pipeline.lock"))
	}
	must("checkout", "--ours", "pipeline.yaml", "first.csv")
	if code, _, said := run(t, "verify", dir); code != exitDiffers || !strings.Contains(said, "pipeline.lock:") || !strings.Contains(said, "icono run") {
		t.Errorf("put together: exit code %d\n%s", code, said)
	}
	locked()
	if code, out, said := run(t, "verify", dir); code != exitDone {
		t.Errorf("settled again: exit code %d\n%s%s", code, out, said)
	}
}
