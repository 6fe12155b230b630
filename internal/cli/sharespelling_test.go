package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

// shared shares a study and returns the files of the folder.
func shared(t *testing.T, study string, args ...string) map[string]string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "shared")
	code, out, text := run(t, append([]string{"share", study, "-o", to}, args...)...)
	if code != exitDone {
		t.Fatalf("exit code %d\n%s%s", code, out, text)
	}
	if code, out, text := run(t, "verify", to); code != exitDone {
		t.Fatalf("verify: exit code %d\n%s%s", code, out, text)
	}
	return tree(t, to)
}

// without fails where a file of a folder has one of some words, in whatever case.
func without(t *testing.T, files map[string]string, words ...string) {
	t.Helper()
	for name, text := range files {
		for _, word := range words {
			if at := strings.Index(strings.ToLower(text), strings.ToLower(word)); at >= 0 && !strings.HasSuffix(name, ".parquet") {
				t.Errorf("%s has %q: …%.160q", name, word, text[max(0, at-60):])
			}
		}
	}
}

// A handle that stands first in an address, a path or a column that it is joined to is
// one all the same, and found however it is written.
func TestShareSpellings(t *testing.T) {
	table := "url,ID,bild,author,wo,text\n" +
		"https://www.tiktok.com/@FrauKeller,7212345678901234567,media/FrauKeller.jpg,FrauKeller,https://t.me/@Nur.Hier,\"FRAUKELLER, frau keller, fraukeller, NUR_HIER\"\n" +
		"https://www.tiktok.com/@max.mann,7212345678901234568,media/MaxMann.jpg,max.mann,,\"x max_mann MAX.MANN MAX-mann\"\n"
	study := tableStudy(t, table, "  - {id: posts, kind: load, with: {path: posts.csv, key: ID, image: bild}}\n  - {id: f, kind: filter, with: {where: 'len(text) > 0 and author != \"x\"'}}\n  - {id: out, kind: save, with: {path: out/t.csv}}\n")
	without(t, shared(t, study), "keller", "max.mann", "max_mann", "max-mann", "nur.hier", "nur_hier")
}

// Columns that list accounts can be chosen by a stage: each account has its pseudonym.
func TestShareListings(t *testing.T) {
	study := tableStudy(t, "ID,mentions,likes\n1,\"Tagesschau24,NeuPerson_0\",3\n2,\"NeuPerson_0\",4\n3,,5\n", loadPosts+"  - {id: s, kind: select, with: {rename: {mentions: called}}}\n  - {id: t, kind: select, with: {keep: [called, ID]}}\n  - {id: out, kind: save, with: {path: out/t.csv}}\n")
	without(t, shared(t, study), "tagesschau", "neuperson")
}
