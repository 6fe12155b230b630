package asking

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestCompose(t *testing.T) {
	schema := json.RawMessage(`{"type":"object","properties":{"A":{"type":"string","enum":["x","y"]},
		"B":{"type":"object","properties":{"C":{"type":["boolean","null"]},"D":{"type":"array","items":{"type":"string"}}},"required":["C","D"],"additionalProperties":false},
		"N":{"type":"integer"}},"required":["A","B","N"],"additionalProperties":false}`)
	for _, c := range []struct {
		cells map[string]string
		want  string
	}{
		{map[string]string{"A": "x", "B_C": "TRUE", "B_D": "p; q", "N": "3", "else": "z"}, `{"A":"x","B":{"C":true,"D":["p","q"]},"N":3}`},
		{map[string]string{}, `{"A":null,"B":{"C":null,"D":[]},"N":null}`},
		{map[string]string{"A": `"`, "B_C": "maybe", "N": "many"}, `{"A":"\"","B":{"C":"maybe","D":[]},"N":"many"}`},
	} {
		h := &Hand{Columns: []string{"A", "B_D"}, Used: map[string]bool{}}
		got, err := h.compose(schema, "", c.cells)
		if err != nil || string(got) != c.want {
			t.Errorf("%v gives %s, %v; want %s", c.cells, got, err, c.want)
		}
	}
}

// A table without the column of several codes says nothing of them, and not that none
// applies.
func TestComposeWithoutColumn(t *testing.T) {
	h := &Hand{Columns: []string{"A"}, Used: map[string]bool{}}
	_, err := h.compose(json.RawMessage(`{"type":"object","properties":{"A":{"type":"string"},"Tags":{"type":"array","items":{"type":"string"}}},"required":["A","Tags"]}`), "", map[string]string{"A": "x"})
	if lacks := (*NoColumnError)(nil); !errors.As(err, &lacks) || lacks.Column != "Tags" {
		t.Errorf("%v", err)
	}
}

// A pipeline that extends another reads its cassettes where it has none of its
// own, and writes its own.
func TestCassettesBelow(t *testing.T) {
	dir := t.TempDir()
	own, below := filepath.Join(dir, "own"), filepath.Join(dir, "below")
	d := New(Options{Cassettes: own, Below: []string{filepath.Join(dir, "none"), below}})
	for _, step := range []struct{ made, want string }{{"", own}, {below, below}, {own, own}} {
		if step.made != "" {
			if err := os.MkdirAll(step.made, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(step.made, "a.jsonl"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got := d.recorded("a"); filepath.Dir(got) != step.want || d.cassette("a") != filepath.Join(own, "a.jsonl") {
			t.Errorf("%s is read, want %s", got, step.want)
		}
	}
}
