package cli

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/chat/chattest"
)

// askedStudy writes and runs a study that sends the texts of a table to a model, which
// answers with B where a text has a word, else with A.
func askedStudy(t *testing.T, table, word string) string {
	t.Helper()
	t.Setenv("OPENAI_API_KEY", "sk-test")
	t.Setenv("CI", "")
	server := httptest.NewServer(chattest.New(chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour {
		if strings.Contains(string(c.Body), word) {
			return chattest.Says(`{"K": "B"}`)
		}
		return chattest.Says(`{"K": "A"}`)
	}}))
	defer server.Close()
	return tableStudy(t, table, loadPosts+fmt.Sprintf(`  - {id: g, kind: gpt, with: {model: gpt-4o, base_url: %q, image: {send: false}, prompt: Answer with K as JSON., columns: [K], inputs: {Text: Text}}}
  - {id: out, kind: save, with: {path: out/t.csv}}
`, server.URL+"/v1"))
}

// Texts that differ in an address alone are two questions, also with pseudonyms.
func TestShareAddresses(t *testing.T) {
	study := askedStudy(t, "ID,Username,Text\n1,anna.l1,Jetzt live: https://youtu.be/aaa\n2,anna.l1,Jetzt live: https://youtu.be/bbb\n3,anna.l1,an a@b.de\n4,anna.l1,an c@b.de\n", "bbb")
	files := shared(t, study)
	without(t, files, "youtu.be", "b.de")
	if text := files["out/t.csv"]; strings.Count(text, ",B") != 1 || strings.Count(text, ",A") != 3 {
		t.Errorf("other answers:\n%s", text)
	}
}

// Texts that differ in how a name is written are one question with pseudonyms: where they
// were answered otherwise, that is told.
func TestShareAlike(t *testing.T) {
	study := askedStudy(t, "ID,Username,Text\n1,anna.l1,Hallo anna.l1\n2,anna.l1,Hallo Anna_L1\n3,anna.l1,Hallo\n", "Anna_L1")
	code, _, text := run(t, "share", study, "-o", filepath.Join(t.TempDir(), "shared"))
	if code != exitFailed || !strings.Contains(text, "g, row 2, K: \"B\" in the study, \"A\" in the bundle; with pseudonyms row 1 asks the same") && !strings.Contains(text, "g, row 1, K: \"A\" in the study, \"B\" in the bundle; with pseudonyms row 2 asks the same") || !strings.Contains(text, "give both rows the same answer") {
		t.Errorf("exit code %d\n%s", code, text)
	}
}

// A join whose sides write a name otherwise is refused with that as the cause.
func TestShareJoins(t *testing.T) {
	for _, how := range []string{"left", "inner"} {
		study := tableStudy(t, "ID,Username,likes\n1,FrauKeller,1\n2,max.mann,2\n", loadPosts+"  - {id: more, kind: load, with: {path: accounts.csv}}\n  - {id: j, kind: join, from: [posts, more], with: {on: {Username: handle}, how: "+how+"}}\n  - {id: out, kind: save, with: {path: out/t.csv}}\n")
		code, _, text := run(t, "share", study, "-o", filepath.Join(t.TempDir(), "shared"), "--keep", "side")
		if code != exitFailed || !strings.Contains(text, "\"FrauKeller\" and \"@fraukeller\" are two in the join `j`, and one with pseudonyms: write both in the same way in the data") {
			t.Errorf("%s: exit code %d\n%s", how, code, text)
		}
	}
}
