// Package askingtest gives tests of kinds that ask models a desk of their own,
// with a real store in a folder of the test.
package askingtest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/coding"
	"icono/internal/price"
)

// Key is the value of every variable that a stage names for its key.
const Key = "sk-planted-0123456789abcdef"

// Desk opens models for the stages of a test. It implements the kinds' Askers.
type Desk struct{ *asking.Desk }

// Open gives a stage its access to a model.
func (d Desk) Open(ctx context.Context, id string, s asking.Server) (coding.Asker, error) {
	return d.Line(ctx, id, s)
}

// Office makes a desk whose store and cassettes lie in a folder. change, if not
// nil, changes its options. It is closed at the end of the test.
func Office(t testing.TB, folder string, change func(*asking.Options)) Desk {
	t.Helper()
	prices, err := price.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	o := asking.Options{Folder: filepath.Join(folder, ".icono"), Cassettes: filepath.Join(folder, "cassettes"), Mode: answers.NewEpisodes, Prices: prices,
		Variable: func(string) string { return Key }}
	if change != nil {
		change(&o)
	}
	d := asking.New(o)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return Desk{d}
}

// NoSecretIn fails where a file of a folder holds a secret.
func NoSecretIn(t testing.TB, folder, secret string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("the secret is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
