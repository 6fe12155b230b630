package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"icono/internal/chat/chattest"
)

// slow is a study that takes a while: many rows whose pictures are those of the
// example, coded one at a time. Its second table is made of a spooled edge.
type slow struct {
	dir  string
	took time.Duration
}

// newSlow writes the study and runs it once undisturbed.
func newSlow(t *testing.T) *slow {
	t.Helper()
	pictures, err := filepath.Glob(examples(t) + "/colour-mood/media/images/*/*")
	if err != nil || len(pictures) < 24 {
		t.Fatalf("%d pictures, %v", len(pictures), err)
	}
	s := &slow{dir: t.TempDir()}
	var table strings.Builder
	table.WriteString("ID,picture\n")
	for i := range posts {
		fmt.Fprintf(&table, "%d,%s\n", 2668254193840517000+i, pictures[i%len(pictures)])
	}
	s.write(t, "posts.csv", table.String())
	s.write(t, "pipeline.yaml", `version: 1
stages:
  - id: posts
    kind: load
    with: {path: posts.csv, key: ID, image: picture}
  - id: mood
    kind: clip
    with: {model: palette, batch_size: 1, threads: 1, labels: {Dark: [dark], Bright: [bright]}}
  - id: table
    kind: save
    with: {path: out/coded.csv}
  - id: columns
    kind: save
    from: mood
    with: {path: out/coded.parquet}
  - id: page
    kind: report
    with: {path: out/report.html, pictures: none}
`)
	start := time.Now()
	if code, text := s.run(t, nil); code == 3 {
		t.Skip("skipped: needs ONNX Runtime, which `make setup` fetches")
	} else if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, text)
	}
	s.took = time.Since(start)
	return s
}

