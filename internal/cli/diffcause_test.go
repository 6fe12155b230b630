package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"icono/internal/change"
)

const asked = `version: 1
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID}}
  - {id: accounts, kind: load, with: {path: accounts.csv, key: Name}}
  - {id: known, kind: join, from: [posts, accounts], with: {on: {User: Name}, how: left}}
  - {id: coded, kind: gpt, with: {model: gpt-6-luna, codebook: book.yaml, image: {send: false}, inputs: {Caption: Text}}}
  - {id: ruled, kind: ensemble, with: {method: rules, column: Ruled, inputs: {V: Frame, P: Party}, rules: [{when: 'V == "Hope" and P == "A"', then: Good}], else: Bad}}
  - {id: kept, kind: filter, with: {where: 'Frame == "Hope"'}}
  - {id: out, kind: save, with: {path: out/coded.csv}}
`

const frames = `version: 1
title: Frames
objective: Code the frame.
variables:
  - name: Frame
    definition: The frame.
    type: categorical
    categories:
      - {name: Hope, definition: good}
      - {name: Fear, definition: bad}
`

// codedStudy is a study whose rows were coded by hand: a and c are Hope, b is Fear.
func codedStudy(t *testing.T) versioned {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"pipeline.yaml": asked, "book.yaml": frames, "hand.csv": "ID,Frame\na,Hope\nb,Fear\nc,Hope\n",
		"posts.csv": "ID,User,Text\na,x,hello\nb,y,bad news\nc,x,good news\n", "accounts.csv": "Name,Party\nx,A\ny,B\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	v := versioned{t, dir, dir}
	v.code("a")
	if code, _, said := run(t, "answers", "export", dir); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, said)
	}
	return inGit(t, dir, dir)
}

// code records the codes of hand.csv.
func (v versioned) code(by string) {
	v.Helper()
	if code, _, said := run(v.T, "answers", "record", "--stage", "coded", filepath.Join(v.study, "hand.csv"), v.study, "--note", by); code != exitDone {
		v.Fatalf("exit code %d\n%s", code, said)
	}
}

func (v versioned) again() {
	v.Helper()
	v.back()
	if err := os.RemoveAll(filepath.Join(v.study, ".icono")); err != nil {
		v.Fatal(err)
	}
}

