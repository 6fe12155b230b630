package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// try runs the real go test over a module of one package with the given test
// file, and returns whether it passed and what was printed.
func try(t *testing.T, body string, flags ...string) (bool, string) {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"go.mod":    "module sample\n\ngo 1.26\n",
		"p.go":      "package p\n",
		"p_test.go": "package p\n\nimport \"testing\"\n\n" + body,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var out, stderr bytes.Buffer
	ok, err := run(&out, &stderr, filepath.Join(dir, "notes"), append(flags, "./..."))
	if err != nil {
		t.Logf("run: %v", err)
		ok = false
	}
	return ok, stderr.String() + out.String()
}

func TestRun(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		ok   bool
		last string
		says []string
	}{
		"pass and skip": {`
func TestA(t *testing.T) {}
func TestB(t *testing.T) { t.Skip("skipped: needs a lake") }
func TestC(t *testing.T) {
	t.Run("one", func(t *testing.T) {})
	t.Run("two", func(t *testing.T) { t.Skip("skipped: needs a lake") })
}`, true, "2 passed, 0 failed, 2 skipped", []string{"2 x needs a lake (TestB, TestC/two)", "ok       sample"}},
		"failures": {`
func TestA(t *testing.T) {}
func TestB(t *testing.T) { t.Error("three is not four") }
func TestC(t *testing.T) {
	t.Run("one", func(t *testing.T) { t.Fatal("inner") })
	t.Run("two", func(t *testing.T) {})
}`, false, "2 passed, 2 failed, 0 skipped", []string{"three is not four", "--- FAIL sample TestC/one", "inner", "FAIL     sample"}},
		"panic": {`
func TestA(t *testing.T) { panic("overboard") }
func TestB(t *testing.T) {}`, false, "0 passed, 1 failed, 0 skipped", []string{"overboard", "goroutine"}},
		"build": {`func TestA(t *testing.T) { undefined() }`, false, "0 passed, 1 failed, 0 skipped", []string{"undefined: undefined"}},
		"vet":   {`func TestA(t *testing.T) { t.Errorf("%d", "x") }`, false, "0 passed, 1 failed, 0 skipped", []string{"wrong type string"}},
		"exit": {`
func TestMain(m *testing.M) { m.Run(); println("leaving"); panic("late") }
func TestA(t *testing.T) {}`, false, "1 passed, 1 failed, 0 skipped", []string{"late"}},
	} {
		t.Run(name, func(t *testing.T) {
			ok, out := try(t, c.body)
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if ok != c.ok || lines[len(lines)-1] != c.last {
				t.Errorf("passed: %v, want %v; last line %q, want %q\n%s", ok, c.ok, lines[len(lines)-1], c.last, out)
			}
			for _, s := range c.says {
				if !strings.Contains(out, s) {
					t.Errorf("does not say %q:\n%s", s, out)
				}
			}
		})
	}
}

// A data race is a failure whose report is kept.
func TestRace(t *testing.T) {
	ok, out := try(t, `
func TestA(t *testing.T) {
	n, done := 0, make(chan bool)
	go func() { n++; done <- true }()
	n++
	<-done
}`, "-race")
	if ok || !strings.Contains(out, "WARNING: DATA RACE") {
		t.Errorf("passed: %v\n%s", ok, out)
	}
}

// An argument that go test refuses is a failure, although no test has failed.
func TestRefused(t *testing.T) {
	if ok, out := try(t, "func TestA(t *testing.T) {}", "-no-such-flag"); ok {
		t.Error("passed:\n" + out)
	}
}

// Checks that were skipped elsewhere are counted with the tests.
func TestNotes(t *testing.T) {
	notes := filepath.Join(t.TempDir(), "notes")
	if err := os.WriteFile(notes, []byte("staticcheck: no network\n\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	skipped, err := readNotes(notes)
	if err != nil || len(skipped) != 1 || skipped[0].reason != "staticcheck: no network" {
		t.Errorf("readNotes: %v, %v", skipped, err)
	}
	var out bytes.Buffer
	s := summary{out: &out, skipped: skipped}
	s.print()
	if want := "\nskipped:\n  1 x staticcheck: no network\n\n0 passed, 0 failed, 1 skipped\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
}