func (s *slow) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run runs the study while disturb, if not nil, does something to the process.
// The code of a process that a signal ended is minus the signal.
func (s *slow) run(t *testing.T, disturb func(p *os.Process)) (code int, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "icono", "run", "--workers", "1", "--batch-rows", "4", s.dir)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+cacheHome(), "TMPDIR="+t.TempDir())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if disturb != nil {
		disturb(cmd.Process)
	}
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("%v, %v:\n%s", err, ctx.Err(), out.String())
	}
	if w := cmd.ProcessState.Sys().(syscall.WaitStatus); w.Signaled() {
		return -int(w.Signal()), out.String()
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// files returns the contents of the output folder by name.
func (s *slow) files(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(s.dir, "out", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files
}

// halfway runs the study until a signal of some moment in the middle of it had
// its effect on rows.
func (s *slow) halfway(t *testing.T, want int, signals ...os.Signal) string {
	t.Helper()
	for _, share := range []float64{0.5, 0.6, 0.4, 0.7, 0.35, 0.8, 0.9} {
		code, text := s.run(t, func(p *os.Process) {
			time.Sleep(time.Duration(share * float64(s.took)))
			for _, signal := range signals {
				_ = p.Signal(signal) // it may have ended
				time.Sleep(5 * time.Millisecond)
			}
		})
		if code == want {
			return text
		}
		if code != 0 && code != -int(syscall.SIGINT) && code != 130 {
			t.Fatalf("exit code %d:\n%s", code, text)
		}
	}
	t.Fatalf("no run ended with %d", want)
	return ""
}

func TestInterruptDrains(t *testing.T) {
	s := newSlow(t)
	whole := s.files(t)
	text := s.halfway(t, 130, syscall.SIGINT)
	after := s.files(t)
	for name, content := range whole {
		if after[name] != content {
			t.Errorf("%s has changed", name)
		}
	}
	for _, name := range []string{"coded.partial.csv", "coded.partial.parquet", "report.partial.html"} {
		if after[name] == "" {
			t.Errorf("there is no %s after:\n%s", name, text)
		}
	}
	if len(after) != 6 {
		t.Errorf("%d files", len(after))
	}
	part := after["coded.partial.csv"]
	rows := strings.Count(part, "\n") - 1
	// Of the batch that was open, rows not yet computed are skipped.
	done, left := part, ""
	if at := strings.Index(part, ",skipped,the run was interrupted"); at >= 0 {
		at = strings.LastIndex(part[:at], "\n") + 1
		done, left = part[:at], part[at:]
	}
	computed := strings.Count(done, "\n") - 1
	if !strings.HasPrefix(whole["coded.csv"], done) || strings.Contains(left, ",ok,") || !strings.HasSuffix(part, "\n") || computed < 1 || computed >= posts {
		t.Errorf("%d rows, which are not the first of the whole table:\n%s", rows, part)
	}
	if got := s.parquetRows(t, "out/coded.partial.parquet"); got != rows {
		t.Errorf("Parquet has %d rows and CSV %d", got, rows)
	}
	if !strings.Contains(text, "interrupted") || strings.Contains(text, "every row is accounted for") {
		t.Errorf("the run says\n%s", text)
	}
	s.halfway(t, 143, syscall.SIGTERM)
}

// parquetRows counts the rows of a file with the program itself.
func (s *slow) parquetRows(t *testing.T, name string) int {
	t.Helper()
	s.write(t, "count.yaml", "version: 1\nstages:\n  - {id: t, kind: load, with: {path: "+name+", key: ID}}\n  - {id: o, kind: save, with: {path: counted.csv}}\n")
	if out, err := exec.Command("icono", "run", filepath.Join(s.dir, "count.yaml")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "counted.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(text, []byte("\n")) - 1
}

// A server that does not answer keeps a run from draining: the second signal
// ends it.
func TestSecondInterruptEndsAtOnce(t *testing.T) {
	asked, release := make(chan bool, 100), make(chan bool)
	s := chattest.Start(t, chattest.Options{Key: plantedKey, Script: func(*chattest.Call) chattest.Behaviour {
		asked <- true
		<-release
		return chattest.Says(`{"Tone": "late"}`)
	}})
	defer close(release)
	dir := askingStudy(t, s.URL)
	cmd := askingRun(dir)
	var out bytes.Buffer
	heard, tell := io.Pipe()
	cmd.Stderr = io.MultiWriter(&out, tell)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(heard)
	for lines.Scan() && !strings.Contains(lines.Text(), "a second Ctrl-C ends at once") { // the first one is heard
	}
	go func() { _, _ = io.Copy(io.Discard, heard) }()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // says that a signal ended it
	_ = tell.Close()
	if w := cmd.ProcessState.Sys().(syscall.WaitStatus); !w.Signaled() || w.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v:\n%s", cmd.ProcessState, out.String())
	}
	if _, err := os.Stat(filepath.Join(dir, "out/tone.csv")); err == nil {
		t.Error("there is an output")
	}
}

// TestKilledAtAnyMoment kills runs at random moments: an output is the old or
// the new one, never a part, and the next run gives the same bytes and leaves
// nothing behind.
func TestKilledAtAnyMoment(t *testing.T) {
	s := newSlow(t)
	want := s.files(t)
	moments := 10
	if testing.Short() || race {
		moments = 2
	}
	for i := range moments {
		if i%2 == 1 {
			if err := os.RemoveAll(filepath.Join(s.dir, "out")); err != nil {
				t.Fatal(err)
			}
		}
		share := rand.Float64()
		code, text := s.run(t, func(p *os.Process) {
			time.Sleep(time.Duration(share * 1.1 * float64(s.took)))
			_ = p.Kill() // it may have ended
		})
		if code != 0 && code != -int(syscall.SIGKILL) {
			t.Fatalf("exit code %d:\n%s", code, text)
		}
		if _, err := os.Stat(filepath.Join(s.dir, "out")); err != nil {
			continue
		}
		for name, content := range s.files(t) {
			if full, known := want[name]; known && content != full {
				t.Errorf("killed after %.2f: %s is a part", share, name)
			}
		}
	}
	if code, text := s.run(t, nil); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, text)
	}
	got := s.files(t)
	for name, content := range got {
		if content != want[name] {
			t.Errorf("%s differs, or should not be there", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}
