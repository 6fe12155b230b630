package tabular_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"icono/internal/tabular"
)

func create(t *testing.T, path, content string) *tabular.AtomicFile {
	t.Helper()
	f, err := tabular.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	return f
}

func content(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestAtomicFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "deep")
	path := filepath.Join(dir, "coded.csv")
	f := create(t, path, "new")
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is there before Commit")
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := f.Abort(); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}

	f = create(t, path, "half")
	if got := content(t, path); got != "new" {
		t.Errorf("%q while the next one is written", got)
	}
	if err := f.Abort(); err != nil {
		t.Error(err)
	}
	if got := names(t, dir); got != "coded.csv" {
		t.Errorf("after Abort there are %s", got)
	}

	if err := create(t, path, "newer").Commit(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if content(t, path) != "newer" || info.Mode().Perm() != 0o640 {
		t.Errorf("%q, %v", content(t, path), info.Mode())
	}
}

// TestAtomicStale leaves an unfinished file as a killed run would; one that is
// still being written stays.
func TestAtomicStale(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "coded.csv")
	stale := filepath.Join(dir, ".coded.csv.icono-tmp-1-0")
	if err := os.WriteFile(stale, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	running := create(t, path, "one")
	other := create(t, path, "two")
	if got := strings.Fields(names(t, dir)); len(got) != 2 {
		t.Errorf("there are %v", got)
	}
	for _, f := range []*tabular.AtomicFile{running, other} {
		if err := f.Commit(); err != nil {
			t.Error(err)
		}
	}
	if got := content(t, path); got != "two" {
		t.Error(got)
	}
}

func TestAtomicLink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "real", "t.csv"), filepath.Join(dir, "t.csv")
	if err := create(t, target, "old").Commit(); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := create(t, link, "new").Commit(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 || content(t, target) != "new" {
		t.Errorf("%v, %v, %q", info.Mode(), err, content(t, target))
	}
}

func TestAtomicErrors(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir:                       "is a folder",
		filepath.Join(file, "x"):  "cannot be made",
		"/proc/nowhere/coded.csv": "the folder of /proc/nowhere/coded.csv cannot be made",
		"/dev/null":               "no ordinary file",
	} {
		if f, err := tabular.Create(path); err == nil {
			t.Errorf("%s was made: %v", path, f.Abort())
		} else if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, not %s", err, want)
		}
	}
}

// TestAtomicFull writes to a file system that is full.
func TestAtomicFull(t *testing.T) {
	dir := t.TempDir()
	if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir).Run(); err != nil {
		t.Skip("skipped: needs the right to mount a small file system")
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	path := filepath.Join(dir, "t.csv")
	if err := create(t, path, "old").Commit(); err != nil {
		t.Fatal(err)
	}
	f, err := tabular.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(make([]byte, 1<<20))
	if !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(err.Error(), path+" cannot be written") {
		t.Errorf("%v", err)
	}
	if err := f.Abort(); err != nil {
		t.Error(err)
	}
	if content(t, path) != "old" || names(t, dir) != "t.csv" {
		t.Errorf("%q in %s", content(t, path), names(t, dir))
	}
}

func TestAbortLeavesNoFolder(t *testing.T) {
	dir := t.TempDir()
	f, err := tabular.Create(filepath.Join(dir, "a", "b", "c.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a", "other"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := f.Abort(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "a"))
	if err != nil || len(left) != 1 || left[0].Name() != "other" {
		t.Errorf("left %v, %v", left, err)
	}
}
