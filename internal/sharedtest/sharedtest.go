// Package sharedtest finds the pictures and models that local tests use but
// the project does not hold. A test that needs one of them skips, with a plain
// line that `make test` counts, where they are absent.
package sharedtest

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file or folder in the shared folder that lies
// beside the checkout, or skips the test if it is not there.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
	path := filepath.Join(append([]string{filepath.Dir(dir), "shared"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("skipped: needs shared/%s, which is not beside the checkout", filepath.Join(elem...))
	}
	return path
}
