package load_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"icono/internal/media"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/load"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// study makes a folder of files.
func study(t testing.TB, files map[string]string) stagetest.Folder {
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return stagetest.Folder(dir)
}

func config(key, image string, paths ...option.Path) *load.Config {
	c := load.Kind().NewConfig().(*load.Config)
	c.Path, c.Key, c.Image = paths, option.Expression(key), option.Expression(image)
	return c
}

const posts = "ID,Username,Likes\n01,cdu,5\n02,spd,\n03,cdu,7\n"

func files() map[string]string {
	return map[string]string{"posts.csv": posts, "more.csv": "ID,Likes,Extra\n04,1.5,x\n", "n.csv": "n,file\n1,a.jpg\n2,b.jpg\n",
		"posts.txt": strings.ReplaceAll(posts, ",", "\t"), "posts.jsonl": "{\"ID\":\"01\",\"user\":{\"name\":\"cdu\"}}\n", "yes.csv": "hidden,when\nyes,2024-01-01\nno,\n",
		"pics/b.png": "x", "pics/a.jpg": "x", "pics/deep/c.jpeg": "x"}
}

func TestConform(t *testing.T) {
	in := study(t, files())
	typed := config("", "", "yes.csv")
	typed.Types = option.Map[string]{{Key: "hidden", Value: "bool"}}
	chosen := config("", "", "posts.txt")
	chosen.Format = "tsv"
	stagetest.Conform(t, load.Kind(),
		stagetest.Case{Name: "csv", Study: in, Config: config("ID", "", "posts.csv"), Want: [][]any{{"01", "cdu", int64(5)}, {"02", "spd", nil}, {"03", "cdu", int64(7)}}},
		stagetest.Case{Name: "expressions", Study: in, Config: config("Username + ID", `"p/" + ID + ".jpg"`, "posts.csv"),
			Want: [][]any{{"01", "cdu", int64(5), "cdu01", "p/01.jpg"}, {"02", "spd", nil, "spd02", "p/02.jpg"}, {"03", "cdu", int64(7), "cdu03", "p/03.jpg"}}},
		stagetest.Case{Name: "an int becomes a text key", Study: in, Config: config("n", "file", "n.csv"), Want: [][]any{{"1", "a.jpg"}, {"2", "b.jpg"}}},
		stagetest.Case{Name: "one column as key and picture", Study: in, Config: config("file", "file", "n.csv"), Want: [][]any{{int64(1), "a.jpg", "a.jpg"}, {int64(2), "b.jpg", "b.jpg"}}},
		stagetest.Case{Name: "several", Study: in, Config: config("ID", "", "posts.csv", "more.csv"),
			Want: [][]any{{"01", "cdu", 5.0, nil}, {"02", "spd", nil, nil}, {"03", "cdu", 7.0, nil}, {"04", nil, 1.5, "x"}}},
		stagetest.Case{Name: "glob", Study: in, Config: config("ID", "", "[mp]o*.csv"), Want: [][]any{{"04", 1.5, "x", nil}, {"01", 5.0, nil, "cdu"}, {"02", nil, nil, "spd"}, {"03", 7.0, nil, "cdu"}}},
		stagetest.Case{Name: "txt", Study: in, Config: config("", "", "posts.txt"), Want: [][]any{{"01", "cdu", int64(5)}, {"02", "spd", nil}, {"03", "cdu", int64(7)}}},
		stagetest.Case{Name: "format", Study: in, Config: chosen},
		stagetest.Case{Name: "jsonl", Study: in, Config: config("ID", "", "posts.jsonl"), Want: [][]any{{"01", "cdu"}}},
		stagetest.Case{Name: "types", Study: in, Config: typed},
		stagetest.Case{Name: "folder of pictures", Study: in, Config: config("", "", "pics"), Want: [][]any{
			{"pics/a.jpg", "pics/a.jpg", "pics", "a"}, {"pics/b.png", "pics/b.png", "pics", "b"}, {"pics/deep/c.jpeg", "pics/deep/c.jpeg", "pics/deep", "c"}}},
		stagetest.Case{Name: "glob of pictures", Study: in, Config: config("name", "", "pics/*.jpg"), Want: [][]any{{"pics/a.jpg", "pics/a.jpg", "pics", "a"}}},
	)
}

func TestZipOfPictures(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "p.zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, name := range []string{"x/b.jpg", "x/a.jpg", "notes.txt"} {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	library := media.NewLibrary(dir)
	defer library.Close()
	env, _ := stagetest.Env(t, stagetest.Memory(t))
	env.Study = library
	out := stagetest.Run(t, t.Context(), load.Kind().Build("l", config("", "", "p.zip")), env)
	got, err := stagetest.Collect(out.Rows)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]any{{"p.zip/x/a.jpg", "p.zip/x/a.jpg", "p.zip/x", "a"}, {"p.zip/x/b.jpg", "p.zip/x/b.jpg", "p.zip/x", "b"}}, got); d != "" {
		t.Error(d)
	}
}

// TestRoles checks what the schema says about key, picture and root.
func TestRoles(t *testing.T) {
	c := config("n", "file", "n.csv")
	c.Root = "media"
	env, _ := stagetest.Env(t, stagetest.Memory(t))
	env.Study = study(t, files())
	s := stagetest.Run(t, t.Context(), load.Kind().Build("l", c), env).Schema
	key, image := s.Field(stage.Find(s, stage.Key)), s.Field(stage.Find(s, stage.Image))
	if key.Name != "n" || key.Type != arrow.BinaryTypes.String || stage.AddedBy(key) != "l" || image.Name != "file" || stage.RootOf(image) != "media" {
		t.Errorf("schema %v", s)
	}
	s = stagetest.Run(t, t.Context(), load.Kind().Build("l", config("file", "file", "n.csv")), env).Schema
	if key := s.Field(stage.Find(s, stage.Key)).Name; key != "key" {
		t.Errorf("the key is %q", key)
	}
}

