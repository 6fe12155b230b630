package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scenarios call the program as the command icono.
func TestMain(m *testing.M) {
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
			return nil
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
