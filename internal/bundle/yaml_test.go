package bundle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"icono/internal/pseudonym"
	"icono/internal/source"
)

// texts are all scalars of a YAML file, names of entries too.
func texts(t *testing.T, f *source.File) (all []spot) {
	t.Helper()
	root, faults := source.Parse(f)
	if len(faults) > 0 {
		t.Fatalf("%v\n%s", faults, f.Text)
	}
	each(root, nil, false, func(s spot) { all = append(all, s) })
	return all
}

const written = `# Ausreisser: Karl-Heinz
#   Brandt wurde entfernt, sagt max@firma.de
# yaml-language-server: $schema=https://example.org/schema.json
version: 1 # Fragen an max@firma.de oder @wer.auch
title: "m J\xF6rgHoch"
about: Siehe https://x.de/a, @wer.auch und https://doi.org/10.1/x
objective: von Karl-Heinz
  Brandt

  und "anderen" so
theory: >-
  Karl-Heinz
  Brandt sagt: https://x.de/a

  Ende
instructions: |2
    eingerückt, JörgHoch
  Karl-Heinz
  Brandt # kein Kommentar
"quoted J\u00F6rgHoch": &an 'it''s JörgHoch'
again: *an
list: [{a: x, question: '@wer.auch, [ja]', definition: https://x.de/a}, JörgHoch, "", ~, 12, !!str 7212345678]
base_url: https://x.de/v1
examples:
  - JörgHoch: ja
  - 'Mail: a@b.de' # an b@c.de
  -
  # JörgHoch
`

// Names and addresses are replaced in what scalars say, however they are written, and
// nothing else changes: neither what they mean nor how they are written.
func TestRewriteYAML(t *testing.T) {
	names := pseudonym.NewNames(pseudonym.Key{1})
	for _, h := range []string{"JörgHoch", "Karl-Heinz Brandt"} {
		names.Add(h, pseudonym.Handle)
	}
	names.Add("7212345678", pseudonym.ID)
	files := []*source.File{source.NewFile("w.yaml", written)}
	more, err := filepath.Glob("../../examples/*/*.yaml")
	if err != nil || len(more) == 0 {
		t.Fatal(err)
	}
	for _, name := range more {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, source.NewFile(name, string(text)))
	}
	for _, f := range files {
		if same := rewriteYAML(f, pseudonym.NewNames(pseudonym.Key{}), func(s spot) string { return s.Text }); f.Name != "w.yaml" && same != f.Text {
			t.Errorf("%s changed:\n%s", f.Name, cmp.Diff(f.Text, same))
		}
		change := func(s spot) string {
			if s.written() {
				return names.Written(s.Text)
			}
			return names.Text(s.Text)
		}
		out := BookText(f, names)
		got, want := texts(t, source.NewFile("out.yaml", out)), texts(t, f)
		if len(got) != len(want) {
			t.Fatalf("%d scalars became %d\n%s", len(want), len(got), out)
		}
		for i, s := range want {
			if got[i].Text != change(s) || got[i].Tag != s.Tag && got[i].Tag != "!!str" {
				t.Errorf("%s: %q became %q of %s, want %q", f.Name, s.Text, got[i].Text, got[i].Tag, change(s))
			}
		}
		if again := BookText(source.NewFile("out.yaml", out), names); again != out {
			t.Errorf("a second time: %s", cmp.Diff(out, again))
		}
	}
	out := BookText(files[0], names)
	for _, gone := range []string{"Hoch", "xF6", "Heinz", "Brandt", "firma", "wer.auch", "x.de/a", "b.de", "c.de", "7212345678"} {
		if strings.Contains(out, gone) {
			t.Errorf("%s stays:\n%s", gone, out)
		}
	}
	for _, kept := range []string{"theory: >-\n", "instructions: |2\n", "&an 'it''s p", "again: *an\n", "https://doi.org/10.1/x", "base_url: https://x.de/v1\n", "schema=https://example.org/schema.json\n", "\"\", ~, 12, !!str ", "\n\n  Ende\n", "kein Kommentar\n"} {
		if !strings.Contains(out, kept) {
			t.Errorf("no %q in\n%s", kept, out)
		}
	}
}

// Texts that are compared with hidden values are replaced as those are, wherever the
// values came from, and nothing else in quotes.
func TestConditions(t *testing.T) {
	names := pseudonym.NewNames(pseudonym.Key{1})
	for _, h := range []string{"Wahl", "cdu_berlin", "party"} {
		names.Add(h, pseudonym.Handle)
	}
	names.Ambiguous(map[string]bool{"Wahl": true, "party": true})
	text := arrow.BinaryTypes.String
	p := plan(t, []arrow.Field{{Name: "User Name", Type: text}, {Name: "Bild", Type: text}, {Name: "Text", Type: text}, {Name: "who", Type: text}, {Name: "Wer", Type: text}}, `  - {id: s, kind: select, with: {derive: {who: 'upper($env["User Name"])'}, rename: {who: Wer}}}
  - {id: e, kind: ensemble, with: {inputs: {R: Text, W: Wer}}}
`)
	p.Stages[1].Inputs, p.Stages[2].Inputs, p.Order = []int{0}, []int{1}, []int{0, 1, 2}
	all := []Column{{Stage: "posts", Name: "User Name", Treatment: Hide, Handle: true}, {Stage: "posts", Name: "Bild", Treatment: Hide, ID: true}}
	hidden, _ := hidings(p, all)
	name, path := names.Name, names.Of
	for _, c := range []struct{ stage, text, want string }{
		{"s", `$env["User Name"] startsWith "cdu" and $env["Post Created"] >= date("2023-01-01")`, `$env["User Name"] startsWith "` + name("cdu") + `" and $env["Post Created"] >= date("2023-01-01")`},
		{"s", `Bild == 'a/b.jpg' ? "Wahl" : "cdu_berlin"`, `Bild == '` + path("a/b.jpg") + `' ? "Wahl" : "` + name("cdu_berlin") + `"`},
		{"s", `Text contains "Wahl" or lower($env["User Name"]) in ["party", ""]`, `Text contains "Wahl" or lower($env["User Name"]) in ["` + name("party") + `", ""]`},
		{"e", `R == "Wahl" and W != "Wahl" and Wer endsWith "x"`, `R == "Wahl" and W != "` + name("Wahl") + `" and Wer endsWith "` + name("x") + `"`},
		{"e", `len(Text) > cdu_berlin and R == "x"`, `len(Text) > ` + name("cdu_berlin") + ` and R == "x"`},
	} {
		if got, is := hidden[c.stage].condition(c.text, names); got != c.want || !is {
			t.Errorf("%s\ngot  %s\nwant %s", c.text, got, c.want)
		}
	}
}
