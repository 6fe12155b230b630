package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// plannedStage is a stage in the JSON of a plan.
type plannedStage struct {
	ID    string
	Since string `json:"since_lock"`
	Asks  *struct {
		Stored, Requests int64
		Reasons          []string
	}
}

// planned returns the plan of a study, by stage.
func planned(t *testing.T, study string) map[string]plannedStage {
	t.Helper()
	code, out, said := run(t, "plan", "--json", study)
	if code != exitDone {
		t.Fatalf("exit code %d\n%s", code, said)
	}
	var plan struct{ Stages []plannedStage }
	if err := json.Unmarshal([]byte(out), &plan); err != nil {
		t.Fatal(err)
	}
	all := map[string]plannedStage{}
	for _, s := range plan.Stages {
		all[s.ID] = s
	}
	return all
}

// The plan of a study that was run says what changed since, and which rows that leaves
// to be asked, and why.
func TestPlanSaysWhatChanged(t *testing.T) {
	study := ranExample(t)
	for id, s := range planned(t, study) {
		if s.Since != asLocked || s.Asks != nil && (s.Asks.Requests != 0 || s.Asks.Stored == 0) {
			t.Errorf("unchanged: %s is %q, asks %+v", id, s.Since, s.Asks)
		}
	}
	edit := func(name, old, new string) func() {
		t.Helper()
		path := filepath.Join(study, name)
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), old) {
			t.Fatalf("%s: %v, or no %q", name, err, old)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}

	back := edit("pipeline.yaml", "a dark picture", "a gloomy picture")
	p := planned(t, study)
	if p["mood"].Since != "labels changed" || p["pilot"].Since != asLocked || p["report"].Since != "after mood" || p["scene"].Asks.Requests != 0 {
		t.Errorf("a phrase: %+v", p)
	}
	back()

	back = edit("codebooks/scene.yaml", "A gathering of people", "A large gathering of people")
	p = planned(t, study)
	if a := p["scene"].Asks; p["scene"].Since != "codebooks/scene.yaml changed" || a.Requests != 23 || a.Stored != 0 || strings.Join(a.Reasons, "") != "to ask anew: 23 that differ from what is stored of their rows in: prompt" {
		t.Errorf("a definition: %+v, %+v", p["scene"], a)
	}
	if a := p["seen"].Asks; a.Requests != 0 {
		t.Errorf("a definition: text would be read again: %+v", a)
	}
	if a := p["merged"].Asks; a.Requests == 0 {
		t.Errorf("a definition: the merger is said to be answered: %+v", a)
	}
	back()

	back = edit("pipeline.yaml", "n: 8", "n: 9")
	p = planned(t, study)
	if a := p["scene"].Asks; p["pilot"].Since != "n changed" || a.Requests != 3 || a.Stored != 23 || strings.Join(a.Reasons, "") != "to ask: 3 about rows that nothing is stored of" {
		t.Errorf("three rows more: %+v, %+v", p["pilot"], a)
	}
	back()

	back = edit("pipeline.yaml", "max_side: 768", "max_side: 512")
	p = planned(t, study)
	if a := p["scene"].Asks; p["scene"].Since != "image changed" || a.Requests == 0 || !strings.Contains(strings.Join(a.Reasons, ""), "in: picture") {
		t.Errorf("smaller pictures: %+v, %+v", p["scene"], a)
	}
	back()

	back = edit("pipeline.yaml", "version: 1", "version: 1\nprices: prices.yaml")
	if err := os.WriteFile(filepath.Join(study, "prices.yaml"), []byte("version: 1\ndate: \"2026-11-01\"\nmodels:\n  - {model: m, input: 1, output: 2}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := run(t, "plan", study); code != exitDone || !strings.Contains(out, "\nsince the lock: prices.yaml is new\n") {
		t.Errorf("a price file: exit code %d\n%s", code, out)
	}
	back()

	pictures, err := filepath.Glob(filepath.Join(study, "../colour-mood/media/images/*/2657484542301776130_8094417265.jpg"))
	if err != nil || len(pictures) != 1 {
		t.Fatal(pictures, err)
	}
	before, err := os.ReadFile(pictures[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pictures[0], append(before, 0), 0o644); err != nil {
		t.Fatal(err)
	}
	p = planned(t, study)
	if a := p["scene"].Asks; p["posts"].Since != "1 picture changed" || p["scene"].Since != "after posts" || a.Requests != 1 || strings.Join(a.Reasons, "") != "to ask anew: 1 that differ from what is stored of their rows in: picture" {
		t.Errorf("another file of the same picture: %+v, %+v, %+v", p["posts"], p["scene"], a)
	}
	if err := os.Remove(pictures[0]); err != nil {
		t.Fatal(err)
	}
	p = planned(t, study)
	if a := p["scene"].Asks; p["posts"].Since != "1 picture gone" || a.Stored != 22 || a.Requests != 0 || p["merged"].Since != "after posts" {
		t.Errorf("no picture: %+v, %+v", p["posts"], a)
	}
}
