package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tableStudy writes and runs a study of a table, and returns its folder.
func tableStudy(t *testing.T, table, stages string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "study")
	for name, text := range map[string]string{"posts.csv": table, "pipeline.yaml": "version: 1\nname: small\nseed: 1\nstages:\n" + stages, "chosen.csv": "key\n1\n3\n", "accounts.csv": "handle,side\n@fraukeller,A\nmax.mann,B\n"} {
		if err := put(filepath.Join(dir, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, text := run(t, "run", dir); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	return dir
}

const fewPosts = "ID,Username,author_id,likes,Meta\n" +
	"1,cdu.bund,4711000001,5,\"{\"\"owner\"\":{\"\"username\"\":\"\"hidden.owner\"\"},\"\"text\"\":\"\"by \\u0068idden.owner\"\",\"\"media_id\"\":265748454230177}\"\n" +
	"2,spd.bund,4711000002,6,\"{\"\"text\"\":\"\"\\nhidden.owner\"\"}\"\n" +
	"3,die.linke,4711000003,7,\"[\"\"https:\\/\\/x.org\\/p\\/Abc-12345\\/\"\"]\"\n"

const loadPosts = "  - {id: posts, kind: load, with: {path: posts.csv, key: ID}}\n"

// Values that are computed from names cannot be shared unnoticed; conditions on names,
// numbers and lists can, and keep the rows that they kept.
func TestShareComputed(t *testing.T) {
	for name, c := range map[string]struct {
		stages, refused, want string
	}{
		"a code from a name": {"  - {id: d, kind: select, with: {derive: {Party: 'Username startsWith \"cdu\" ? \"CDU\" : \"none\"'}}}\n", "d, row ", ""},
		"its length":         {"  - {id: d, kind: select, with: {derive: {N: 'len(Username)'}}}\n", `"8" in the study, "17" in the bundle`, ""},
		"a part of it":       {"  - {id: d, kind: select, with: {derive: {Party: 'split(Username, \".\")[0]'}}}\n", "d, row ", ""},
		"behind an unnest":   {"  - {id: l, kind: select, with: {derive: {tags: '[\"a\", \"b\"]'}}}\n  - {id: u, kind: unnest, with: {column: tags}}\n  - {id: d, kind: select, with: {derive: {Party: 'split(Username, \".\")[0]'}}}\n", "d, row ", ""},
		"its letters":        {"  - {id: d, kind: select, with: {derive: {Who: 'upper(Username)'}}}\n", "", "likes"},
		"a column called so": {"  - {id: d, kind: select, with: {derive: {title: 'Username == \"die.unbekannte\" ? likes : likes + 1'}}}\n", "", "likes"},
		"a pattern":          {"  - {id: f, kind: filter, with: {where: 'Username matches \"^(cdu|spd)\\\\.bund$\" and likes > 5'}}\n", "", "kept:"},
		"a number":           {"  - {id: f, kind: filter, with: {where: 'author_id > 4711000001'}}\n", "", "kept:"},
		"a list of one's own": {"  - {id: f, kind: filter, with: {where: 'true', kept: chosen.csv}}\n  - {id: s, kind: sample, with: {drawn: chosen.csv}}\n",
			"", "drawn:"},
	} {
		t.Run(name, func(t *testing.T) {
			study := tableStudy(t, fewPosts, loadPosts+c.stages+"  - {id: out, kind: save, with: {path: out/t.csv}}\n")
			to := filepath.Join(t.TempDir(), "shared")
			code, out, text := run(t, "share", study, "-o", to, "--keep", "Meta", "--keep", "likes")
			if c.refused != "" {
				if code != exitFailed || !strings.Contains(text, c.refused) || !strings.Contains(text, "what is computed from a name must stand in a table") || strings.Contains(text, ".partial-") {
					t.Errorf("exit code %d\n%s", code, text)
				}
				return
			}
			if code != exitDone {
				t.Fatalf("exit code %d\n%s%s", code, out, text)
			}
			files := tree(t, to)
			if !strings.Contains(files["pipeline.yaml"]+files["data/posts.csv"], c.want) {
				t.Fatalf("exit code %d\n%s%s\n%v", code, out, text, files)
			}
			for name, text := range files {
				for _, planted := range []string{"cdu.", "spd.", ".linke", "47110000", "hidden", "26574845", "Abc-12345", "unbekannte"} {
					if strings.Contains(strings.ToLower(name+text), strings.ToLower(planted)) {
						t.Errorf("%s has %s", name, planted)
					}
				}
			}
			if _, shared := files["chosen.csv"]; shared {
				t.Error("a list of original keys is shared")
			}
			if code, out, text := run(t, "verify", to); code != exitDone {
				t.Errorf("verify: exit code %d\n%s%s", code, out, text)
			}
			count := func(dir string) int {
				text, err := os.ReadFile(filepath.Join(dir, "out/t.csv"))
				if err != nil {
					t.Fatal(err)
				}
				return strings.Count(string(text), "\n")
			}
			if a, b := count(study), count(to); a != b || a < 2 {
				t.Errorf("%d rows, %d shared", a, b)
			}
		})
	}
}

// Names that are words of the study stay where it needs them, and are told.
func TestShareWords(t *testing.T) {
	table := "ID,Username,Text\n1,and,rock and roll\n2,max_side,the max_side of it\n3,stadt,in der Stadt\n4,jo,\"jo, @jo #jo\"\n5,Die Linke,bei Die Linke\n"
	study := tableStudy(t, table, loadPosts+`  - {id: f, kind: filter, with: {where: 'Username != "x" and len(Text) > 0'}}
  - {id: m, kind: ensemble, with: {method: rules, inputs: {Text: Text}, rules: [{when: 'Text contains "roll"', then: Die Linke}], else: Other}}
  - {id: out, kind: save, with: {path: out/t.csv}}
`)
	to := filepath.Join(t.TempDir(), "shared")
	code, _, text := run(t, "share", study, "-o", to, "--word", "Stadt")
	if code != exitDone {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	for _, want := range []string{"Die Linke, and, stadt", "too short to be looked for in texts, but behind an @ or a #: jo"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not warn of %q\n%s", want, text)
		}
	}
	data := tree(t, to)["data/posts.csv"]
	for _, want := range []string{"rock and roll", "in der Stadt", `"jo, @p`} {
		if !strings.Contains(data, want) {
			t.Errorf("no %q in\n%s", want, data)
		}
	}
	if strings.Contains(data, "@jo") || strings.Contains(data, "#jo") || strings.Contains(data, ",and,") {
		t.Errorf("names stay where they are called:\n%s", data)
	}
}

// Accounts that are called like what pages are styled with can be shared; of those that are
// called like words of the page, of a column or of an option, it is told what helps.
func TestShareLeaks(t *testing.T) {
	share := func(t *testing.T, accounts, stages string, args ...string) (int, string) {
		t.Helper()
		table := "ID,Username,Text\n"
		for i, account := range strings.Fields(accounts) {
			table += fmt.Sprintf("%d,%s,hallo %s\n", i, account, account)
		}
		study := tableStudy(t, table, loadPosts+stages+"  - {id: rep, kind: report, with: {path: out/r.html, columns: [Text]}}\n  - {id: out, kind: save, from: f, with: {path: out/t.csv}}\n")
		code, _, text := run(t, append([]string{"share", study, "-o", filepath.Join(t.TempDir(), "shared")}, args...)...)
		return code, text
	}
	f := "  - {id: f, kind: filter, with: {where: 'Username != \"x\" and len(Text) > 0'}}\n"
	for _, c := range []struct {
		accounts, stages string
		args             []string
		want             string
	}{
		{"abc fff quiet bar sans dark", f, nil, ""},
		{"dataset other.one", f, nil, "it is a word that icono writes there itself, too: --word dataset"},
		{"dataset other.one", f, []string{"--word", "dataset"}, ""},
		{"FrauKeller other.one", f, []string{"--title", "Zum Fall FrauKeller"}, "the option --title has it"},
		{"FrauKeller other.one", f, []string{"--author", "FrauKeller, Eva"}, `the option --author "FrauKeller, Eva" has it`},
		{"erika.muster other.one", f + "  - {id: d, kind: select, with: {derive: {likes_erika.muster: 'len(Text) * 0'}}}\n", nil, ""},
	} {
		code, text := share(t, c.accounts, c.stages, c.args...)
		if c.want == "" && code != exitDone || c.want != "" && (code != exitFailed || !strings.Contains(text, c.want)) {
			t.Errorf("%s %s: exit code %d\n%s", c.accounts, c.args, code, text)
		}
	}
}

// Accounts that are called like a category leave it what it is, and a column that only
// looks like one of names can be shown. What was taken for what is told beforehand.
func TestShareCategories(t *testing.T) {
	table := "ID,Username,Candidate,Text\n1,spd,Anna,SPD und CDU\n2,cdu,Ohne,die CDU allein\n3,gruene,Anna,nichts\n"
	study := tableStudy(t, table, loadPosts+`  - {id: m, kind: ensemble, with: {method: rules, inputs: {Text: Text}, rules: [{when: 'Text contains "SPD"', then: SPD}], else: CDU}}
  - {id: n, kind: ensemble, with: {method: rules, inputs: {M: m, C: Candidate}, column: N, rules: [{when: 'M == "SPD" and C == "Anna"', then: Left}], else: Right}}
  - {id: out, kind: save, with: {path: out/t.csv}}
`)
	code, out, text := run(t, "share", study, "--dry-run", "--show", "Candidate")
	if code != exitDone || !strings.Contains(text, "words of the pipeline or a codebook too, or were given by --word: cdu, spd") || !strings.Contains(out, "SPD und CDU") {
		t.Errorf("exit code %d\n%s%s", code, out, text)
	}
	if code, _, text := run(t, "share", study, "--dry-run"); code != exitDone || !strings.Contains(text, "stand in the pipeline or a codebook, and are replaced there: Anna\n") {
		t.Errorf("exit code %d\n%s", code, text)
	}
	to := filepath.Join(t.TempDir(), "shared")
	if code, _, text := run(t, "share", study, "-o", to, "--show", "ID"); code != exitWrong || !strings.Contains(text, "always replaced") {
		t.Errorf("exit code %d\n%s", code, text)
	}
	if code, out, text := run(t, "share", study, "-o", to, "--show", "Candidate"); code != exitDone {
		t.Fatalf("exit code %d\n%s%s", code, out, text)
	}
	files := tree(t, to)
	if !strings.Contains(files["study.yaml"], `C == "Anna"`) || !strings.Contains(files["study.yaml"], `M == "SPD"`) || !strings.Contains(files["data/posts.csv"], "Anna,SPD und CDU") {
		t.Errorf("%s\n%s", files["study.yaml"], files["data/posts.csv"])
	}
}

// What is not known of a column is told: whether it is looked for, and whether it names
// people.
func TestShareUnknownColumns(t *testing.T) {
	study := tableStudy(t, "ID,Thema,Gast,Ort\n1,Klima,Erika Muster,Berlin\n2,Wahl,Max von Mann,Bonn\n", loadPosts+"  - {id: f, kind: filter, with: {where: 'Gast != \"x\" and Thema != \"x\"'}}\n  - {id: out, kind: save, with: {path: out/t.csv}}\n")
	_, out, _ := run(t, "share", study, "--dry-run")
	for _, want := range []string{"posts Gast kept, with names and addresses in its texts replaced; does it name people? --hide Gast hides them", "posts Ort left out; not looked for in texts (--hide looks for it, --keep keeps it)", "posts Thema kept, with"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if _, out, _ := run(t, "share", study, "--dry-run", "--show", "Gast"); strings.Contains(out, "does it name people") {
		t.Errorf("it asks what was said:\n%s", out)
	}
}

// A folder that somebody else has put something into is never replaced, and what is
// private is never put into one.
func TestShareReplacesItsOwn(t *testing.T) {
	study := tableStudy(t, fewPosts, loadPosts+"  - {id: out, kind: save, with: {path: out/t.csv}}\n")
	to := filepath.Join(t.TempDir(), "shared")
	share := func(want int, args ...string) string {
		t.Helper()
		code, _, text := run(t, append([]string{"share", study, "-o", to}, args...)...)
		if code != want {
			t.Fatalf("%v: exit code %d\n%s", args, code, text)
		}
		return text
	}
	share(exitWrong, "--key-file", filepath.Join(to, "k"))
	share(exitWrong, "--who", filepath.Join(to, "who.csv"))
	share(exitDone)
	share(exitDone, "--force")
	// git leaves the key alone, also where no stage has made a store.
	if ignored, err := os.ReadFile(filepath.Join(study, ".icono/.gitignore")); err != nil || string(ignored) != "*\n" {
		t.Errorf("git is not kept from the key: %q %v", ignored, err)
	}
	thesis := filepath.Join(to, "thesis.tex")
	if err := os.WriteFile(thesis, []byte("years of work"), 0o644); err != nil {
		t.Fatal(err)
	}
	if text := share(exitWrong, "--force"); !strings.Contains(text, "thesis.tex") {
		t.Error(text)
	}
	if _, err := os.Stat(thesis); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := run(t, "verify", to); code != exitDiffers || !strings.Contains(out, "thesis.tex") {
		t.Errorf("verify: exit code %d\n%s", code, out)
	}
	if err := os.Remove(thesis); err != nil {
		t.Fatal(err)
	}
	// What somebody wrote into a file of it is kept too.
	readme := filepath.Join(to, "README.md")
	before, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(readme, append(before, "who did what"...), 0o644); err != nil {
		t.Fatal(err)
	}
	if text := share(exitWrong, "--force"); !strings.Contains(text, "README.md") {
		t.Error(text)
	}
	if err := os.WriteFile(readme, before, 0o644); err != nil {
		t.Fatal(err)
	}
	// Without its sums it is no whole folder.
	if err := os.Remove(filepath.Join(to, "SHA256SUMS")); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := run(t, "verify", to); code != exitDiffers || !strings.Contains(out, "SHA256SUMS") {
		t.Errorf("without sums: exit code %d\n%s", code, out)
	}
	share(exitWrong, "--force")
	isos := t.TempDir()
	for _, name := range []string{"SHA256SUMS", "debian.iso"} {
		if err := os.WriteFile(filepath.Join(isos, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, text := run(t, "share", study, "-o", isos, "--force"); code != exitWrong {
		t.Errorf("a folder with sums of its own: exit code %d\n%s", code, text)
	}
	if entries, _ := os.ReadDir(isos); len(entries) != 2 {
		t.Error("it was replaced")
	}
}
