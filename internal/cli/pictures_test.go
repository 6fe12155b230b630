package cli

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A study whose pictures git does not keep: with the list of what is known of them a
// clone without pictures is replayed and verified, and diff tells which code a picture
// changed that was replaced; without the list it says that it cannot.
func TestPicturesOutOfGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: needs git")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := put(filepath.Join(dir, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	paint := func(name string, c color.Color) {
		t.Helper()
		m := image.NewRGBA(image.Rect(0, 0, 40, 40))
		for i := range 1600 {
			m.Set(i%40, i/40, c)
		}
		if err := os.MkdirAll(filepath.Join(dir, "media"), 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(filepath.Join(dir, "media", name))
		if err == nil {
			err = png.Encode(f, m)
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	git := func(in string, args ...string) {
		t.Helper()
		c := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b.c"}, args...)...)
		c.Dir = in
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	must := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := run(t, args...)
		if code != want {
			t.Fatalf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
		return out + errs
	}
	const pipe = `version: 1
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID, image: '"media/" + ID + ".png"'}}
  - {id: mood, kind: clip, with: {model: palette, column: Mood, labels: {Dark: [a dark picture, a black picture], Bright: [a bright picture, a white picture]}}}
  - {id: out, kind: save, with: {path: out/t.csv}}
`
	write("posts.csv", "ID\na\nb\nc\n")
	write("pipeline.yaml", pipe)
	write(".gitignore", "media/\nout/\n.icono/\n")
	paint("a.png", color.White)
	paint("b.png", color.White)
	paint("c.png", color.Black)
	must(exitDone, "run", dir)
	must(exitDone, "answers", "export", "--vectors", dir)
	git(dir, "init", "-q")
	git(dir, "add", "-A")
	git(dir, "commit", "-qm", "first")
	paint("b.png", color.Black)
	must(exitDone, "run", dir)
	if said := must(exitDone, "diff", "HEAD", "--study", dir); !strings.Contains(said, "the picture media/b.png is another, and git does not keep the earlier one") || !strings.Contains(said, "warning: 1 picture is not those") && !strings.Contains(said, "1 picture is") {
		t.Errorf("without the list:\n%s", said)
	}

	// With the list.
	paint("b.png", color.White)
	must(exitDone, "run", dir)
	if said := must(exitDone, "answers", "export", "--vectors", "--pictures", dir); !strings.Contains(said, "what is known of 3 pictures is in") || !strings.Contains(said, "put the line `pictures: pictures.jsonl` into") {
		t.Error(said)
	}
	write("pipeline.yaml", strings.Replace(pipe, "stages:", "pictures: pictures.jsonl\nstages:", 1))
	must(exitDone, "run", dir)
	must(exitDone, "verify", dir)
	git(dir, "add", "-A")
	git(dir, "commit", "-qm", "second")
	clone := filepath.Join(t.TempDir(), "clone")
	git(dir, "clone", "-q", dir, clone)
	must(exitDone, "run", "--locked", "--record", "none", clone)
	must(exitDone, "verify", clone)
	a, err := os.ReadFile(filepath.Join(dir, "out/t.csv"))
	b, err2 := os.ReadFile(filepath.Join(clone, "out/t.csv"))
	if err != nil || err2 != nil || string(a) != string(b) || !strings.Contains(string(a), "b,media/b.png,Bright") {
		t.Errorf("%v %v\n%s\n%s", err, err2, a, b)
	}

	paint("b.png", color.Black)
	must(exitDone, "run", dir)
	said := must(exitDone, "diff", "HEAD", "--study", dir)
	if !strings.Contains(said, "Bright -> Dark") && !strings.Contains(said, "Bright → Dark") || !strings.Contains(said, "picture") || strings.Contains(said, "git does not keep") {
		t.Errorf("with the list:\n%s", said)
	}

	must(exitDone, "answers", "export", "--vectors", "--pictures", dir) // the list names the picture as it is

	// What is only written in another way is let pass where that is asked for.
	write("pipeline.yaml", "# a comment\n"+strings.Replace(pipe, "stages:", "pictures: pictures.jsonl\nstages:", 1))
	if said := must(exitDiffers, "verify", dir); !strings.Contains(said, "changed outside of the stages, in what decides no result") {
		t.Error(said)
	}
	must(exitDone, "verify", "--ignore-form", dir)
	// Without an earlier version there is nothing to compare with.
	for _, revision := range []string{"0000000000000000000000000000000000000000", "HEAD~9"} {
		if said := must(exitDone, "diff", revision, "--if-any", "--study", dir); !strings.Contains(said, "There is no earlier version of this study to compare with") {
			t.Error(said)
		}
		must(exitWrong, "diff", revision, "--study", dir)
	}
	lock := filepath.Join(dir, "pipeline.lock")
	if said := must(exitWrong, "diff", lock, lock, "--fail-over", "5%"); !strings.Contains(said, "a lock holds only their sums") {
		t.Error(said)
	}
}
