package cli

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"icono/internal/chat/chattest"
)

// A row with a fault is not coded further, so plan counts no further codings of it, be
// the fault in the first or in a later one.
func TestPlanOfFaultyRows(t *testing.T) {
	t.Setenv("CI", "")
	t.Setenv("OPENAI_API_KEY", "sk-test")
	var asked, ofLater atomic.Int64
	server := httptest.NewServer(chattest.New(chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour {
		asked.Add(1)
		switch body := string(c.Body); {
		case strings.Contains(body, "never"), strings.Contains(body, "later") && ofLater.Add(1) == 2:
			return chattest.Refuses()
		}
		return chattest.Says(`{"Tone": "a"}`)
	}}))
	defer server.Close()
	dir := t.TempDir()
	writeText(t, filepath.Join(dir, "posts.csv"), "ID,Text\n1,well\n2,never\n3,later\n")
	pipe := fmt.Sprintf(`version: 1
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID}}
  - {id: tone, kind: gpt, with: {model: gpt-4o, base_url: "%s/v1", prompt: "How does it sound?", columns: [Tone], runs: 3, image: {send: false}, inputs: {Text: Text}}}
  - {id: out, kind: save, with: {path: t.csv}}
`, server.URL)
	writeText(t, filepath.Join(dir, "pipeline.yaml"), pipe)
	ran := func() int64 {
		t.Helper()
		before := asked.Load()
		if code, out, errs := run(t, "run", dir); code != exitDone {
			t.Fatal(out + errs)
		}
		return asked.Load() - before
	}
	planned := func(want string, args ...string) {
		t.Helper()
		code, out, errs := run(t, append([]string{"plan", "--json", dir}, args...)...)
		if code != exitDone || !strings.Contains(out, want) {
			t.Errorf("%v: exit code %d, not %s\n%s%s", args, code, want, out, errs)
		}
	}
	if n := ran(); n != 3+1+2 {
		t.Errorf("%d were asked", n)
	}
	planned(`"requests": 0`)
	if n := ran(); n != 0 {
		t.Errorf("a second run asked %d", n)
	}
	planned(`"requests": 5`, "--retry", "refused")
	writeText(t, filepath.Join(dir, "pipeline.yaml"), strings.Replace(pipe, "runs: 3", "runs: 5", 1))
	planned(`"requests": 2`) // of the good row
	if n := ran(); n != 2 {
		t.Errorf("%d were asked, 2 planned", n)
	}
}
