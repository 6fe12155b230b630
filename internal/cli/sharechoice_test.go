package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What cannot be chosen is told with its reason.
func TestShareChoices(t *testing.T) {
	study := tableStudy(t, fewPosts, loadPosts+"  - {id: f, kind: filter, with: {where: 'Username != \"x\" and likes > 1'}}\n  - {id: out, kind: save, with: {path: out/t.csv}}\n")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(study, link); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := put(file, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--drop", "ID"}, exitWrong, "--drop ID: rows are known by their key"},
		{[]string{"--drop", "likes"}, exitFailed, "--drop likes: it is used by f, and cannot be left out"},
		{[]string{"--hide", "likes", "--show", "likes"}, exitWrong, "contradict each other"},
		{[]string{"--keep", "likes", "--drop", "likes"}, exitWrong, "contradict each other"},
		{[]string{"-o", filepath.Join(link, "sub")}, exitDone, "lies in the study's own"},
		{[]string{"-o", link}, exitWrong, "would be replaced"},
		{[]string{"-o", filepath.Join(file, "x")}, exitWrong, "cannot be written: "},
	} {
		code, out, text := run(t, append([]string{"share", study, "-o", filepath.Join(t.TempDir(), "shared")}, c.args...)...)
		if code != c.code || !strings.Contains(text, c.want) || strings.Contains(text, ".partial") {
			t.Errorf("%s: exit code %d, want %d with %q\n%s%s", c.args, code, c.code, c.want, out, text)
		}
	}
}

// Whose folder a path begins with is not told, and the addresses of servers are.
func TestShareTellsServers(t *testing.T) {
	study := askedStudy(t, "ID,Username,Text\n1,anna.l1,in /home/maxmann/bilder und C:\\Users\\maxmann\\bilder\n", "x")
	to := filepath.Join(t.TempDir(), "shared")
	if code, _, text := run(t, "share", study, "-o", to); code != exitDone || !strings.Contains(text, "The addresses of the servers that were asked stay: http://127.0.0.1") {
		t.Errorf("exit code %d\n%s", code, text)
	}
	files := tree(t, to)
	if without(t, files, "maxmann"); !strings.Contains(files["data/posts.csv"], "in /home/p") || !strings.Contains(files["README.md"], "http://127.0.0.1") {
		t.Errorf("%s\n%s", files["data/posts.csv"], files["README.md"])
	}
}
