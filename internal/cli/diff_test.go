package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/change"
)

// versioned is a study in a git repository.
type versioned struct {
	*testing.T
	top, study string
}

func inGit(t *testing.T, top, study string) versioned {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: needs git")
	}
	v := versioned{t, top, study}
	if err := os.WriteFile(filepath.Join(top, ".gitignore"), []byte(".icono/\nout/\nmedia/\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	v.git("init", "-q")
	v.git("add", "-A")
	v.git("commit", "-qm", "first")
	return v
}

func (v versioned) git(args ...string) {
	v.Helper()
	c := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"}, args...)...)
	c.Dir = v.top
	if out, err := c.CombinedOutput(); err != nil {
		v.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func (v versioned) edit(name, old, new string) {
	v.Helper()
	path := filepath.Join(v.study, name)
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), old) {
		v.Fatalf("%s: %v, or no %q", name, err, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
		v.Fatal(err)
	}
}

// diff returns the report of the working tree against the last commit.
func (v versioned) diff(args ...string) (change.Report, map[string]change.Variable) {
	v.Helper()
	code, out, said := run(v.T, append([]string{"diff", "HEAD", "--study", v.study, "--json"}, args...)...)
	var r change.Report
	if err := json.Unmarshal([]byte(out), &r); code != exitDone || err != nil {
		v.Fatalf("exit code %d, %v\n%s%s", code, err, out, said)
	}
	all := map[string]change.Variable{}
	for _, x := range r.Variables {
		all[x.Name] = x
	}
	return r, all
}

func (v versioned) back() {
	v.Helper()
	v.git("checkout", "-q", "--", ".")
}

func causes(v change.Variable) string { return counted(v.Causes) }

func counted(all []change.Count) string {
	var out []string
	for _, c := range all {
		out = append(out, fmt.Sprintf("%s: %d", c.Name, c.N))
	}
	return strings.Join(out, "; ")
}

// Each change of the whole method is found with its cause.
func TestDiffOfTheWholeMethod(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // what is left behind is of this test
	study := ranExample(t)
	v := inGit(t, filepath.Dir(study), study)
	if r, _ := v.diff(); !r.Nothing() {
		t.Errorf("unchanged: %+v", r)
	}
	v.edit("pipeline.yaml", "# CLIP: how", "# How")
	if r, _ := v.diff(); !r.Nothing() {
		t.Errorf("a comment: %+v", r)
	}

	v.edit("pipeline.yaml", `"a cool picture", "a blue picture", "a green picture"`, `"a blue picture", "a green picture"`)
	v.edit("pipeline.yaml", `"a warm picture"`, `"a warm picture", "a cool picture"`)
	r, all := v.diff()
	if m := all["Mood"]; m.Changed == 0 || m.Both != 24 || causes(m) != fmt.Sprintf("prompt: the phrases of Warm (new: \"a cool picture\"), Cool (gone: \"a cool picture\"): %d", m.Changed) || m.Alpha == nil || *m.Alpha > 0.95 {
		t.Errorf("phrases: %+v", m)
	}
	if m := all["Type"]; m.Waiting != all["Mood"].Changed || m.Changed != 0 {
		t.Errorf("phrases: the merger would be asked anew, and is not yet: %+v", m)
	}
	if all["Scene"].Changed != 0 || len(r.Study) != 1 || !strings.Contains(r.Study[0], `mood: prompt: the phrases of Warm (new: "a cool picture")`) {
		t.Errorf("phrases: %+v, %v", all["Scene"], r.Study)
	}
	if p := all["Mood Probability"]; p.Both != 24 || p.Changed != 0 { // the best phrase is the same one
		t.Errorf("phrases: %+v", p)
	}
	v.back()

	v.edit("pipeline.yaml", `"a cool picture", `, ``)
	_, all = v.diff()
	if p := all["Mood Probability"]; p.Changed <= all["Mood"].Changed || p.Moved == nil || p.Moved.Mean <= 0 || p.Moved.Most < p.Moved.Mean || p.Coded || p.Measured || causes(p) != fmt.Sprintf("prompt: the phrases of Cool (gone: \"a cool picture\"): %d", p.Changed) {
		t.Errorf("probabilities: %+v", p)
	}
	v.back()

	v.edit("codebooks/scene.yaml", "A gathering of people", "A large gathering of people")
	if _, all := v.diff(); all["Scene"].Waiting != 23 {
		t.Errorf("a definition: %+v", all["Scene"])
	}
	v.edit("hand/scenes.csv", ",Place,", ",Other,")
	if code, _, said := run(t, "answers", "record", "--stage", "scene", filepath.Join(study, "hand/scenes.csv"), study, "--note", "anew"); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, said)
	}
	_, all = v.diff()
	if s := all["Scene"]; s.Changed != 1 || s.Waiting != 0 || causes(s) != "prompt: category Event of Scene in codebooks/scene.yaml: 1" || s.Transitions[0].From.Text != "Place" || s.Transitions[0].To.Text != "Other" {
		t.Errorf("a definition, coded: %+v", s)
	}
	if err := os.RemoveAll(filepath.Join(study, ".icono")); err != nil {
		t.Fatal(err)
	}
	v.back()

	v.edit("cassettes/scene.jsonl", `{\"Scene\":\"Place\",\"People\":false}`, `{\"Scene\":\"Other\",\"People\":false}`)
	if _, all := v.diff(); causes(all["Scene"]) != "answer: the same question was answered anew: 1" {
		t.Errorf("another answer: %+v", all["Scene"])
	}
	v.back()

	v.edit("pipeline.yaml", "n: 8", "n: 7")
	r, _ = v.diff()
	if len(r.Tables) != 1 || r.Tables[0].Stage != "pilot" || len(r.Tables[0].Lost) != 3 || len(r.Tables[0].Added) != 0 || counted(r.Tables[0].LostBy) != "parameter: n (7, was 8): 3" || r.Tables[0].AddedBy != nil {
		t.Errorf("a smaller sample: %+v", r.Tables)
	}
	v.back()

	for _, args := range [][]string{{"diff", "HEAD"}, {"diff", "HEAD..HEAD"}, {"diff", "HEAD", "HEAD"}, {"diff", study, study}} {
		if code, out, said := run(t, append(args, "--study", study)...); code != exitDone || !strings.HasPrefix(out, "no difference") {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, said)
		}
	}
	for version, want := range map[string]string{"nowhere": "no file, folder or git revision nowhere", "--output=x": "unknown flag"} {
		if code, _, said := run(t, "diff", version, "--study", study); code != exitWrong || !strings.Contains(said, want) {
			t.Errorf("%s: exit code %d\n%s", version, code, said)
		}
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "icono-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

const voting = `version: 1
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID}}
  - {id: voted, kind: ensemble, with: {method: vote, column: Voted, inputs: {A: One, B: Two, C: Three}}}
  - {id: ruled, kind: ensemble, with: {method: rules, column: Ruled, inputs: {V: Voted, W: M}, rules: [{when: 'V == "x" and One != "q"', then: Yes}], else: No}}
  - {id: avg, kind: ensemble, with: {method: mean, column: Mean, inputs: {A: N, B: M}}}
  - {id: out, kind: save, with: {path: out/coded.csv}}
`

// Changes of data, of the merge and of what follows from them are told apart; limits
// are kept; hostile texts stay texts.
func TestDiffOfMerges(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"pipeline.yaml": voting, "posts.csv": "ID,One,Two,Three,N,M\na,x,x,y,1,2\nb,x,y,y,1,4\nc,x,x,x,2,2\n@team <b>|d,x,x,y,5,3\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	v := inGit(t, dir, dir)

	v.edit("posts.csv", "a,x,x,y", "a,x,y,y")
	r, all := v.diff()
	if causes(all["Voted"]) != "data: Two: 1" || causes(all["Ruled"]) != "Voted changed (data: Two): 1" || len(r.Study) != 1 || !strings.Contains(r.Study[0], "posts.csv") {
		t.Errorf("data: %s, %s, %v", causes(all["Voted"]), causes(all["Ruled"]), r.Study)
	}
	v.back()

	v.edit("pipeline.yaml", `{A: One, B: Two, C: Three}}`, `{A: One, B: Two, C: Three}, weights: {C: 5}}`)
	_, all = v.diff()
	if m := all["Voted"]; m.Changed != 2 || m.Both != 4 || causes(m) != "merge: weights: 2" || causes(all["Ruled"]) != "Voted changed (merge: weights): 2" {
		t.Errorf("weights: %+v, %+v", m, all["Ruled"])
	}
	for args, want := range map[string]int{"--fail-over=60%": exitDone, "--fail-over=49.9%": exitDiffers, "--fail-over=Voted=60%": exitDone, "--fail-over=Voted=0%": exitDiffers, "--fail-over=Nobody=5%": exitWrong,
		"--fail-over=5": exitWrong, "--fail-over=NaN%": exitWrong, "--fail-over=-1%": exitWrong} {
		if code, _, said := run(t, "diff", "HEAD", "--study", dir, args); code != want {
			t.Errorf("%s: exit code %d\n%s", args, code, said)
		}
	}
	code, out, said := run(t, "diff", "HEAD", "--study", dir, "--markdown")
	if code != exitDone || strings.Contains(out, "@team") || strings.Contains(out, "<b>") || strings.Contains(out, "b>|d") || !strings.Contains(out, "| Voted (voted) | 4 | 2 | 50.0 % |") {
		t.Errorf("exit code %d\n%s%s", code, out, said)
	}
	v.back()

	v.edit("pipeline.yaml", `'V == "x" and`, `'V == "y" and`)
	if _, all = v.diff(); causes(all["Ruled"]) != "merge: rules (Yes changed): 4" || all["Voted"].Changed != 0 {
		t.Errorf("rules: %s", causes(all["Ruled"]))
	}
	v.back()

	// Of what is merged by rules counts what conditions name, and no more.
	v.edit("posts.csv", "c,x,x,x,2,2", "c,q,x,x,2,3")
	if r, all = v.diff(); causes(all["Ruled"]) != "data: One: 1" || all["Voted"].Changed != 0 || len(r.Data) != 2 || r.Data[0].Name != "One" || r.Data[0].Changed != 1 {
		t.Errorf("a column of a condition: %s, %+v", causes(all["Ruled"]), r.Data)
	}
	v.back()

	// What decides ties matters where there is one.
	v.edit("posts.csv", "a,x,x,y,", "a,x,y,z,")
	v.edit("posts.csv", "b,x,y,y,", "b,x,x,y,")
	v.edit("pipeline.yaml", `column: Voted,`, `column: Voted, ties: order, prefer: [z, y, x],`)
	if _, all = v.diff(); all["Voted"].Changed != 2 {
		t.Errorf("ties: %+v", all["Voted"])
	}
	for _, row := range all["Voted"].Rows {
		if ties := strings.Contains(strings.Join(row.Causes, ";"), "merge: ties"); ties != (row.Key == "a") {
			t.Errorf("ties: %s because of %q", row.Key, row.Causes)
		}
	}
	v.back()

	v.edit("pipeline.yaml", `column: Mean,`, `column: Mean, weights: {A: 3},`)
	if _, all = v.diff(); all["Mean"].Changed != 3 || causes(all["Mean"]) != "merge: weights: 3" || all["Mean"].Moved == nil || all["Mean"].Level != "interval" {
		t.Errorf("a mean: %+v", all["Mean"])
	}
	for args, want := range map[string]int{"--fail-over=60%": exitDiffers, "--fail-over=Mean=80%": exitDone} {
		if code, _, said := run(t, "diff", "HEAD", "--study", dir, args); code != want {
			t.Errorf("a mean, %s: exit code %d\n%s", args, code, said)
		}
	}
	v.edit("pipeline.yaml", `column: Mean,`, `column: Average,`)
	if code, _, said := run(t, "diff", "HEAD", "--study", dir, "--fail-over", "100%"); code != exitDiffers || !strings.Contains(said, "Mean (avg) is gone") {
		t.Errorf("a column is gone: exit code %d\n%s", code, said)
	}
	v.back()
	v.edit("posts.csv", "a,x,x,y,1,2\n", "")
	for args, want := range map[string]int{"--fail-over=25%": exitDone, "--fail-over=24%": exitDiffers} {
		if code, _, said := run(t, "diff", "HEAD", "--study", dir, args); code != want || want == exitDiffers && !strings.Contains(said, "voted lost 1 of 4 rows") {
			t.Errorf("a row is gone, %s: exit code %d\n%s", args, code, said)
		}
	}
	v.back()

	v.edit("posts.csv", "b,x,y,y,", "e,x,y,y,")
	r, _ = v.diff()
	if len(r.Tables) != 1 || counted(r.Tables[0].AddedBy) != "data: the rows of the table: 1" || counted(r.Tables[0].LostBy) != "data: the rows of the table: 1" || strings.Join(r.Tables[0].Lost, "") != "b" || strings.Join(r.Tables[0].Added, "") != "e" {
		t.Errorf("rows: %+v", r.Tables)
	}
}
