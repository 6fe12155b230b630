package codebook

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/diag"
	"icono/internal/source"
)

func parseFile(t testing.TB, path string) *source.Node {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	root, faults := source.Parse(source.NewFile(path, string(text)))
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	return root
}

// Whatever the file (the seeds are short, since the fuzzer shortens long ones first), there is a codebook that works, or an error that says why
// not.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	bad, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, bad...) {
		if text, err := os.ReadFile(file); err == nil && len(text) < 700 {
			f.Add(string(text))
		}
	}
	f.Add(small)
	f.Fuzz(func(t *testing.T, text string) {
		c, list := Parse(source.NewFile("c.yaml", text))
		printed(list)
		errs := 0
		for _, d := range list {
			if d.Severity == diag.Error {
				errs++
			}
		}
		if (c == nil) != (errs > 0) {
			t.Fatalf("codebook %v with %d errors", c, errs)
		}
		if c == nil {
			return
		}
		if c.Prompt(nil) == "" || len(c.JSONSchema()) == 0 || len(c.Fields("s", "")) != len(c.columns) {
			t.Fatal("a codebook that says nothing")
		}
		compileSchema(t, c.JSONSchema())
		if _, err := c.Validate([]byte("{}")); err == nil {
			t.Fatal("an empty answer is taken")
		}
	})
}

// Whatever the answer, it is a coding that fits the columns, or an error that
// says why not.
func FuzzValidate(f *testing.F) {
	f.Add(fine)
	f.Add("```json\n" + fine + "\n```")
	f.Add(`{"Kind": "other", "Person": {"Shown": false, "Age_explanation": null, "Age": null}, "Things": null}`)
	f.Add(`{"Kind": {"Kind": [[]]}, "Kind": 1e999}`)
	c := good(f, small)
	f.Fuzz(func(t *testing.T, answer string) {
		coding, err := c.Validate([]byte(answer))
		if _, e := Flatten([]byte(answer)); e != nil {
			var invalid *Invalid
			if !errors.As(e, &invalid) {
				t.Fatal(e)
			}
		}
		if err != nil {
			var invalid *Invalid
			if !errors.As(err, &invalid) || err.Error() == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		for i, f := range c.Fields("", "") {
			a, err := columns.Build(memory.DefaultAllocator, f, 1, func(int) any { return coding.Values[i] })
			if err != nil {
				t.Fatal(err)
			}
			a.Release()
		}
	})
}
