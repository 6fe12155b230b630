package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"icono/internal/chat/chattest"
	"icono/internal/onnx"
)

// rerun runs the program in a folder without keys, models and a cache of its own.
func rerun(t *testing.T, args ...string) (code int, text string) {
	t.Helper()
	cmd := exec.Command("icono", args...)
	cmd.Env = append(os.Environ(), "CI=1", "OPENAI_API_KEY=", "TONE_KEY=", "XDG_CACHE_HOME="+t.TempDir(), onnx.LibraryVariable+"=/nowhere.so")
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState.ExitCode() <= 0 {
		t.Fatalf("%v\n%s", err, out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// wholeMethod copies the example with every coder, and the pictures that it uses, to a
// folder: as git has them, but without the lock.
func wholeMethod(t *testing.T) (top string) {
	t.Helper()
	top = t.TempDir()
	for _, name := range []string{"colour-mood", "ensemble"} {
		if err := os.CopyFS(filepath.Join(top, name), os.DirFS(filepath.Join(examples(t), name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"out", ".icono", "pipeline.lock", "pipeline.pictures.sha256"} {
		if err := os.RemoveAll(filepath.Join(top, "ensemble", name)); err != nil {
			t.Fatal(err)
		}
	}
	return top
}

// In whatever order a server answers, and however many questions are on their way,
// the outputs and the lock are the same; and another machine that has neither key nor
// server gets them again from the cassette.
func TestAnswersInAnyOrder(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: plantedKey, Script: func(c *chattest.Call) chattest.Behaviour {
		b := chattest.Says(fmt.Sprintf(`{"Tone": "%.8s"}`, c.Identity))
		b.Delay = time.Duration(rand.IntN(15)) * time.Millisecond
		return b
	}})
	names := []string{"out/tone.csv", "pipeline.lock"}
	want := map[string]string{}
	var study string
	for _, concurrency := range []int{1, 4, 33} {
		study = askingStudy(t, s.URL)
		file := filepath.Join(study, "pipeline.yaml")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(text), "concurrency: 4", fmt.Sprintf("concurrency: %d", concurrency), 1)
		if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := askingRun(study, "--batch-rows", fmt.Sprint(concurrency)).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, name := range names {
			got, err := os.ReadFile(filepath.Join(study, name))
			if err != nil {
				t.Fatal(err)
			}
			// The text of the stage is that of the file, where the number stands.
			lines := strings.Split(string(got), "\n")
			for i, line := range lines {
				if strings.HasPrefix(line, "    text: ") {
					lines[i] = ""
				}
			}
			if text := strings.Join(lines, "\n"); want[name] == "" {
				want[name] = text
			} else if text != want[name] {
				t.Errorf("%d at once: %s differs:\n%s\n%s", concurrency, name, text, want[name])
			}
		}
	}
	planted(t, study)
	if out, err := exec.Command("icono", "answers", "export", study).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	table, err := os.ReadFile(filepath.Join(study, "out/tone.csv"))
	if err != nil {
		t.Fatal(err)
	}
	asked := s.Asked()
	for _, name := range []string{".icono", "out"} { // what git does not carry
		if err := os.RemoveAll(filepath.Join(study, name)); err != nil {
			t.Fatal(err)
		}
	}
	if code, text := rerun(t, "run", "--locked", study); code != 0 {
		t.Fatalf("replayed: exit code %d\n%s", code, text)
	}
	if again, err := os.ReadFile(filepath.Join(study, "out/tone.csv")); err != nil || string(again) != string(table) {
		t.Errorf("replayed: %v, or another table", err)
	}
	if code, text := rerun(t, "verify", study); code != 0 {
		t.Errorf("verified: exit code %d\n%s", code, text)
	}
	if s.Asked() != asked {
		t.Errorf("the replay asked %d times", s.Asked()-asked)
	}
}

// A replay that is killed at any moment leaves each output and the lock whole or as it
// was, and the next one ends with the same bytes and leaves nothing else behind.
func TestKilledReplay(t *testing.T) {
	study := filepath.Join(wholeMethod(t), "ensemble")
	start := time.Now()
	if code, text := rerun(t, "run", study); code != 0 {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	took := time.Since(start)
	names := []string{"out/merged.csv", "out/posts.parquet", "out/report.html", "pipeline.lock", "pipeline.pictures.sha256"}
	want := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(study, name))
		if err != nil {
			t.Fatal(err)
		}
		want[name] = string(text)
	}
	for i := range 15 {
		if i%3 == 0 { // now and then from nothing
			for _, name := range []string{"out", "pipeline.lock", "pipeline.pictures.sha256"} {
				if err := os.RemoveAll(filepath.Join(study, name)); err != nil {
					t.Fatal(err)
				}
			}
		}
		cmd := exec.Command("icono", "run", "--record", "none", study)
		cmd.Env = append(os.Environ(), onnx.LibraryVariable+"=/nowhere.so")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(took))))
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		for _, name := range names {
			if text, err := os.ReadFile(filepath.Join(study, name)); err == nil && string(text) != want[name] {
				t.Errorf("kill %d: %s is neither whole nor gone", i, name)
			}
		}
	}
	if code, text := rerun(t, "run", "--locked", study); code == 0 || code == 2 && strings.Contains(text, "there is no lock") {
		if code, text := rerun(t, "run", study); code != 0 {
			t.Fatalf("exit code %d\n%s", code, text)
		}
	} else {
		t.Errorf("exit code %d\n%s", code, text)
	}
	for _, name := range names {
		if text, err := os.ReadFile(filepath.Join(study, name)); err != nil || string(text) != want[name] {
			t.Errorf("at the end: %v, or another %s", err, name)
		}
	}
	left, err := filepath.Glob(filepath.Join(study, "*/.*.icono-tmp-*"))
	more, err2 := filepath.Glob(filepath.Join(study, ".*.icono-tmp-*"))
	if err != nil || err2 != nil || len(left)+len(more) > 0 {
		t.Errorf("left behind: %v %v %v %v", left, more, err, err2)
	}
	if code, text := rerun(t, "verify", study); code != 0 {
		t.Errorf("verified: exit code %d\n%s", code, text)
	}
}
