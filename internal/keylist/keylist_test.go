package keylist_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/keylist"
	"icono/internal/media"
)

func TestRead(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want map[string]float64
		err  string
	}{
		"keys.csv":      {"key\n01234\n2657484542301776130\n", map[string]float64{"01234": math.NaN(), "2657484542301776130": math.NaN()}, ""},
		"drawn.csv":     {"key,probability\na,0.5\nb,1\nc,\n", map[string]float64{"a": 0.5, "b": 1, "c": math.NaN()}, ""},
		"lines.jsonl":   {"{\"key\":\"a\",\"probability\":1}\n", map[string]float64{"a": 1}, ""},
		"other.csv":     {"ID\na\n", nil, "other.csv has no column `key`"},
		"empty-key.csv": {"key,n\na,1\n,2\n", nil, "empty-key.csv:3: the key is empty"},
		"twice.csv":     {"key\na\nb\na\n", nil, `twice.csv:4: the key "a" stands in the list twice`},
		"zero.csv":      {"key,probability\na,0\n", nil, "zero.csv:2: `probability` is 0"},
		"two.csv":       {"key,probability\na,2.5\n", nil, "two.csv:2: `probability` is 2.5"},
		"words.csv":     {"key,probability\na,often\n", nil, "words.csv:2: `probability` is often"},
		"nothing.csv":   {"", nil, "empty (0 bytes)"},
		"gone.csv":      {"", nil, "there is no file gone.csv"},
	} {
		dir := t.TempDir()
		if name != "gone.csv" {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(test.text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		study := media.NewLibrary(dir)
		got, err := keylist.Read(t.Context(), study, name)
		_ = study.Close()
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s: %v, want %q", name, err, test.err)
			}
			continue
		}
		if err != nil || len(got) != len(test.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		for k, p := range test.want {
			if q, in := got[k]; !in || p != q && !(math.IsNaN(p) && math.IsNaN(q)) {
				t.Errorf("%s: %s has %v, want %v", name, k, q, p)
			}
		}
	}
}
