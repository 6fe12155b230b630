package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"icono/internal/chat/chattest"
)

const asking = `version: 1
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID}}
  - id: tone
    kind: gpt
    with: {model: gpt-4o, base_url: "%s", key: "${TONE_KEY}", prompt: "How does it sound?", columns: [Tone], image: {send: false}, inputs: {Text: Text}, concurrency: 4}
  - {id: out, kind: save, with: {path: out/tone.csv}}
`

// askingStudy writes a study of 60 texts that asks a server.
func askingStudy(t *testing.T, url string) string {
	t.Helper()
	dir := t.TempDir()
	var posts strings.Builder
	posts.WriteString("ID,Text\n")
	for i := range 60 {
		fmt.Fprintf(&posts, "%03d,text %d\n", i, i)
	}
	for name, text := range map[string]string{"posts.csv": posts.String(), "pipeline.yaml": fmt.Sprintf(asking, url)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const plantedKey = "sk-planted-0123456789abcdef"

func askingRun(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("icono", append([]string{"run", "--record", "new_episodes", dir}, args...)...)
	cmd.Env = append(os.Environ(), "TONE_KEY="+plantedKey)
	return cmd
}

// A run that is killed again and again pays at most the questions that were in
// flight a second time, and ends with the same bytes as one that was not.
func TestKilledWhileAsking(t *testing.T) {
	var delay atomic.Int64 // nanoseconds
	s := chattest.Start(t, chattest.Options{Key: plantedKey, Script: func(c *chattest.Call) chattest.Behaviour {
		b := chattest.Says(fmt.Sprintf(`{"Tone": "%.8s"}`, c.Identity))
		b.Delay = time.Duration(delay.Load())
		return b
	}})
	plain, killed := askingStudy(t, s.URL), askingStudy(t, s.URL)
	if text, err := askingRun(plain).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	before := s.Answers()
	delay.Store(int64(20 * time.Millisecond))
	kills := 4
	for range kills {
		cmd := askingRun(killed)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(60+rand.IntN(120)) * time.Millisecond)
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	}
	text, err := askingRun(killed).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if paid := s.Answers() - before; paid > 60+4*kills {
		t.Errorf("%d answers paid for 60 questions and %d kills with 4 in flight", paid, kills)
	}
	read := func(dir string) string {
		text, err := os.ReadFile(filepath.Join(dir, "out/tone.csv"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if read(plain) != read(killed) {
		t.Errorf("the outputs differ:\n%s\n%s", read(plain), read(killed))
	}
	for _, dir := range []string{plain, killed} {
		planted(t, dir)
	}
	if strings.Contains(string(text), plantedKey) {
		t.Error("the key is printed")
	}
	// A finished study asks nothing more.
	done := s.Asked()
	if text, err := askingRun(killed).CombinedOutput(); err != nil || s.Asked() != done {
		t.Errorf("%d questions more, %v\n%s", s.Asked()-done, err, text)
	}
}

// A run that is killed while it asks in batches finds them again: no answer is
// paid twice, whenever the kill comes.
func TestKilledWhileABatchRuns(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: plantedKey, Batch: chattest.BatchOptions{Polls: 8}, Script: func(c *chattest.Call) chattest.Behaviour {
		return chattest.Says(fmt.Sprintf(`{"Tone": "%.8s"}`, c.Identity))
	}})
	plain, killed := askingStudy(t, s.URL), askingStudy(t, s.URL)
	if text, err := askingRun(plain).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	before := s.Answers()
	batched := []string{"--set", "tone.mode=batch", "--set", "tone.batch.poll=0.1", "--set", "tone.batch.requests=25"}
	for range 5 {
		cmd := askingRun(killed, batched...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(40+rand.IntN(200)) * time.Millisecond)
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	}
	text, err := askingRun(killed, batched...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if paid := s.Answers() - before; paid != 60 {
		t.Errorf("%d answers paid for 60 questions, in %d batches\n%s", paid, s.Batches(), text)
	}
	want, err := os.ReadFile(filepath.Join(plain, "out/tone.csv"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(killed, "out/tone.csv"))
	if err != nil || string(got) != string(want) {
		t.Errorf("the outputs differ: %v\n%s\n%s", err, want, got)
	}
	planted(t, killed)
}

// Two programs do not hand the same questions in: the second one says so.
func TestTwoProgramsWithBatches(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: plantedKey, Batch: chattest.BatchOptions{Polls: 1 << 20}, Script: func(c *chattest.Call) chattest.Behaviour {
		return chattest.Says(`{"Tone": "calm"}`)
	}})
	dir := askingStudy(t, s.URL)
	batched := []string{"--set", "tone.mode=batch", "--set", "tone.batch.poll=0.1"}
	first := askingRun(dir, batched...)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = first.Process.Kill()
		_ = first.Wait()
	}()
	for i := 0; s.Batches() == 0; i++ {
		if time.Sleep(10 * time.Millisecond); i > 1000 {
			t.Fatal("the first program hands nothing in")
		}
	}
	second := askingRun(dir, batched...)
	text, err := second.CombinedOutput()
	if err == nil || !strings.Contains(string(text), "another run asks by batches") || s.Batches() != 1 {
		t.Errorf("%v, %d batches\n%s", err, s.Batches(), text)
	}
}

// planted fails where a file holds the key.
func planted(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), plantedKey) {
			t.Errorf("the key is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// The budget ends a run tidily: what is answered is kept, and another run goes on.
func TestBudgetEndsTidily(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: plantedKey, Script: func(*chattest.Call) chattest.Behaviour { return chattest.Says(`{"Tone": "calm"}`) }})
	dir := askingStudy(t, s.URL)
	prices := "version: 1\ndate: \"2026-11-01\"\nmodels:\n  - {model: gpt-4o, input: 100, output: 10}\n"
	if err := os.WriteFile(filepath.Join(dir, "prices.yaml"), []byte(prices), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, budget := range []string{"0", "NaN", "-1"} {
		cmd := askingRun(dir, "--budget", budget)
		if text, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 2 || s.Asked() > 0 {
			t.Errorf("--budget %s: exit code %d, %d questions\n%s", budget, cmd.ProcessState.ExitCode(), s.Asked(), text)
		}
	}
	cmd := askingRun(dir, "--set", "prices=prices.yaml", "--budget", "0.2")
	text, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 4 || !strings.Contains(string(text), "the budget is used up") {
		t.Errorf("exit code %d\n%s", code, text)
	}
	some := s.Answers()
	if _, err := os.Stat(filepath.Join(dir, "out/tone.partial.csv")); err != nil || some == 0 || some == 60 {
		t.Errorf("%d answers, %v\n%s", some, err, text)
	}
	if text, err := askingRun(dir).CombinedOutput(); err != nil || s.Answers() != 60 {
		t.Errorf("%d answers in all, %v\n%s", s.Answers(), err, text)
	}
}
