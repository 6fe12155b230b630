package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A share that is killed at any moment leaves a whole folder or none, also where it
// replaces one, and the next one leaves nothing else behind.
func TestKilledShare(t *testing.T) {
	study := filepath.Join(wholeMethod(t), "ensemble")
	if code, text := rerun(t, "run", "--record", "none", study); code != 0 {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	place := t.TempDir()
	to := filepath.Join(place, "shared [1]")
	share := []string{"share", study, "-o", to, "--date", "2026-11-30", "--force"}
	start := time.Now()
	if code, text := rerun(t, share...); code != 0 {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	took := time.Since(start)
	sums, err := os.ReadFile(filepath.Join(to, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		if i%3 == 0 { // now and then from nothing
			if err := os.RemoveAll(to); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("icono", share...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(took))))
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		if _, err := os.Stat(to); err != nil {
			continue
		}
		if code, text := rerun(t, "verify", to); code != 0 {
			t.Errorf("kill %d: exit code %d\n%s", i, code, text)
		}
	}
	if code, text := rerun(t, share...); code != 0 {
		t.Fatalf("at the end: exit code %d\n%s", code, text)
	}
	if again, err := os.ReadFile(filepath.Join(to, "SHA256SUMS")); err != nil || string(again) != string(sums) {
		t.Errorf("at the end: %v, or another folder", err)
	}
	entries, err := os.ReadDir(place)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

// On a full disk share says so, and leaves nothing.
func TestShareOnAFullDisk(t *testing.T) {
	disk := smallDisk(t)
	study := filepath.Join(wholeMethod(t), "ensemble")
	if code, text := rerun(t, "run", "--record", "none", study); code != 0 {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	code, text := rerun(t, "share", study, "-o", filepath.Join(disk, "shared"))
	if code != 1 || !strings.Contains(text, "no space left on device") || strings.Contains(text, "goroutine") {
		t.Errorf("exit code %d\n%s", code, text)
	}
	if entries, err := os.ReadDir(disk); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

// A share that is interrupted says so, with the exit code of the signal, and leaves
// nothing; so does one that is interrupted again and again.
func TestInterruptedShare(t *testing.T) {
	study := filepath.Join(wholeMethod(t), "ensemble")
	if code, text := rerun(t, "run", "--record", "none", study); code != 0 {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	start := time.Now()
	place := t.TempDir()
	to := filepath.Join(place, "shared")
	if code, text := rerun(t, "share", study, "-o", to); code != 0 {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	took := time.Since(start)
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	for i, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGINT} {
		cmd := exec.Command("icono", "share", study, "-o", to)
		var said strings.Builder
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(took * time.Duration(i+3) / 12)
		_ = cmd.Process.Signal(signal) // it may have ended
		_ = cmd.Wait()
		code := cmd.ProcessState.ExitCode()
		entries, err := os.ReadDir(place)
		switch {
		case err != nil:
			t.Fatal(err)
		case code == 128+int(signal) && len(entries) == 0 && strings.Contains(said.String(), "interrupted: nothing was shared"):
		case code == 0 && len(entries) == 1: // it was done
			if err := os.RemoveAll(to); err != nil {
				t.Fatal(err)
			}
		case code == -1 && len(entries) == 0: // it had not begun to listen
		default:
			t.Errorf("%v: exit code %d, %d entries\n%s", signal, code, len(entries), said.String())
		}
	}
}
