package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Rows that no key tells apart are compared too: as a whole, whatever their order.
func TestShareWithoutKeys(t *testing.T) {
	t.Setenv("CI", "")
	const accounts = "account;note;rank\ncdu.bund;zeta;1\nspd_fraktion;mid;3\ncdu.bund;alpha;2\n"
	const posts = "Username;ID;Party\ncdu.bund;26500000077;CDU\nspd_fraktion;26500000177;SPD\ncdu.bund;26500000277;CDU\nfdp.nrw;26500000377;FDP\n"
	for name, c := range map[string]struct {
		key, stages string
		want        string // of the refusal, "" where it is shared
	}{
		"joined with all, plainly": {"ID", "  - {id: j, kind: join, from: [posts, acc], with: {on: {Username: account}, many: all}}\n", ""},
		"joined with the first":    {"ID", "  - {id: j, kind: join, from: [posts, acc], with: {on: {Username: account}, many: first}}\n", ""},
		"letters of a name, joined": {"ID", "  - {id: j, kind: join, from: [posts, acc], with: {on: {Username: account}, many: all}}\n" +
			"  - {id: m, kind: ensemble, with: {method: rules, inputs: {U: Username, R: note}, rules: [{when: 'U startsWith \"cdu\"', then: Union}], else: Rest}}\n", `no row of the bundle is that of the study with m "Union"`},
		"letters of a name, no key": {"", "  - {id: d, kind: select, with: {derive: {IsCDU: 'Username startsWith \"cdu\"', N: 'len(Username)'}}}\n", `no row of the bundle is that of the study with IsCDU "true"`},
		"no key, plainly":           {"", "  - {id: d, kind: select, with: {derive: {P: 'Party + \"!\"'}}}\n", ""},
	} {
		dir := t.TempDir()
		key := ""
		acc := ""
		if c.key != "" {
			key, acc = ", key: "+c.key, "  - {id: acc, kind: load, with: {path: a.csv}}\n"
		}
		for file, text := range map[string]string{"p.csv": posts, "a.csv": accounts, "pipeline.yaml": "version: 1\nname: keyless\nstages:\n" + acc +
			"  - {id: posts, kind: load, with: {path: p.csv" + key + "}}\n" + c.stages + "  - {id: out, kind: save, with: {path: out.csv}}\n"} {
			writeText(t, filepath.Join(dir, file), text)
		}
		if code, _, said := run(t, "run", dir); code != exitDone {
			t.Fatalf("%s: exit code %d\n%s", name, code, said)
		}
		to := filepath.Join(t.TempDir(), "shared")
		code, out, said := run(t, "share", dir, "-o", to)
		if c.want == "" && code != exitDone || c.want != "" && (code == exitDone || !strings.Contains(said, c.want)) {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out, said)
		}
		if c.want == "" {
			if code, out, said := run(t, "verify", to); code != exitDone {
				t.Errorf("%s: exit code %d\n%s%s", name, code, out, said)
			}
		}
	}
}

// Names stand in literals of Python, and in capitals, where ß is SS; what a condition makes
// of names is none.
func TestShareNamesOfExports(t *testing.T) {
	t.Setenv("CI", "")
	dir := t.TempDir()
	for file, text := range map[string]string{"p.csv": `ID;Account;Text;Stickers
31234567890;Jörg Großmann;JÖRG GROSSMANN wählen, Jörg Grossmann;"[{'mention': {'username': 'sonja_zett77', 'full_name': 'Sonja ""Z"" O\'Zettel', 'pk': 77001122334, 'ok': True, 'x': None}}]"
31234567892;cdu.bund;y;"[{""mention"": {""username"": ""maxi_kern"", ""pk"": ""77001122335""}}]"
`, "pipeline.yaml": `version: 1
name: stickers
stages:
  - {id: posts, kind: load, with: {path: p.csv, key: ID}}
  - {id: group, kind: select, with: {derive: {Group: 'Account in ["cdu.bund"] ? "Union" : "Other"', S: Stickers}}}
  - {id: some, kind: filter, with: {where: 'Group == "Union" or Text != ""'}}
  - {id: m, kind: ensemble, with: {method: rules, inputs: {G: Group}, rules: [{when: 'G == "Union"', then: A}], else: B}}
  - {id: out, kind: save, with: {path: out.csv}}
`} {
		writeText(t, filepath.Join(dir, file), text)
	}
	if code, _, said := run(t, "run", dir); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, said)
	}
	to := filepath.Join(t.TempDir(), "shared")
	if code, out, said := run(t, "share", dir, "-o", to); code != exitDone {
		t.Fatalf("exit code %d\n%s%s", code, out, said)
	}
	for name, text := range tree(t, to) {
		for _, planted := range []string{"sonja_zett77", "O'Zettel", "Zettel", "77001122334", "maxi_kern", "77001122335", "GROSSMANN", "Grossmann", "Großmann", "cdu.bund"} {
			if strings.Contains(text, planted) {
				t.Errorf("%s has %q", name, planted)
			}
		}
	}
	study, err := os.ReadFile(filepath.Join(to, "study.yaml"))
	if err != nil || strings.Count(string(study), `"Union"`) != 3 {
		t.Errorf("%v\n%s", err, study)
	}
}
