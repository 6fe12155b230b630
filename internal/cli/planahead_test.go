package cli

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"icono/internal/chat/chattest"
)

// What plan foretells is what a run asks, counted at the server: of stages that read a
// table, of those that read what others find, and of those behind a vote, which plan
// cannot quote without running the study from its stored answers.
func TestPlanIsWhatIsAsked(t *testing.T) {
	t.Setenv("CI", "")
	t.Setenv("OPENAI_API_KEY", "sk-test")
	var asked atomic.Int64
	server := httptest.NewServer(chattest.New(chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour {
		asked.Add(1)
		return chattest.Says(fmt.Sprintf(`{"Tone": "%c", "Kind": "%c"}`, 'a'+c.Identity[0]%3, 'a'+c.Identity[1]%3))
	}}))
	defer server.Close()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	table := func(rows int) string {
		var b strings.Builder
		b.WriteString("ID,Text\n")
		for i := range rows {
			fmt.Fprintf(&b, "%03d,text %d\n", i, i)
		}
		return b.String()
	}
	pipe := func(prompt, rule string) string {
		model := fmt.Sprintf(`model: gpt-4o, base_url: "%s/v1"`, server.URL)
		return fmt.Sprintf(`version: 1
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID}}
  - {id: tone, kind: gpt, with: {%s, prompt: %q, columns: [Tone], image: {send: false}, inputs: {Text: Text}}}
  - {id: vote, kind: ensemble, with: {method: vote, inputs: {tone: Tone, words: '%s'}, prefer: [tone], ties: input, categories: [a, b, c]}}
  - {id: some, kind: filter, with: {where: 'vote != "c"', on_null: keep}}
  - {id: final, kind: gpt, with: {%s, prompt: "What kind?", columns: [Kind], image: {send: false}, inputs: {Vote: vote, Text: Text}}}
  - {id: out, kind: save, with: {path: out/t.csv}}
`, model, prompt, rule, model)
	}
	planned := func() map[string]int64 {
		t.Helper()
		code, out, errs := run(t, "plan", "--json", dir)
		if code != exitDone {
			t.Fatal(out + errs)
		}
		var p struct {
			Stages []struct {
				ID   string
				Asks *struct{ Requests int64 }
			}
		}
		if err := json.Unmarshal([]byte(out), &p); err != nil {
			t.Fatal(err)
		}
		asks := map[string]int64{}
		for _, s := range p.Stages {
			if s.Asks != nil {
				asks[s.ID] = s.Asks.Requests
			}
		}
		return asks
	}
	ran := func() int64 {
		t.Helper()
		before := asked.Load()
		if code, out, errs := run(t, "run", dir); code != exitDone {
			t.Fatal(out + errs)
		}
		return asked.Load() - before
	}
	write("posts.csv", table(20))
	write("pipeline.yaml", pipe("How does it sound?", `"a"`))
	first := planned()
	if _, known := first["final"]; first["tone"] != 20 || !known {
		t.Errorf("at first: %v", first)
	}
	ran()
	if p := planned(); p["tone"] != 0 || p["final"] != 0 {
		t.Errorf("after a run: %v", p)
	}
	if n := ran(); n != 0 {
		t.Errorf("a second run asked %d", n)
	}
	for _, c := range []struct {
		name   string
		change func()
	}{
		{"another rule", func() { write("pipeline.yaml", pipe("How does it sound?", `Text contains "1" ? "b" : "a"`)) }},
		{"rows that follow", func() { write("posts.csv", table(23)) }},
		{"rows that say the same", func() { write("posts.csv", table(23)+"x,new\ny,new\nz,text 3\n") }},
		{"another prompt", func() { write("pipeline.yaml", pipe("How does it really sound?", `"a"`)) }},
	} {
		name := c.name
		c.change()
		p := planned()
		n := ran()
		switch {
		case name == "rows that say the same" && p["tone"] != 1: // which is asked once
			t.Errorf("%s: %v is planned, %d were asked", name, p, n)
		case name == "another rule" && n != p["tone"]+p["final"]:
			t.Errorf("%s: %v is planned, %d were asked", name, p, n)
		case n < p["tone"] || n > p["tone"]+23:
			t.Errorf("%s: %v is planned, %d were asked", name, p, n)
		}
		if again := ran(); again != 0 {
			t.Errorf("%s: a second run asked %d", name, again)
		}
	}
	// What only the store holds is told, since git does not carry it.
	if code, _, said := run(t, "verify", dir); code != exitDone || !strings.Contains(said, "answers of final in .icono alone") {
		t.Errorf("exit code %d\n%s", code, said)
	}
	if code, _, said := run(t, "answers", "export", dir); code != exitDone {
		t.Error(said)
	}
	if code, _, said := run(t, "verify", dir); code != exitDone || strings.Contains(said, "alone") {
		t.Errorf("exit code %d\n%s", code, said)
	}
}