// fault returns how a stage fails before it runs.
func fault(t *testing.T, c *load.Config, in stage.Study) string {
	env, _ := stagetest.Env(t, stagetest.Memory(t))
	env.Study = in
	s := load.Kind().Build("l", c).(interface {
		stage.Stage
		stage.Prober
		stage.Preparer
	})
	err := s.Probe(t.Context(), env, true)
	if err == nil {
		if _, err = s.Schema(nil); err == nil {
			err = s.Prepare(t.Context(), env, nil)
		}
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFaults(t *testing.T) {
	in := study(t, map[string]string{"posts.csv": posts, "twice.csv": "ID,t\na,\"x\ny\"\nb,\nc,\na,\nb,\na,\n", "gaps.csv": "ID,t\na,x\n,y\nNA,z\n\" \",z\n",
		"other.csv": "ID,t\nc,1\n", "book.xlsx": "PK\x03\x04", "renamed.csv": "PK\x03\x04", "data.sav": "x", "what.abc": "x", "key.csv": "key,Image,f\n1,a,0.5\n",
		"tables/a.csv": posts, "tables/b.csv": posts, "bare/readme": "x", "empty.csv": "", "bad.csv": "a,b\n1\n"})
	types := config("", "", "posts.csv")
	types.Types = option.Map[string]{{Key: "likes", Value: "int"}}
	misfit := config("", "", "posts.csv")
	misfit.Types = option.Map[string]{{Key: "Username", Value: "int"}}
	for _, c := range []struct {
		name   string
		config *load.Config
		want   []string
	}{
		{"twice", config("ID", "", "twice.csv"), []string{"keys must be unique:\n", "twice.csv:6: the key \"a\" stands at twice.csv:2 too\n", "twice.csv:7: the key \"b\" stands at twice.csv:4 too\n", "twice.csv:8: the key \"a\" stands at twice.csv:2 too\n"}},
		{"twice over files", config("ID", "", "other.csv", "twice.csv"), []string{"twice.csv:5: the key \"c\" stands at other.csv:2 too"}},
		{"twice by an expression", config("Username", "", "posts.csv"), []string{"posts.csv:4: the key \"cdu\" stands at posts.csv:2 too"}},
		{"gaps", config("ID", "", "gaps.csv"), []string{"3 rows have no key (ID), the first at gaps.csv:3, gaps.csv:4, gaps.csv:5"}},
		{"unknown key", config("id_", "", "posts.csv"), []string{"key: ", "`ID`"}},
		{"a float as key", config("f", "", "key.csv"), []string{"key: the column \"f\" holds float64, which cannot identify rows (choose another column, or set its type: `types: {f: text}`)"}},
		{"no text as picture", config("", "Likes", "posts.csv"), []string{"image: the column \"Likes\" holds int64, and paths of pictures are text"}},
		{"the name is taken", config(`Image + "x"`, `Image + "y"`, "key.csv"), []string{"get a column \"key\" of their own, and the table has one already (name it: `key: key`)", "`image: Image`"}},
		{"types of no column", types, []string{"types.likes: the table has no column \"likes\" (did you mean `Likes`?)"}},
		{"types that do not fit", misfit, []string{"posts.csv:2:4: \"cdu\" in the column \"Username\" is not an int"}},
		{"no file", config("", "", "post.csv"), []string{"path: there is no file post.csv; did you mean `posts.csv`?"}},
		{"no folder", config("", "", "dta/posts.csv"), []string{"there is no file dta/posts.csv, nor the folder that it should be in"}},
		{"no second file", config("", "", "posts.csv", "x.csv"), []string{"path.1: there is no file x.csv"}},
		{"no match", config("", "", "*.tsv"), []string{"no file matches *.tsv"}},
		{"a bad pattern", config("", "", "[.csv"), []string{"\"[.csv\" is no pattern"}},
		{"a workbook", config("", "", "book.xlsx"), []string{"book.xlsx is a workbook, which is not read; export its sheet as CSV (UTF-8)"}},
		{"a renamed workbook", config("", "", "renamed.csv"), []string{"renamed.csv is a zip archive or an Excel workbook, not csv"}},
		{"another program's", config("", "", "data.sav"), []string{"data.sav is of a format that is not read; export it as CSV or Parquet"}},
		{"an unknown ending", config("", "", "what.abc"), []string{"the format of what.abc cannot be told from its name; set `format`"}},
		{"a folder of tables", config("", "", "tables"), []string{"tables is a folder without pictures; for its tables name them: `tables/*.csv`"}},
		{"a folder among files", config("", "", "posts.csv", "tables"), []string{"path.1: tables is a folder; name its tables, such as `tables/*.csv`"}},
		{"a folder of nothing", config("", "", "bare"), []string{"bare"}},
		{"an empty file", config("", "", "empty.csv"), []string{"empty.csv is empty (0 bytes)"}},
		{"a broken file", config("", "", "bad.csv"), []string{"bad.csv:2:1: the row has 1 cells"}},
	} {
		library := media.NewLibrary(string(in))
		got := fault(t, c.config, library)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %s\nwant %s", c.name, got, want)
			}
		}
		if err := library.Close(); err != nil {
			t.Error(err)
		}
	}
	root := config("", "", "posts.csv")
	root.Root = "media"
	if err := root.Validate(); err == nil || !strings.HasPrefix(err.Error(), "root: ") {
		t.Errorf("error %v", err)
	}
}
