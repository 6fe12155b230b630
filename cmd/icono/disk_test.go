package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of 64 KB, which only root can.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("skipped: needs the right to mount a small file system (%v)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestFullDisk fills the disk of the output and that of temporary files: the
// error says so, an older output stays, and nothing is left behind.
func TestFullDisk(t *testing.T) {
	disk, study := smallDisk(t), t.TempDir()
	var table strings.Builder
	table.WriteString("ID,Text\n")
	for i := range 4000 {
		fmt.Fprintf(&table, "%d,%x\n", i, uint64(i)*0x9e3779b97f4a7c15)
	}
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(study, "posts.csv"), table.String())
	write(filepath.Join(study, "pipeline.yaml"), `version: 1
stages:
  - id: posts
    kind: load
    with: {path: posts.csv, key: ID}
  - id: some
    kind: filter
    with: {where: len(Text) > 0}
  - id: both
    kind: join
    from: [posts, some]
    with: {on: ID}
  - id: out
    kind: save
    with: {path: out/coded.csv}
`)
	old := filepath.Join(disk, "coded.csv")
	for name, c := range map[string]struct{ out, temp, want string }{
		"output":    {disk, t.TempDir(), "coded.csv cannot be written: no space left on device"},
		"temporary": {t.TempDir(), disk, "no space left on device"},
	} {
		t.Run(name, func(t *testing.T) {
			write(old, "old\n")
			cmd := exec.Command("icono", "run", study, "--set", "out.path="+filepath.Join(c.out, "coded.csv"))
			cmd.Env = append(os.Environ(), "TMPDIR="+c.temp)
			text, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(string(text), c.want) || strings.Contains(string(text), "goroutine") {
				t.Errorf("exit code %d:\n%s", code, text)
			}
			if now, err := os.ReadFile(old); err != nil || string(now) != "old\n" {
				t.Errorf("the older output is %q, %v", now, err)
			}
			for _, dir := range []string{c.out, c.temp} {
				entries, err := os.ReadDir(dir)
				for _, e := range entries {
					if e.Name() != "coded.csv" || dir != disk {
						t.Errorf("%s is left", e.Name())
					}
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
}
