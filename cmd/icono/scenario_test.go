package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"icono/internal/onnx"
)

// TestMain lets scenarios call the program as the command icono.
// The program under the race detector would wait a second before each of its ends, in
// which no test looks for anything.
func TestMain(m *testing.M) {
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"icono": main})
}

// TestScenarios runs each story in testdata/scenario with the program. UPDATE=1
// writes the expected outputs anew.
func TestScenarios(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/scenario",
		UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_CACHE_HOME", cacheHome())
			e.Setenv("EXAMPLES", examples(t))
			e.Setenv("NO_COLOR", "1")
			e.Setenv("GORACE", os.Getenv("GORACE"))
			// The smallest picture there is: one black pixel.
			return os.WriteFile(filepath.Join(e.WorkDir, "good.gif"), []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"), 0o644)
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "onnx":
				path, _ := onnx.Locate()
				return path != "", nil
			case "root":
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %s", name)
		},
	})
}

// cacheHome is where the libraries that `make setup` fetched lie.
func cacheHome() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return dir
}

func examples(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir + "/../../examples"
}
