package load_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"
	"github.com/ulikunitz/xz"

	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/load"
)

// xzText packs a text.
func xzText(t *testing.T, text string) string {
	var b bytes.Buffer
	z, err := xz.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipText(t *testing.T, files ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// picked runs a stage and returns the named columns of its rows, as values.
func picked(t *testing.T, c *load.Config, dir stagetest.Folder, names ...string) (*arrow.Schema, [][]any, *stagetest.Ledger) {
	t.Helper()
	library := media.NewLibrary(string(dir))
	defer library.Close()
	env, ledger := stagetest.Env(t, stagetest.Memory(t))
	env.Study = library
	out := stagetest.Run(t, t.Context(), load.Kind().Build("l", c), env)
	all, err := stagetest.Collect(out.Rows)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([][]any, len(all))
	for _, name := range names {
		at := columns.Index(out.Schema, name)
		if at < 0 {
			t.Fatalf("no column %q in %v", name, columns.Names(out.Schema))
		}
		for i, row := range all {
			rows[i] = append(rows[i], row[at])
		}
	}
	return out.Schema, rows, ledger
}

// instaloader is a post as Instaloader writes it.
func instaloader(code, caption string) string {
	return fmt.Sprintf(`{"node": {"__typename": "GraphImage", "shortcode": %q, "id": "3205678901234567890", "taken_at_timestamp": 1696234500, "location": null,
 "edge_media_to_caption": {"edges": [{"node": {"text": %q}}]}, "owner": {"username": "partei.beispiel"}}, "instaloader": {"version": "4.13", "node_type": "Post"}}`, code, caption)
}

func TestInstaloader(t *testing.T) {
	dir := study(t, map[string]string{
		"p/2023-10-02_08-15-00_UTC.json.xz":   xzText(t, instaloader("CzAbC-1_xY", "Eins, \"zwei\"")),
		"p/2023-10-02_08-15-00_UTC.jpg":       "x",
		"p/2023-10-03_09-00-00_UTC.json.xz":   xzText(t, instaloader("007", "")),
		"p/2023-10-03_09-00-00_UTC_1.jpg":     "x",
		"p/2023-10-03_09-00-00_UTC_2.jpg":     "x",
		"p/2023-10-03_09-00-00_UTC_10.jpg":    "x",
		"p/2023-10-03_09-00-00_UTC_2.mp4":     "x",
		"p/2023-10-04_09-00-00_UTC.json":      instaloader("plain", "x"),
		"p/partei.beispiel_123456789.json.xz": xzText(t, `{"node": {"username": "x"}, "instaloader": {"node_type": "Profile"}}`),
	})
	c := config("node.shortcode", "", "p/*_UTC.json.xz", "p/*_UTC.json")
	c.Beside = true
	s, rows, ledger := picked(t, c, dir, "node.shortcode", "node.owner.username", "node.id", "file", "Image")
	want := [][]any{
		{"CzAbC-1_xY", "partei.beispiel", "3205678901234567890", "p/2023-10-02_08-15-00_UTC.json.xz", "p/2023-10-02_08-15-00_UTC.jpg"},
		{"007", "partei.beispiel", "3205678901234567890", "p/2023-10-03_09-00-00_UTC.json.xz", "p/2023-10-03_09-00-00_UTC_1.jpg"},
		{"plain", "partei.beispiel", "3205678901234567890", "p/2023-10-04_09-00-00_UTC.json", "p/2023-10-04_09-00-00_UTC.jpg"},
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
	if image := stage.Find(s, stage.Image); image < 0 || s.Field(image).Name != "Image" {
		t.Errorf("the picture is in column %d", image)
	}
	if n := ledger.Counts()["pictures beside a row's first one"]; n != 2 {
		t.Errorf("%d further pictures are told", n)
	}
	// The caption, by an expression on the list.
	key := config(`string(fromJSON($env["node.edge_media_to_caption.edges"])[0].node.text)`, "", "p/2023-10-02*.json.xz")
	_, rows, _ = picked(t, key, dir, "key")
	if d := cmp.Diff([][]any{{`Eins, "zwei"`}}, rows); d != "" {
		t.Error(d)
	}
}

// TestArchiveOf4CAT reads the list in an archive of pictures, whose rows join
// with the posts, and the pictures.
func TestArchiveOf4CAT(t *testing.T) {
	list := `{"https://cdn.example/1.jpg?oe=1": {"filename": "1_n.jpg", "url": "https://cdn.example/1.jpg?oe=1", "success": true, "from_dataset": "d1", "post_ids": ["DAbc123xyz_", "007"]},
 "https://cdn.example/2.jpg": {"filename": "2_n.jpg", "success": true, "from_dataset": "d1", "post_ids": ["DAbc123xyz_"]},
 "https://cdn.example/3.jpg": {"filename": "", "success": false, "from_dataset": "d1", "post_ids": [7309876543210987654]},
 "https://cdn.example/4.jpg": {"filename": "4_n.jpg", "success": true, "from_dataset": "d1", "post_ids": []},
 "https://cdn.example/v": {"success": true, "from_dataset": "d1", "post_ids": ["v1"], "files": [{"filename": "v_0.mp4", "success": true}, {"filename": "v_1.mp4", "success": false}]}}`
	dir := study(t, map[string]string{"images.zip": zipText(t, "1_n.jpg", "one", "2_n.jpg", "two", "4_n.jpg", "four", ".metadata.json", list),
		"posts.csv": "id,body\nDAbc123xyz_,x\n007,y\n"})
	s, rows, _ := picked(t, config("", "", "images.zip/.metadata.json"), dir, "id", "post_id", "n", "image", "success", "from_dataset")
	want := [][]any{
		{"DAbc123xyz__1", "DAbc123xyz_", int64(1), "images.zip/1_n.jpg", true, "d1"},
		{"007_1", "007", int64(1), "images.zip/1_n.jpg", true, "d1"},
		{"DAbc123xyz__2", "DAbc123xyz_", int64(2), "images.zip/2_n.jpg", true, "d1"},
		{"7309876543210987654_1", "7309876543210987654", int64(1), nil, false, "d1"},
		{"4_n.jpg https://cdn.example/4.jpg", nil, nil, "images.zip/4_n.jpg", true, "d1"},
		{"v1_1", "v1", int64(1), "images.zip/v_0.mp4", true, "d1"},
		{"v1_2", "v1", int64(2), nil, false, "d1"},
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
	if key, image := stage.Find(s, stage.Key), stage.Find(s, stage.Image); s.Field(key).Name != "id" || s.Field(image).Name != "image" {
		t.Errorf("key %d, picture %d", key, image)
	}
	// The archive without its list is a table of pictures, and a table in an
	// archive is one too.
	_, rows, ledger := picked(t, config("", "", "images.zip"), dir, "name")
	if d := cmp.Diff([][]any{{"1_n"}, {"2_n"}, {"4_n"}}, rows); d != "" || len(ledger.Counts()) != 0 {
		t.Error(d, ledger.Counts())
	}
	if err := os.WriteFile(filepath.Join(string(dir), "export.zip"), []byte(zipText(t, "data/posts.csv", posts)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, rows, _ = picked(t, config("ID", "", "export.zip/data/posts.csv"), dir, "ID", "Likes")
	if d := cmp.Diff([][]any{{"01", int64(5)}, {"02", nil}, {"03", int64(7)}}, rows); d != "" {
		t.Error(d)
	}
}

// TestCrowdTangle reads its export as it is, with the option that it needs.
func TestCrowdTangle(t *testing.T) {
	raw, err := os.ReadFile("../../internal/tabular/testdata/exports/crowdtangle-instagram.csv")
	if err != nil {
		t.Fatal(err)
	}
	dir := study(t, map[string]string{"ct.csv": string(raw)})
	c := config(`split(URL, "/")[4]`, `"media/images/" + $env["User Name"] + "/" + split(URL, "/")[4] + ".jpg"`, "ct.csv")
	c.Decimal = "."
	c.Types = option.Map[string]{{Key: "Post Created", Value: "datetime"}}
	s, rows, _ := picked(t, c, dir, "key", "Image", "Total Interactions", "Likes")
	want := [][]any{{"CyLTcEdoWyN", "media/images/partei.beispiel/CyLTcEdoWyN.jpg", int64(1074), int64(1001)}, {"CyMxxxxxxxx", "media/images/partei.beispiel/CyMxxxxxxxx.jpg", int64(310), int64(301)}}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
	if f, _ := s.FieldsByName("Post Created"); f[0].Type.ID() != arrow.TIMESTAMP {
		t.Errorf("times are %s", f[0].Type)
	}
	if got := warnings(t, config("URL", "", "ct.csv"), dir); !strings.Contains(got, "the column \"Total Interactions\" holds numbers with commas, such as 1,074, and stays text; set `decimal:") {
		t.Error(got)
	}
}

// warnings returns what a stage warns of when its columns are found.
func warnings(t *testing.T, c *load.Config, in stage.Study) string {
	env, _ := stagetest.Env(t, stagetest.Memory(t))
	env.Study = in
	s := load.Kind().Build("l", c).(interface {
		stage.Stage
		stage.Prober
	})
	if err := s.Probe(t.Context(), env, true); err != nil {
		t.Fatal(err)
	}
	out, err := s.Schema(nil)
	if out == nil || err == nil {
		t.Fatalf("the schema is %v, and nothing is warned of: %v", out, err)
	}
	return err.Error()
}

// TestExactKeys: a key is what the file says.
func TestExactKeys(t *testing.T) {
	for _, c := range []struct{ text, name, want string }{
		{"k,v\nTrue,1\nFALSE,2\n", "a.csv", "True FALSE"},
		{"k,v\n1e5,1\n2E5,2\n", "a.csv", "1e5 2E5"},
		{"k,v\n2024-01-01 10:00,1\n2024-01-02,2\n", "a.csv", "2024-01-01 10:00 2024-01-02"},
		{"k,v\n007,1\n1.50,2\n", "a.csv", "007 1.50"},
		{"{\"k\":1e5}\n{\"k\":true}\n{\"k\":1.50}\n", "a.jsonl", "1e5 true 1.50"},
		{"{\"k\":1E5}\n{\"k\":2}\n", "a.jsonl", "1E5 2"},
	} {
		_, rows, _ := picked(t, config("k", "", option.Path(c.name)), study(t, map[string]string{c.name: c.text}), "k")
		var got []string
		for _, row := range rows {
			got = append(got, row[0].(string))
		}
		if d := cmp.Diff(c.want, strings.Join(got, " ")); d != "" {
			t.Errorf("%q: %s", c.text, d)
		}
	}
}

// TestWhatGivesNoRow is counted.
func TestWhatGivesNoRow(t *testing.T) {
	dir := study(t, map[string]string{"p/a.jpg": "x", "p/b.mp4": "x", "p/c.txt": "x", "p/d.png": "x", "p/.hidden": "x"})
	if err := os.Symlink(filepath.Join(string(dir), "gone.jpg"), filepath.Join(string(dir), "p/e.jpg")); err != nil {
		t.Skip("skipped: no links here:", err)
	}
	_, rows, ledger := picked(t, config("", "", "p", "p/*.jpg"), dir, "name")
	if len(rows) != 2 {
		t.Errorf("%d rows", len(rows))
	}
	_, _, blank := picked(t, config("", "", "one.csv"), study(t, map[string]string{"one.csv": "a\nx\n\ny\n\r\n"}), "a")
	if n := blank.Counts()["blank lines"]; n != 2 {
		t.Errorf("%d blank lines", n)
	}
	want := map[string]int64{"pictures that several paths name": 1}
	if d := cmp.Diff(want, ledger.Counts()) + cmp.Diff([]string{"files that are no pictures: 2", "links to no file: 2"}, ledger.Warnings()); d != "" {
		t.Error(d)
	}
}

// TestExports reads what tools of the field write by the columns that identify
// its rows and name its pictures.
func TestExports(t *testing.T) {
	for _, c := range []struct{ file, key, image, first, picture string }{
		{"4cat-instagram-2023.csv", "id", `"media/images/" + id + ".jpg"`, "CzAbC-1_xY", "media/images/CzAbC-1_xY.jpg"},
		{"4cat-instagram-2026.csv", "id", "", "DAbc123xyz_", ""},
		{"4cat-instagram.ndjson", "code", "", "CzAbC-1_xY", ""},
		{"4cat-tiktok.csv", "id", "", "7309876543210987654", ""},
		{"firebase-stories.csv", "ID", `"media/images/" + Username + "/" + ID + ".jpg"`, "2671234567890123456_1234567890", "media/images/partei.beispiel/2671234567890123456_1234567890.jpg"},
		{"instaloader-posts.csv", "shortcode", "", "CzAbC-1_xY", ""},
		{"memespector-gui.csv", "Image_BaseName", "Image_Location", "001.jpg", "images/001.jpg"},
		{"tidaltales_export_20250223T180000.csv", "ID", "image_path", "3573456789012345678", "partei.beispiel/3573456789012345678.jpg"},
		{"zeeschuimer-export-instagram.com-2024-09-01T123000.ndjson", "pk", `code + ".jpg"`, "3205678901234567890", "CzAbC-1_xY.jpg"},
		{"zeeschuimer-instagram.csv", "id", "", "DAbc123xyz_", ""},
	} {
		raw, err := os.ReadFile("../../internal/tabular/testdata/exports/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		dir := study(t, map[string]string{c.file: string(raw)})
		s, rows, _ := picked(t, config(c.key, c.image, option.Path(c.file)), dir, c.key)
		if rows[0][0] != c.first || len(rows) != 2 {
			t.Errorf("%s: %d rows, the first is %v", c.file, len(rows), rows[0])
		}
		if at := stage.Find(s, stage.Image); c.image != "" {
			_, rows, _ := picked(t, config(c.key, c.image, option.Path(c.file)), dir, s.Field(at).Name)
			if rows[0][0] != c.picture {
				t.Errorf("%s: the first picture is %v", c.file, rows[0])
			}
		}
	}
}

func TestExportFaults(t *testing.T) {
	dir := study(t, map[string]string{
		"a.zip": zipText(t, ".metadata.json", `["x"]`, "t.csv", posts), "b.zip": zipText(t, ".metadata.json", `{"u": {"filename": "a.jpg"`),
		"c.zip": zipText(t, ".metadata.json", `{"u": {"filename": 5}}`), "d.zip": zipText(t, "a.jpg", "one", "a.jpg", "two", "b.jpg", "x", "b.jpg", "x"),
		"posts.csv": posts, "Image.csv": "Image,f\nx,y\n"})
	if err := exec.Command("mkfifo", filepath.Join(string(dir), "pipe.csv")).Run(); err != nil {
		t.Skip("skipped: no pipes here:", err)
	}
	beside := config("", "", "Image.csv")
	beside.Beside = true
	typed := config("", "", "d.zip")
	typed.Types = option.Map[string]{{Key: "name", Value: "int"}}
	for _, c := range []struct {
		config *load.Config
		want   string
	}{
		{config("", "", "a.zip/.metadata.json"), "path: a.zip/.metadata.json is not 4CAT's list of downloads: an object of URLs is wanted"},
		{config("", "", "b.zip/.metadata.json"), "path: b.zip/.metadata.json: \"u\": not as 4CAT lists its downloads: the file is cut off"},
		{config("", "", "c.zip/.metadata.json"), "path: c.zip/.metadata.json: \"u\": not as 4CAT lists its downloads: json: cannot unmarshal number"},
		{config("", "", "d.zip"), "path: open d.zip/a.jpg: stands several times in the archive, with different content: unpack it and give each file a name of its own (1 such names)"},
		{config("", "", "a.zip/u.csv"), "a.zip/u.csv: not in the archive"},
		{config("", "", "pipe.csv"), "is a device or pipe, not a file: write it to a file first"},
		{beside, "these values get a column \"Image\" of their own, and the table has one already"},
		{config("", "", "a.zip"), "none of the 1 files there is a picture that fits (a.zip/t.csv, for one)"},
	} {
		library := media.NewLibrary(string(dir))
		if got := fault(t, c.config, library); !strings.Contains(got, c.want) {
			t.Errorf("%s\nwant %s", got, c.want)
		}
		if err := library.Close(); err != nil {
			t.Error(err)
		}
	}
	for want, set := range map[string]func(*load.Config){
		"beside: `image` and `beside` both":                  func(c *load.Config) { c.Beside, c.Image = true, "x" },
		"root: pictures that lie beside":                     func(c *load.Config) { c.Beside, c.Root = true, "x" },
		"decimal: numbers have no fraction after \";\"":      func(c *load.Config) { c.Decimal = ";" },
		"decimal: one character cannot stand":                func(c *load.Config) { c.Decimal, c.Delimiter = ",", "," },
		"delimiter: the delimiter \"§\" will not do":         func(c *load.Config) { c.Delimiter = "§" },
		"format: a table of pictures has the picture's path": func(c *load.Config) { c.Format, c.File = "images", "f" },
	} {
		c := config("", "", "posts.csv")
		set(c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, not %s", err, want)
		}
	}
}
