package onnx

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"icono/internal/stage"
)

// LibraryVariable is the environment variable that names the library.
const LibraryVariable = "ICONO_ONNXRUNTIME"

// minimum is the oldest version that the API in use (24) works with.
const minimum = "1.24"

// CacheDir is where `make setup` puts libraries, a folder for each version.
func CacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "icono", "onnxruntime")
}

// LibraryName is the file name of the library on this system.
func LibraryName() string {
	if runtime.GOOS == "darwin" {
		return "libonnxruntime.dylib"
	}
	return "libonnxruntime.so.1"
}

// Locate finds the library: named by the environment, in the cache (the
// newest version), beside the program, or where the system keeps libraries.
// tried lists the places that were looked at.
func Locate() (path string, tried []string) {
	if named := os.Getenv(LibraryVariable); named != "" {
		tried = append(tried, named+" ($"+LibraryVariable+")")
		if isFile(named) {
			return named, tried
		}
		return "", tried
	}
	places := cached()
	tried = append(tried, filepath.Join(CacheDir(), "*", LibraryName()))
	if exe, err := os.Executable(); err == nil {
		places = append(places, filepath.Join(filepath.Dir(exe), LibraryName()))
		tried = append(tried, places[len(places)-1])
	}
	for _, dir := range []string{"/usr/local/lib", "/usr/lib", "/usr/lib/" + triplet(), "/opt/homebrew/lib"} {
		places = append(places, filepath.Join(dir, LibraryName()))
		tried = append(tried, places[len(places)-1])
	}
	for _, p := range places {
		if isFile(p) {
			return p, tried
		}
	}
	return "", tried
}

func triplet() string {
	if runtime.GOARCH == "arm64" {
		return "aarch64-linux-gnu"
	}
	return "x86_64-linux-gnu"
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// cached returns the libraries in the cache, the newest version first.
func cached() []string {
	found, err := filepath.Glob(filepath.Join(CacheDir(), "*", LibraryName()))
	if err != nil {
		return nil
	}
	slices.SortFunc(found, func(a, b string) int {
		return compareVersions(filepath.Base(filepath.Dir(b)), filepath.Base(filepath.Dir(a)))
	})
	return found
}

// compareVersions compares dotted numbers.
func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		var x, y int
		if i < len(as) {
			x, _ = strconv.Atoi(as[i]) // what is no number counts as 0
		}
		if i < len(bs) {
			y, _ = strconv.Atoi(bs[i])
		}
		if x != y {
			return x - y
		}
	}
	return 0
}

// missingLibrary says what to do where there is no library.
func missingLibrary(tried []string) error {
	return &stage.MissingError{
		What: "ONNX Runtime, which runs the models, is not on this machine; looked for it at\n  " + strings.Join(tried, "\n  "),
		Mend: fmt.Sprintf("`make setup` in icono's source folder fetches it; or put %s (version %s or newer) anywhere and set %s to its path", LibraryName(), minimum, LibraryVariable),
	}
}
