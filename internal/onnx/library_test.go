package onnx

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"icono/internal/stage"
)

// home gives the test an empty cache folder and no named library.
func home(t *testing.T) (cache string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, ".cache"))
	t.Setenv(LibraryVariable, "")
	cache = CacheDir()
	if !strings.HasPrefix(cache, dir) {
		t.Fatalf("the cache %s is outside %s", cache, dir)
	}
	return cache
}

func put(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLocateOrder(t *testing.T) {
	cache := home(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	expect := func(what, want string) {
		t.Helper()
		if got, _ := Locate(); got != want {
			t.Errorf("%s: found %q, want %q", what, got, want)
		}
	}
	// From the last place to the first: each one wins over those before.
	beside := put(t, filepath.Join(filepath.Dir(exe), LibraryName()))
	t.Cleanup(func() { _ = os.Remove(beside) })
	expect("beside the program", beside)
	old := put(t, filepath.Join(cache, "1.9.0", LibraryName()))
	expect("in the cache", old)
	middle := put(t, filepath.Join(cache, "1.24.3", LibraryName()))
	expect("two versions", middle)
	put(t, filepath.Join(cache, "nightly", LibraryName()))
	expect("a folder that is no version", middle)
	newest := put(t, filepath.Join(cache, "1.30.0", LibraryName()))
	expect("three versions", newest)
	if err := os.MkdirAll(filepath.Join(cache, "2.0.0", LibraryName()), 0o755); err != nil {
		t.Fatal(err)
	}
	expect("a folder with the library's name", newest)
	put(t, filepath.Join(cache, "3.0.0", "libother.so"))
	expect("another library", newest)
	named := put(t, filepath.Join(t.TempDir(), "mine.so"))
	t.Setenv(LibraryVariable, named)
	expect("named", named)

	// A name that is wrong is not passed over for another library.
	t.Setenv(LibraryVariable, named+"x")
	path, tried := Locate()
	if path != "" || len(tried) != 1 || !strings.Contains(tried[0], named+"x") || !strings.Contains(tried[0], LibraryVariable) {
		t.Errorf("found %q, tried %q", path, tried)
	}
}

func TestLocateTellsWhereItLooked(t *testing.T) {
	cache := home(t)
	path, tried := Locate()
	if path != "" && strings.HasPrefix(path, cache) {
		t.Errorf("found %q in an empty cache", path)
	}
	if len(tried) < 3 || !strings.HasPrefix(tried[0], cache) || !slices.Contains(tried, "/usr/lib/"+LibraryName()) {
		t.Errorf("tried %q", tried)
	}
}

func TestCompareVersions(t *testing.T) {
	sorted := []string{"nightly", "1.9", "1.24", "1.24.3", "1.30.0", "2"}
	for i, a := range sorted {
		for k, b := range sorted {
			if got := compareVersions(a, b); (got < 0) != (i < k) || (got > 0) != (i > k) {
				t.Errorf("%s and %s: %d", a, b, got)
			}
		}
	}
}

// missing expects an error that says what is missing and how to mend it.
func missing(t *testing.T, err error, words ...string) {
	t.Helper()
	var m *stage.MissingError
	if !errors.As(err, &m) {
		t.Fatalf("error %v", err)
	}
	for _, w := range append(words, "make setup", minimum) {
		if !strings.Contains(m.Error(), w) {
			t.Errorf("%q does not say %q", m.Error(), w)
		}
	}
	if m.Mend == "" {
		t.Error("nothing is said about what to do")
	}
}

func TestOpenWithoutLibrary(t *testing.T) {
	cache := home(t)
	absent := filepath.Join(cache, "absent.so")
	t.Setenv(LibraryVariable, absent)
	_, err := Open("")
	missing(t, err, absent, LibraryVariable, LibraryName())
	_, err = Open(absent)
	missing(t, err, absent)
}

// A file that is no library, or is one without ONNX Runtime in it, is named.
func TestOpenAnotherFile(t *testing.T) {
	garbage := put(t, filepath.Join(t.TempDir(), LibraryName()))
	_, err := Open(garbage)
	missing(t, err, garbage)
	if runtime.GOOS != "linux" {
		return
	}
	for _, dir := range []string{"/lib/" + triplet(), "/lib64", "/usr/lib64", "/lib"} {
		other := filepath.Join(dir, "libm.so.6")
		if isFile(other) {
			_, err := Open(other)
			missing(t, err, other)
			return
		}
	}
}
