package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/onnx"
	"icono/internal/source"
)

// commands are the scripts of a workflow that call the program, in order.
func commands(n *source.Node) []string {
	var out []string
	if strings.HasPrefix(n.Scalar(), "icono ") || strings.Contains(n.Scalar(), "\nicono ") {
		out = append(out, n.Text)
	}
	for _, c := range n.List() {
		out = append(out, commands(c)...)
	}
	for _, f := range n.Fields {
		out = append(out, commands(f.Value)...)
	}
	return out
}

// The workflows that `init --ci` writes do what they say for the example of the whole
// method: they pass as it is, say in a summary which codes a change of prompts changes,
// and fail where the answers to it are not recorded.
func TestWorkflows(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: needs git")
	}
	top := wholeMethod(t)
	summary := filepath.Join(t.TempDir(), "summary.md")
	shell := func(text string) (string, error) {
		c := exec.Command("bash", "-eo", "pipefail", "-c", text)
		c.Dir = top
		c.Env = append(os.Environ(), "CI=true", "STUDY=ensemble", "GITHUB_STEP_SUMMARY="+summary, "OPENAI_API_KEY=", "XDG_CACHE_HOME="+t.TempDir(), onnx.LibraryVariable+"=/nowhere.so",
			"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b.c", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b.c")
		out, err := c.CombinedOutput()
		return string(out), err
	}
	must := func(text string) {
		t.Helper()
		if out, err := shell(text); err != nil {
			t.Fatalf("%s: %v\n%s", text, err, out)
		}
	}
	must("git init -q -b main; printf '.icono/\\nout/\\n' > .gitignore; icono run --record none ensemble; git add -A; git commit -qm first; git commit -qm second --allow-empty")
	for service, path := range map[string]string{"github": ".github/workflows/icono.yml", "gitlab": ".gitlab-ci.yml"} {
		must("icono init --ci " + service + " .")
		text, err := os.ReadFile(filepath.Join(top, path))
		if err != nil {
			t.Fatal(err)
		}
		doc, faults := source.Parse(source.NewFile(path, string(text)))
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		all := commands(doc)
		if len(all) != 4 {
			t.Fatalf("%s: %q", service, all)
		}
		run := func() (string, error) { return shell(strings.Join(all, "\n")) }
		if out, err := run(); err != nil {
			t.Errorf("%s: %v\n%s", service, err, out)
		}
		// A definition is changed, and nobody was asked.
		must("sed -i.bak 's/A gathering of people/A large gathering of people/' ensemble/codebooks/scene.yaml; git commit -qam changed")
		if out, err := run(); err == nil || !strings.Contains(out, "codebooks/scene.yaml") {
			t.Errorf("%s, changed: %v\n%s", service, err, out)
		}
		// It was, and one code is another.
		must("sed -i.bak 's/,Place,/,Other,/' ensemble/hand/scenes.csv; icono answers record --stage scene ensemble/hand/scenes.csv ensemble --note anew")
		out, err := shell("icono diff HEAD~1 --study ensemble --markdown --fail-over Scene=50%")
		if err != nil || !strings.Contains(out, "codebooks&#47;scene&#46;yaml") || !strings.Contains(out, "| Scene (scene) | 24 |") {
			t.Errorf("%s, recorded: %v\n%s", service, err, out)
		}
		must("git reset -q --hard HEAD~1; rm -rf ensemble/.icono")
	}
	if text, err := os.ReadFile(summary); err != nil || !strings.Contains(string(text), "No difference") {
		t.Errorf("summary: %v\n%s", err, text)
	}
}
