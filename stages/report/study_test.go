package report

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"go.uber.org/goleak"
	"golang.org/x/net/html"

	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/internal/tabular"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func options(change func(*Config)) *Config {
	c := Kind().NewConfig().(*Config)
	c.Path = option.Path("out/report.html")
	if change != nil {
		change(c)
	}
	return c
}

// coded is a table as clip leaves it: two posts of each of two categories, one
// without a picture and one unreadable, and the codes of a person.
func coded() *arrow.Schema {
	image := stage.WithRoot(stage.Mark(stagetest.Text("Image"), stage.Image, "load"), "media")
	return stagetest.Schema(stagetest.Key("ID"), image, stagetest.Text("Caption"), stagetest.Text("Human"),
		stage.WithCategories(stage.Mark(stagetest.Dictionary("Type"), stage.Code, "types"), []string{"Collage", "Campaign Event", "Other"}),
		stage.Mark(stagetest.Dictionary("Type Label"), stage.Phrase, "types"),
		stage.Mark(stagetest.Float("Type Probability"), stage.Probability, "types"),
		stage.Mark(stagetest.Dictionary("types_status"), stage.StatusRole, "types"),
		stage.Mark(stagetest.Text("types_error"), stage.ErrorText, "types"))
}

func codedRows() [][]any {
	return [][]any{
		{"01", "a.png", "first", "Collage", "Collage", "several pictures", 0.91, "ok", nil},
		{"02", "b c#1.png", "second", "Other", "Collage", "several pictures", 0.42, "ok", nil},
		{"03", "a.png", nil, "Campaign Event", "Campaign Event", "people at a stand", 0.77, "ok", nil},
		{"04", "no.png", "fourth", nil, "Campaign Event", "a rally", 0.15, "ok", nil},
		{"05", nil, "fifth", "Other", nil, nil, nil, "missing", "the row names no picture"},
		{"06", "broken.jpg", "sixth", "Collage", nil, nil, nil, "unreadable", "the file is cut off"},
	}
}

func facts() stage.RunFacts {
	return stage.RunFacts{Pipeline: "pipeline.yaml", Source: "version: 1\nname: stories\n", Name: "stories", About: "Types of pictures", Seed: 2021, Version: "0.1",
		Stages: []stage.StageFacts{
			{ID: "load", Kind: "load", Out: 8},
			{ID: "account", Kind: "filter", In: 8, Out: 6, Dropped: []stage.Count{{Name: "`where` is false", N: 2}}},
			{ID: "types", Kind: "clip", In: 6, Out: 6, Faults: []stage.Count{{Name: "missing", N: 1}, {Name: "unreadable", N: 1}},
				Facts: []stage.Fact{{Name: "model", Value: "palette"}, {Name: "text.onnx", Value: "sha256:" + strings.Repeat("ab", 32)}}},
		}}
}

// study is a folder with a few pictures.
func study(t testing.TB) stagetest.Folder {
	dir := t.TempDir()
	m := image.NewRGBA(image.Rect(0, 0, 60, 30))
	for i := range m.Pix {
		m.Pix[i] = 200
	}
	m.Set(1, 1, color.Black)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"a.png": b.Bytes(), "b c#1.png": b.Bytes(), "broken.jpg": {0xff, 0xd8, 0xff}} {
		if err := os.MkdirAll(filepath.Join(dir, "media"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "media", name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return stagetest.Folder(dir)
}

// made runs a report and returns its page.
func made(t testing.TB, c *Config, f stage.RunFacts, schema *arrow.Schema, batch int, rows ...[]any) string {
	t.Helper()
	mem := stagetest.Memory(t)
	env, _ := stagetest.Env(t, mem)
	folder := study(t)
	env.Study, env.Seed = folder, f.Seed
	env.Run = func() stage.RunFacts { return f }
	rec := stagetest.Record(t, mem, schema, rows...)
	out := stagetest.Run(t, t.Context(), Kind().Build("report", c), env, stage.Table{Schema: schema, Rows: stagetest.Batches(rec, batch, batch == 2)})
	if _, err := stagetest.Collect(out.Rows); err != nil {
		t.Fatalf("error: %v", err)
	}
	name := string(c.Path)
	if f.Partial {
		name = tabular.Partial(name)
	}
	page, err := os.ReadFile(folder.Resolve(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// tree parses a page.
func tree(t testing.TB, page string) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// elements returns the elements with the names, in order; all without names.
func elements(n *html.Node, names ...string) []*html.Node {
	var out []*html.Node
	for c := range n.Descendants() {
		if c.Type != html.ElementNode {
			continue
		}
		if len(names) == 0 {
			out = append(out, c)
		}
		for _, name := range names {
			if c.Data == name {
				out = append(out, c)
			}
		}
	}
	return out
}

// text returns the visible text of an element, with single spaces.
func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.Data != "script" && c.Parent.Data != "style" {
			b.WriteString(c.Data)
		}
		if c.Type == html.ElementNode && c.Data != "bdi" && c.Data != "b" && c.Data != "wbr" {
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
