package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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

// Whatever the styles of scalars, what is YAML stays YAML that says the same but for names
// and addresses, and none of them stands there any more.
func TestRewriteStyles(t *testing.T) {
	names := pseudonym.NewNames(pseudonym.Key{1})
	for _, h := range []string{"JörgHoch", "Karl-Heinz Brandt", "abc"} {
		names.Add(h, pseudonym.Handle)
	}
	change := func(s spot) string {
		if s.written() {
			return names.Written(s.Text)
		}
		return names.Text(s.Text)
	}
	rapid.Check(t, func(rt *rapid.T) {
		words := func() string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"JörgHoch", "KARL-HEINZ\nBrandt", "Karl-Heinz Brandt", "@wer.auch", "https://x.de/a,", "a@b.de", "und", "it's", "\"ja\"", "[url]", "#kein", "x:", "-", "\\n", "{}", "ß", "abc", "\n"}), 1, 7).Draw(rt, "words"), " ")
		}
		var b strings.Builder
		for i := range rapid.IntRange(1, 5).Draw(rt, "entries") {
			key, text := fmt.Sprint(rapid.SampledFrom([]string{"about", "x", "JörgHoch"}).Draw(rt, "key"), " ", i), words()
			if rapid.Bool().Draw(rt, "prose") {
				key = []string{"title", "about", "objective", "theory", "note"}[i]
			}
			flat := strings.Join(strings.Fields(text), " ")
			lines := strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
			switch rapid.SampledFrom([]string{"plain", "single", "double", "escaped", "literal", "folded", "flow", "list", "long"}).Draw(rt, "style") {
			case "plain":
				fmt.Fprintf(&b, "%s: %s # an %s\n", key, flat, flat)
			case "single":
				fmt.Fprintf(&b, "%s: '%s'\n# %s\n#   %s\n", key, strings.ReplaceAll(lines, "'", "''"), flat, flat)
			case "double":
				fmt.Fprintf(&b, "%s: %s\n", key, quoted(text))
			case "escaped":
				fmt.Fprintf(&b, "%s: \"\\x4a\\u00f6rgHoch \\\n   %s\"\n", key, strings.NewReplacer(`"`, "", `\`, "").Replace(flat))
			case "literal":
				fmt.Fprintf(&b, "%s: |%s\n    %s\n\n", key, rapid.SampledFrom([]string{"", "-", "+", "4"}).Draw(rt, "chomp"), lines)
			case "folded":
				fmt.Fprintf(&b, "%s: >%s # %s\n    %s\n", key, rapid.SampledFrom([]string{"", "-", "+"}).Draw(rt, "chomp"), flat, lines)
			case "flow":
				fmt.Fprintf(&b, "%s: [{a: %s, %s: '%s'}, &n%d %s, *n%d]\n", key, flat, quoted(flat), strings.ReplaceAll(flat, "'", "''"), i, quoted(text), i)
			case "list":
				fmt.Fprintf(&b, "%s:\n  - %s\n  -\n    k: %s\n  # %s\n", key, flat, quoted(text), flat)
			case "long":
				fmt.Fprintf(&b, "%s: %s\n  %s\n\n  %s\n", key, flat, flat, flat)
			}
		}
		file := source.NewFile("w.yaml", b.String())
		if root, faults := source.Parse(file); root == nil || len(faults) > 0 {
			rt.Skip("no YAML")
		}
		want, out := texts(t, file), BookText(file, names)
		root, faults := source.Parse(source.NewFile("out.yaml", out))
		if root == nil || len(faults) > 0 {
			rt.Fatalf("%v\n%s\nof\n%s", faults, out, b.String())
		}
		got := texts(t, source.NewFile("out.yaml", out))
		if len(got) != len(want) {
			rt.Fatalf("%d scalars became %d\n%s\nof\n%s", len(want), len(got), out, b.String())
		}
		for i, s := range want {
			if got[i].Text != change(s) {
				rt.Fatalf("%q became %q, want %q\n%s\nof\n%s", s.Text, got[i].Text, change(s), out, b.String())
			}
		}
		if leaks := names.Leaks(out); len(leaks) > 0 {
			rt.Fatalf("%q stays in\n%s\nof\n%s", leaks, out, b.String())
		}
	})
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