// What went into a coder is told apart, and what hangs on a changed code names it.
func TestDiffNamesCauses(t *testing.T) {
	v := codedStudy(t)
	if r, _ := v.diff(); !r.Nothing() || len(r.Variables) != 5 {
		t.Fatalf("unchanged: %+v", r)
	}
	type edit struct{ file, old, new string }
	for name, c := range map[string]struct {
		edits              []edit
		frame, ruled, kept string // their causes
	}{
		"a text": {[]edit{{"posts.csv", "bad news", "sad news"}, {"hand.csv", "b,Fear", "b,Hope"}},
			"data: Text: 1", "", "Frame changed (data: Text): 1"},
		"a definition": {[]edit{{"book.yaml", "definition: good", "definition: very good"}, {"hand.csv", "a,Hope", "a,Fear"}},
			"prompt: category Hope of Frame in book.yaml: 1", "Frame changed (prompt: category Hope of Frame in book.yaml): 1", "Frame changed (prompt: category Hope of Frame in book.yaml): 1"},
		"an instruction": {[]edit{{"book.yaml", "Code the frame", "Please code the frame"}, {"hand.csv", "b,Fear", "b,Hope"}},
			"prompt: section Objective in book.yaml: 1", "", "Frame changed (prompt: section Objective in book.yaml): 1"},
		"a category": {[]edit{{"book.yaml", "      - {name: Fear", "      - {name: Joy, definition: fun}\n      - {name: Fear"}, {"hand.csv", "b,Fear", "b,Joy"}},
			"prompt: category Joy of Frame (new) in book.yaml: 1", "", ""},
		"what is sent": {[]edit{{"pipeline.yaml", "Caption: Text", "Caption: upper(Text)"}, {"hand.csv", "b,Fear", "b,Hope"}},
			"prompt: the option inputs: 1", "", "Frame changed (prompt: the option inputs): 1"},
		"a parameter": {[]edit{{"pipeline.yaml", "luna,", "luna, max_tokens: 300,"}, {"hand.csv", "b,Fear", "b,Hope"}},
			"parameter: max_tokens (300, was 4096): 1", "", "Frame changed (parameter: max_tokens (300, was 4096)): 1"},
		"a model": {[]edit{{"pipeline.yaml", "gpt-6-luna", "gpt-6-nova"}, {"hand.csv", "b,Fear", "b,Hope"}},
			"model: gpt-6-nova, was gpt-6-luna: 1", "", "Frame changed (model: gpt-6-nova, was gpt-6-luna): 1"},
		"another protocol": {[]edit{{"pipeline.yaml", "model: gpt-6-luna", "provider: gemini, model: gemini-3.5-flash-lite"}, {"hand.csv", "b,Fear", "b,Hope"}},
			"model: gemini, was openai: 1", "", "Frame changed (model: gemini, was openai): 1"},
		"an account":   {[]edit{{"accounts.csv", "x,A", "x,B"}}, "", "data: Party: 2", ""},
		"a join":       {[]edit{{"pipeline.yaml", "on: {User: Name}", "on: {Text: Name}"}}, "", "join: on: 2", ""},
		"a rule":       {[]edit{{"pipeline.yaml", `V == "Hope" and`, `V == "Fear" or`}}, "", "merge: rules (Good changed): 1", ""},
		"the else":     {[]edit{{"pipeline.yaml", "else: Bad", "else: None"}}, "", "merge: else (None, was Bad): 1", ""},
		"a filter":     {[]edit{{"pipeline.yaml", `where: 'Frame == "Hope"'`, `where: 'Frame == "Fear"'`}}, "", "", `parameter: where (Frame == "Fear", was Frame == "Hope"): 1; parameter: where (Frame == "Fear", was Frame == "Hope"): 2`},
		"spaces":       {[]edit{{"pipeline.yaml", "{id: kept, kind: filter", "{id: kept,   kind: filter"}}, "", "", ""},
		"other values": {[]edit{{"posts.csv", "a,x,hello", "a,y,hello"}}, "", "data: Party: 1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := versioned{t, v.top, v.study}
			for _, e := range c.edits {
				v.edit(e.file, e.old, e.new)
			}
			if c.frame != "" {
				v.code("b")
			}
			r, all := v.diff()
			kept := ""
			for _, table := range r.Tables {
				kept += counted(append(table.AddedBy, table.LostBy...))
			}
			if causes(all["Frame"]) != c.frame || causes(all["Ruled"]) != c.ruled || kept != c.kept {
				t.Errorf("Frame: %s\nRuled: %s\nrows: %s", causes(all["Frame"]), causes(all["Ruled"]), kept)
			}
			v.again()
		})
	}
}

