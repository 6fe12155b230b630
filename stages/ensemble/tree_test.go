package ensemble_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/asking/askingtest"
	"icono/internal/chat/chattest"
	"icono/internal/price"
	"icono/internal/stagetest"
	"icono/stages/ensemble"
)

const tree = `
version: 1
title: Types
tree:
  name: Type
  questions:
    - {id: collage, ask: 'Several pictures?', yes: Collage, no: people}
    - {id: people, ask: 'Are there people?', yes: Photo, no: Other}
  categories: [{name: Collage, definition: a}, {name: Photo, definition: b}, {name: Other, definition: c}]
`

// A decision tree is asked question by question, each with the object.
func TestTree(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tree.yaml"), []byte(tree), 0o644); err != nil {
		t.Fatal(err)
	}
	s := chattest.Start(t, chattest.Options{Key: key, KeepBodies: true, Script: func(c *chattest.Call) chattest.Behaviour {
		if strings.Contains(string(c.Request.Messages[0].Content), "Are there people?") {
			return chattest.Says(`{"answer": "yes"}`)
		}
		return chattest.Says(`{"answer": "no"}`)
	}})
	c := asked(s.URL, func(c *ensemble.Config) {
		c.Codebook, c.Inputs, c.Crosswalk = "tree.yaml", inputs("Caption", "Caption", "CLIP", "CLIP code"), nil
	})
	got, _, err := merged(t, office(t, t.TempDir(), answers.NewEpisodes), c, stagetest.Folder(dir), 2)
	if err != nil {
		t.Fatal(err)
	}
	n := len(got[0])
	if got[1][n-1] != "CLIP" || got[0][n-1] != "" || got[2][n-1] != nil {
		t.Errorf("%v", got)
	}
	objects, systems := sent(t, s)
	if len(objects) != 6 {
		t.Errorf("%d questions about three rows, want two each", len(objects))
	}
	for i := range objects {
		if !strings.HasPrefix(objects[i], `{"Caption": `) || !strings.Contains(systems[i], "Its names are: Caption, CLIP.") {
			t.Errorf("asked %s about %s", systems[i], objects[i])
		}
	}
}

// The budget holds, and the rows that are left out say so.
func TestBudget(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: func(*chattest.Call) chattest.Behaviour { return chattest.Says(`{"Type": "Photo"}`) }})
	limit, err := price.Dollars(0.000001)
	if err != nil {
		t.Fatal(err)
	}
	prices, err := price.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	file, faults := price.Parse("p.yaml", "version: 1\ndate: \"2026-11-01\"\nmodels:\n  - {model: gpt-4o, input: 10, output: 30}\n")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	folder := t.TempDir()
	d := asking.New(asking.Options{Folder: filepath.Join(folder, ".icono"), Cassettes: filepath.Join(folder, "cassettes"), Mode: answers.NewEpisodes, Limit: &limit,
		Prices: prices.With("p.yaml", file), Variable: func(string) string { return key }})
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	got, _, err := merged(t, askingtest.Desk{Desk: d}, asked(s.URL, nil), study(t), 2)
	if err != nil || s.Asked() != 0 {
		t.Fatalf("%v, %d requests", err, s.Asked())
	}
	for i, row := range got {
		if i != 2 && (row[1] != "skipped" || row[0] != nil || row[3] != nil) {
			t.Errorf("row %d: %v", i, row)
		}
	}
}