// A change that may have come from two things is not said to come from one; what has
// no answer yet is no change, nor what is made from it.
func TestDiffSaysWhatIsCertain(t *testing.T) {
	v := codedStudy(t)
	// What a revision recorded goes before what is stored by now.
	v.again()
	v.edit("hand.csv", "b,Fear", "b,Hope")
	v.code("b")
	if _, all := v.diff(); causes(all["Frame"]) != "answer: the same question was answered anew: 1" || all["Ruled"].Waiting != 0 {
		t.Errorf("another answer: %+v", all["Frame"])
	}
	v.again()

	v.edit("posts.csv", "bad news", "sad news")
	v.edit("book.yaml", "definition: good", "definition: very good")
	_, all := v.diff()
	if f, r := all["Frame"], all["Ruled"]; f.Waiting != 3 || f.Both != 0 || r.Waiting != 3 || r.Changed != 0 {
		t.Errorf("not answered: %+v, %+v", f, r)
	}
	v.edit("hand.csv", "a,Hope\nb,Fear", "a,Fear\nb,Hope")
	v.code("b")
	r, all := v.diff()
	want := []change.Count{{Name: "prompt: category Hope of Frame in book.yaml", N: 2, Alone: 1}, {Name: "data: Text", N: 1}}
	if f := all["Frame"]; !slices.Equal(f.Causes, want) || f.Changed != 2 || f.Alpha == nil || *f.Alpha != -0.25 {
		t.Errorf("both: %+v", f)
	}
	if len(r.Tables) != 1 || strings.Join(r.Tables[0].Lost, "") != "a" || strings.Join(r.Tables[0].Added, "") != "b" || len(r.Tables[0].Waiting) != 0 {
		t.Errorf("rows: %+v", r.Tables)
	}
	v.again()

	// A stage that is called otherwise is the same one; a new variable is named.
	v.edit("pipeline.yaml", "id: coded", "id: frames")
	if err := os.Rename(filepath.Join(v.study, "cassettes/coded.jsonl"), filepath.Join(v.study, "cassettes/frames.jsonl")); err != nil {
		t.Fatal(err)
	}
	if r, all := v.diff(); all["Frame"].Both != 3 || all["Frame"].Changed+all["Frame"].Waiting != 0 || len(r.New)+len(r.Gone) != 0 {
		t.Errorf("another name: %+v", r)
	}
	v.again()
	if err := os.Remove(filepath.Join(v.study, "cassettes/frames.jsonl")); err != nil {
		t.Fatal(err)
	}
	v.edit("book.yaml", "variables:\n", "variables:\n  - {name: Loud, definition: loud, type: boolean}\n")
	v.edit("hand.csv", "ID,Frame\na,Hope\nb,Fear\nc,Hope\n", "ID,Frame,Loud\na,Hope,true\nb,Hope,true\nc,Hope,false\n")
	v.code("b")
	if r, all := v.diff(); strings.Join(r.New, "") != "Loud (coded)" || causes(all["Frame"]) != "prompt: Loud (new) in book.yaml: 1" {
		t.Errorf("a variable: %q, %s", r.New, causes(all["Frame"]))
	}
}

// Another picture is told from another way to send one, and rows that could not be
// coded are counted.
func TestDiffOfPictures(t *testing.T) {
	study := ranExample(t)
	v := inGit(t, filepath.Dir(study), study)
	images := filepath.Join(v.top, "colour-mood/media/images")
	from, err := os.ReadFile(filepath.Join(images, "blaues.ufer/2657484542301776130_8094417265.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	// The folder of pictures is not in git: the revision shows that of the working tree.
	at := filepath.Join(images, "partei.morgenrot/2666285777539010007_2149321043.jpg")
	keep := from
	if keep, err = os.ReadFile(at); err != nil {
		t.Fatal(err)
	}
	v.git("add", "-f", at)
	v.git("commit", "-qm", "a picture")
	if err := os.WriteFile(at, from, 0o644); err != nil {
		t.Fatal(err)
	}
	r, all := v.diff()
	for _, name := range []string{"Mood", "OCR", "Objects", "caption"} {
		if x := all[name]; x.Changed != 1 || causes(x) != "picture: another file: 1" {
			t.Errorf("%s: %+v", name, x)
		}
	}
	if len(r.Faults) == 0 || r.Faults[0] != (change.Faults{Stage: "mood", Before: 1, After: 1}) {
		t.Errorf("faults: %+v", r.Faults)
	}
	if err := os.Remove(at); err != nil {
		t.Fatal(err)
	}
	r, all = v.diff()
	for _, name := range []string{"Mood", "Scene", "OCR"} {
		if x := all[name]; x.Changed+x.Waiting == 0 || x.Changed > 0 && causes(x) != "picture: there is no file any more: 1" {
			t.Errorf("no file, %s: %+v", name, x)
		}
	}
	if !slices.Contains(r.Study, "the picture ../colour-mood/media/images/partei.morgenrot/2666285777539010007_2149321043.jpg is gone") {
		t.Errorf("no file: %q", r.Study)
	}
	if err := os.WriteFile(at, keep, 0o644); err != nil {
		t.Fatal(err)
	}
	if r, _ := v.diff(); !r.Nothing() {
		t.Errorf("put back: %+v", r)
	}
	v.edit("pipeline.yaml", "max_side: 768", "max_side: 32")
	if _, all := v.diff(); all["Scene"].Waiting == 0 || all["Scene"].Changed != 0 {
		t.Errorf("smaller pictures: %+v", all["Scene"])
	}
}
